"""Which phones synchronise a mailbox.  Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emulator.tenant.draws import Draws
from emulator.tenant.mailbox import EPOCH, Kind, Mailbox

_MODELS = (
    ("iPhone", "iPhone 15", "iOS 19.1 23B85", "Apple-iPhone15C4/2302.85"),
    ("iPad", "iPad Pro", "iOS 18.6 22G86", "Apple-iPad13C8/2207.86"),
    ("Android", "Pixel 9, 128 GB", "Android 16", "Android/16-EAS-2.0"),
    ("Outlook", "Outlook for iOS and Android", "iOS 19.1", "Outlook-iOS-Android/1.0"),
    ("WindowsMail", "Mail", "Windows 11", "MSFT-WIN-4/10.0.26100"),
)
_STATES = ("Allowed", "Allowed", "Allowed", "Allowed", "Quarantined", "Blocked")
_MOST = 3
MOST_DEVICES = 8
"""No mailbox has more devices than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device of one mailbox."""

    guid: str
    device_id: str
    kind: str
    model: str
    system: str
    user_agent: str
    access: str
    """`DeviceAccessState`."""
    first_sync: datetime
    last_sync: datetime | None
    """`None`: it never got through."""
    wiped: datetime | None = None
    """When somebody asked for a wipe."""


Devices = tuple[Device, ...]


def devices_of(mailbox: Mailbox) -> Devices:
    """Return the devices of *mailbox*; two users in five have none."""
    draws = Draws(mailbox.seed, "devices", mailbox.index)
    if mailbox.kind is not Kind.USER or draws.below(5) < 2:
        return ()
    return tuple(_device(mailbox, number) for number in range(1 + draws.below(_MOST)))


def _device(mailbox: Mailbox, number: int) -> Device:
    draws = Draws(mailbox.seed, f"device/{number}", mailbox.index)
    kind, model, system, agent = draws.one_of(_MODELS)
    first = EPOCH - timedelta(hours=draws.below(3 * 365 * 24))
    ago = draws.below(max(1, int((EPOCH - first).total_seconds())))
    never = draws.is_one_in(15)
    return Device(
        guid=draws.guid(),
        device_id=f"{draws.below(1 << 80):020X}",
        kind=kind,
        model=model,
        system=system,
        user_agent=agent,
        access=draws.one_of(_STATES),
        first_sync=first,
        last_sync=None if never else EPOCH - timedelta(seconds=ago),
    )
