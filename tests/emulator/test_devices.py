"""Phones that synchronise mailboxes are listed, measured, wiped and removed."""

import pytest


@pytest.mark.behaviour("tenant.devices")
def test_all_devices_are_those_of_all_mailboxes(client):
    """The listing has each mailbox's devices once, with what is awkward about some."""
    every = client.rows("Get-MobileDevice", ResultSize="Unlimited")
    by_mailbox = [
        device
        for row in client.rows("Get-Mailbox", ResultSize="Unlimited")
        for device in client.rows("Get-MobileDevice", Mailbox=row["Alias"])
    ]
    assert every == by_mailbox
    assert len({row["Guid"] for row in every}) == len(every) > 60
    assert {row["DeviceAccessState"] for row in every} == {"Allowed", "Quarantined", "Blocked"}
    assert any("," in row["DeviceModel"] for row in every)


def test_a_page_goes_on_within_a_mailbox(client):
    """Pages of three have every device once, whoever's it is."""
    every = client.rows("Get-MobileDevice", ResultSize="Unlimited")
    answer = client.invoke(
        "Get-MobileDevice", {"ResultSize": "Unlimited"}, prefer="odata.maxpagesize=3"
    ).json()
    rows = answer["value"]
    while link := answer.get("@odata.nextLink"):
        answer = client.invoke("", url=link, prefer="odata.maxpagesize=3").json()
        rows += answer["value"]
    assert rows == every


def owner_of_several(client):
    """Return the alias of somebody with more than one device, and the devices."""
    for row in client.rows("Get-Mailbox", ResultSize="Unlimited"):
        devices = client.rows("Get-MobileDevice", Mailbox=row["Alias"])
        if len(devices) > 1:
            return row["Alias"], devices
    raise AssertionError("nobody has two devices")


@pytest.mark.parametrize("name", ["Identity", "Guid", "DeviceId"])
def test_a_device_has_statistics_of_its_own(client, name):
    """Each identity leads to the device, and the mailbox to all of its own."""
    who, devices = owner_of_several(client)
    whole = client.rows("Get-MobileDeviceStatistics", Mailbox=who)
    assert [row["Guid"] for row in whole] == [row["Guid"] for row in devices]
    for device, statistics in zip(devices, whole, strict=True):
        assert client.rows("Get-MobileDeviceStatistics", Identity=device[name]) == [statistics]
    assert client.refusal("Get-MobileDeviceStatistics")[0] == 400
    assert client.refusal("Get-MobileDeviceStatistics", Identity="none")[0] == 404


def test_a_switch_chooses_clients(client):
    """ActiveSync leaves ActiveSync's, RestApi Outlook's."""
    every = client.rows("Get-MobileDevice", ResultSize="Unlimited")
    for switch, kind in (("ActiveSync", "EAS"), ("RestApi", "REST"), ("OWAforDevices", "MOWA")):
        rows = client.rows("Get-MobileDevice", ResultSize="Unlimited", **{switch: True})
        assert rows == [row for row in every if row["ClientType"] == kind]


@pytest.mark.behaviour("tenant.devices.wiped")
def test_a_device_is_wiped_and_removed(own):
    """A wipe is pending until it is called off; a removed device is gone, the others stay."""
    who, devices = owner_of_several(own)
    device = devices[0]["Identity"]

    def status():
        (row,) = own.rows("Get-MobileDeviceStatistics", Identity=device)
        return row["Status"], row["DeviceWipeRequestTime"] is None

    own.rows("Clear-MobileDevice", Identity=device, AccountOnly=True)
    assert status() == ("DeviceWipePending", False)
    own.rows("Clear-MobileDevice", Identity=device, Cancel=True)
    assert status() == ("DeviceOk", True)
    own.rows("Remove-MobileDevice", Identity=device)
    assert own.rows("Get-MobileDevice", Mailbox=who) == devices[1:]
    (protocols,) = own.rows("Get-CASMailbox", Identity=who)
    assert protocols["HasActiveSyncDevicePartnership"] is True
