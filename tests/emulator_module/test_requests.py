"""What every call says about who asks and where it should be routed."""

import pytest

from tests.emulator_module.recorder import Recorder
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"


GUID = "7c4f1f0e-6c58-4d0f-9d5b-1f6f7f3f5d21"


@pytest.mark.behaviour(
    "module.request.headers", "module.request.connection-id", "module.request.clixml-asked"
)
def test_each_cmdlet_says_who_asks_and_how_it_wants_to_be_answered(
    recorded: Shell, recorder: Recorder
) -> None:
    """The connection's id is the same for every call, the request's a new one for each."""
    done = recorded.run(
        CONNECT
        + "Get-Mailbox; Get-Mailbox -WarningAction Ignore; Get-EXOMailbox\n"
        + "$facts.connection = (Get-ConnectionInformation).ConnectionId"
    )
    first, second, resource = (each.headers for each in recorder.calls())
    assert first["authorization"].startswith("Bearer ")
    assert {name: first[name] for name in FIXED} == FIXED
    assert (first["warningaction"], second["warningaction"]) == ("", "SilentlyContinue")
    ids = {each.headers["connection-id"] for each in recorder.received}
    assert ids == {done.facts["connection"]}
    assert len({each["client-request-id"] for each in (first, second, resource)}) == 3
    assert "x-responseformat" not in resource


FIXED = {
    "accept": "application/json",
    "accept-charset": "UTF-8",
    "accept-encoding": "gzip",
    "content-type": "application/json; charset=utf-8",
    "x-cmdletname": "Get-Mailbox",
    "x-responseformat": "clixml",
    "x-serializationlevel": "Partial",
    "x-anchormailbox": "UPN:OAuthUser@contoso.onmicrosoft.com",
    "x-clientapplication": "ExoManagementModule",
    "x-clientmoduleversion": "3.9.2",
    "prefer": "odata.maxpagesize=1000",
}


ANCHORS = {
    "app-only": ("Get-Mailbox a@contoso.com", "UPN:OAuthUser@contoso.onmicrosoft.com"),
    "address": ("Get-MailboxStatistics a@contoso.com -UseCustomRouting", "SMTP:a@contoso.com"),
    "guid": (f"Get-MailboxStatistics {GUID} -UseCustomRouting", f"MBX:{GUID}@{{tenant}}"),
    "mailbox parameter": (
        "Get-InboxRule -Mailbox a@contoso.com -UseCustomRouting",
        "SMTP:a@contoso.com",
    ),
    "neither": (
        "Get-MailboxStatistics alias -UseCustomRouting",
        "UPN:OAuthUser@contoso.onmicrosoft.com",
    ),
}


@pytest.mark.behaviour("module.request.anchor.app", "module.request.anchor.parameter")
def test_a_call_is_routed_to_the_mailbox_it_names(recorded: Shell, recorder: Recorder) -> None:
    """Only -UseCustomRouting with an address or a GUID leads away from the connection's anchor."""
    recorded.run(CONNECT + "\n".join(call for call, _ in ANCHORS.values()))
    tenant = recorded.emulator.world.tenants[0].id
    sent = dict(zip(ANCHORS, recorder.calls(), strict=True))
    assert {name: each.headers["x-anchormailbox"] for name, each in sent.items()} == {
        name: anchor.format(tenant=tenant) for name, (_, anchor) in ANCHORS.items()
    }
    routed = [name for name, each in sent.items() if "parameter-based-routing" in each.headers]
    assert routed == ["address", "guid", "mailbox parameter"]
    assert all("UseCustomRouting" not in each.parameters for each in sent.values())


@pytest.mark.behaviour("module.request.anchor.user", "module.request.anchor.bypass")
def test_the_anchor_is_the_user_or_nobody(recorded: Shell, recorder: Recorder) -> None:
    """-UserPrincipalName is the anchor of its connection; -BypassMailboxAnchoring sends none."""
    recorded.run("""
        Connect-ExchangeOnline @contoso -UserPrincipalName ann@contoso.com
        Get-Mailbox
        Connect-ExchangeOnline @contoso -BypassMailboxAnchoring
        Get-Mailbox
    """)
    first, second = (each.headers for each in recorder.calls())
    assert first["x-anchormailbox"] == "UPN:ann@contoso.com"
    assert "x-anchormailbox" not in second
