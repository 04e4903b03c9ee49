"""The cmdlets about mobile devices."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from emulator.exchange.calls import (
    IDENTITY,
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    SERVER,
    Call,
    Cmdlet,
    Output,
    named_mailbox,
    numbered,
)
from emulator.exchange.failures import bad_request
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import not_found
from emulator.exchange.views import Row
from emulator.exchange.wording import moment_text
from emulator.tenant.devices import MOST_DEVICES, Device, Devices, devices_of
from emulator.tenant.estate import Estate
from emulator.tenant.kept import Kept
from emulator.tenant.mailbox import Mailbox

_CLIENTS = {
    "ActiveSync": "EAS",
    "OWAforDevices": "MOWA",
    "RestApi": "REST",
    "UniversalOutlook": "UniversalOutlook",
}
"""Which switch chooses which clients, by `ClientType`."""
_Shown = Callable[[Mailbox, Device], Row]


def kept_devices(estate: Estate) -> Kept[int, Devices]:
    """Return the devices by the number of the mailbox they synchronise."""
    return estate.kept("devices", lambda index: devices_of(estate.mailbox(index)))


def _identity(mailbox: Mailbox, device: Device) -> str:
    client = _client(device)
    return f"{mailbox.alias}\\ExchangeActiveSyncDevices\\{client}§{device.kind}§{device.device_id}"


def _client(device: Device) -> str:
    return "REST" if device.kind == "Outlook" else "EAS"


def _chosen(call: Call, devices: Devices) -> Devices:
    """Return the devices whose clients the switches choose; without a switch, all."""
    clients = {client for switch, client in _CLIENTS.items() if call.flag(switch)}
    return tuple(each for each in devices if not clients or _client(each) in clients)


def _row(mailbox: Mailbox, device: Device) -> Row:
    return {
        "Identity": _identity(mailbox, device),
        "Guid": device.guid,
        "FriendlyName": device.model,
        "DeviceId": device.device_id,
        "DeviceType": device.kind,
        "DeviceModel": device.model,
        "DeviceOS": device.system,
        "DeviceUserAgent": device.user_agent,
        "DeviceAccessState": device.access,
        "DeviceAccessStateReason": "Global" if device.access == "Allowed" else "DeviceRule",
        "ClientType": _client(device),
        "DeviceImei": None,
        "DeviceMobileOperator": None,
        "IsManaged": False,
        "IsCompliant": False,
        "IsDisabled": False,
        "UserDisplayName": mailbox.alias,
        "FirstSyncTime": moment_text(device.first_sync),
        "IsValid": True,
    }


def _statistics_row(mailbox: Mailbox, device: Device) -> Row:
    return {
        **_row(mailbox, device),
        "LastSuccessSync": moment_text(device.last_sync),
        "LastSyncAttemptTime": moment_text(device.last_sync),
        "LastPolicyUpdateTime": moment_text(device.first_sync),
        "LastPingHeartbeat": None if device.last_sync is None else 470,
        "NumberOfFoldersSynced": 0 if device.last_sync is None else 12,
        "DevicePolicyApplied": "Default",
        "DevicePolicyApplicationStatus": "AppliedInFull",
        "DeviceWipeSentTime": None,
        "DeviceWipeRequestTime": moment_text(device.wiped),
        "DeviceWipeAckTime": None,
        "Status": "DeviceOk" if device.wiped is None else "DeviceWipePending",
        "StatusNote": "",
    }


def _get(shown: _Shown) -> Callable[[Call], Output]:
    def run(call: Call) -> Output:
        if call.text("Mailbox"):
            mailbox = named_mailbox(call, "Mailbox")
            devices = _chosen(call, kept_devices(call.estate).seen(mailbox.index))
            return numbered([shown(mailbox, each) for each in devices], call.start)
        if call.text("Identity"):
            return numbered([shown(*_named(call))], call.start)
        return _of_all(call, shown)

    return run


def _of_all(call: Call, shown: _Shown) -> Output:
    for mailbox in call.estate.mailboxes(call.start // MOST_DEVICES):
        devices = _chosen(call, kept_devices(call.estate).seen(mailbox.index))
        for number, device in enumerate(devices, mailbox.index * MOST_DEVICES):
            if number >= call.start:
                yield number, shown(mailbox, device)


def _named(call: Call) -> tuple[Mailbox, Device]:
    """Return the device that is meant: by its identity, or by its GUID or id anywhere."""
    identity = call.text("Identity") or ""
    wanted = identity.casefold()
    for mailbox in _owners(call.estate, identity):
        for device in kept_devices(call.estate).current(mailbox.index):
            names = {_identity(mailbox, device), device.guid, device.device_id}
            if wanted in {each.casefold() for each in names}:
                return mailbox, device
    raise not_found(identity, SERVER)


def _owners(estate: Estate, identity: str) -> Iterator[Mailbox]:
    owner, slash, _ = identity.partition("\\")
    return iter(estate.found(owner)) if slash else estate.mailboxes()


def _get_statistics(shown: Callable[[Call], Output]) -> Callable[[Call], Output]:
    def run(call: Call) -> Output:
        if not (call.text("Mailbox") or call.text("Identity")):
            raise bad_request(
                "Parameter set cannot be resolved using the specified named parameters. One or "
                "more parameters issued cannot be used together or an insufficient number of "
                "parameters were provided."
            )
        return shown(call)

    return run


def _remove(call: Call) -> Output:
    mailbox, device = _named(call)
    devices = kept_devices(call.estate).current(mailbox.index)
    kept_devices(call.estate).put(mailbox.index, tuple(each for each in devices if each != device))
    return iter(())


def _clear(call: Call) -> Output:
    mailbox, device = _named(call)
    is_cancelled = call.flag("Cancel")
    wiped = replace(device, wiped=None if is_cancelled else call.now)
    devices = kept_devices(call.estate).current(mailbox.index)
    kept_devices(call.estate).put(
        mailbox.index, tuple(wiped if each == device else each for each in devices)
    )
    return iter(())


_MAILBOX = Parameter(name="Mailbox")
_CHOICE = (
    IDENTITY,
    _MAILBOX,
    *(Parameter(name=switch, kind=Kind.SWITCH) for switch in _CLIENTS),
)
DEVICE_STATISTICS = Cmdlet(
    name="Get-MobileDeviceStatistics",
    parameters=_CHOICE,
    run=_get_statistics(_get(_statistics_row)),
)
DEVICE_CMDLETS = (
    Cmdlet(name="Get-MobileDevice", parameters=(*_CHOICE, RESULT_SIZE), run=_get(_row)),
    DEVICE_STATISTICS,
    Cmdlet(name="Remove-MobileDevice", parameters=(REQUIRED_IDENTITY,), run=_remove),
    Cmdlet(
        name="Clear-MobileDevice",
        parameters=(
            REQUIRED_IDENTITY,
            Parameter(name="AccountOnly", kind=Kind.SWITCH),
            Parameter(name="Cancel", kind=Kind.SWITCH),
        ),
        run=_clear,
    ),
)
