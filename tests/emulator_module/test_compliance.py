"""Security & Compliance is a connection of its own kind, beside Exchange's."""

import pytest

from emulator.emulation import MODULE_FOLDER
from tests.emulator_module.recorder import Answer, Recorder
from tests.emulator_module.shell import Shell

GONE = "You must call Connect-ExchangeOnline before calling any other cmdlet."


@pytest.mark.behaviour("module.ipps.information", "module.ipps.builtin", "module.ipps.shadows")
def test_a_compliance_connection_hides_cmdlets_and_serves_no_built_in_ones(
    recorded: Shell, recorder: Recorder
) -> None:
    """Its cmdlets come first; Get-EXO* stay with the newest connection to Exchange."""
    done = recorded.run("""
        Connect-ExchangeOnline @contoso -UserPrincipalName exchange@contoso.com
        Connect-IPPSSession @contoso -UserPrincipalName compliance@contoso.com
        Get-Mailbox
        Get-EXOMailbox
        $facts.all = @(Get-ConnectionInformation | Select-Object Name, IsEopSession,
            ConnectionUsedForInbuiltCmdlets)
    """)
    anchors = [each.headers["x-anchormailbox"] for each in recorder.calls()]
    assert anchors == ["UPN:compliance@contoso.com", "UPN:exchange@contoso.com"]
    assert [list(each.values()) for each in done.facts["all"]] == [
        ["ExchangeOnline_1", False, True],
        ["ExchangeOnlineProtection_2", True, False],
    ]


@pytest.mark.behaviour("module.ipps.prefix")
def test_a_prefix_keeps_both_services_apart(recorded: Shell, recorder: Recorder) -> None:
    """With -Prefix its cmdlets have names of their own; a disconnect by prefix ends just these."""
    done = recorded.run("""
        Connect-ExchangeOnline @contoso -UserPrincipalName exchange@contoso.com
        Connect-IPPSSession @contoso -UserPrincipalName compliance@contoso.com -Prefix Cc
        Get-Mailbox
        Get-CcMailbox
        Disconnect-ExchangeOnline -ModulePrefix Cc -Confirm:$false
        $facts.left = @(Get-ConnectionInformation | ForEach-Object Name)
        $facts.cc = [bool](Get-Command Get-CcMailbox -ErrorAction Ignore)
    """)
    anchors = [each.headers["x-anchormailbox"] for each in recorder.calls()]
    assert anchors == ["UPN:exchange@contoso.com", "UPN:compliance@contoso.com"]
    assert done.facts == {"left": ["ExchangeOnline_1"], "cc": False}


@pytest.mark.behaviour("module.ipps.only")
def test_compliance_alone_is_no_connection_for_the_built_in_cmdlets(recorded: Shell) -> None:
    """Get-EXO* ask for Connect-ExchangeOnline while only the other service is connected."""
    done = recorded.run("""
        Connect-IPPSSession @contoso
        $facts.fault = Get-Fault { Get-EXOMailbox }
    """)
    assert done.facts["fault"] == f"InvalidOperationException: {GONE}"


@pytest.mark.behaviour("module.connect.redirect")
def test_a_connection_goes_where_the_service_sends_it(recorded: Shell, recorder: Recorder) -> None:
    """Module and calls come from the address that the first answer names; the token goes along."""
    target = f"{recorder.url}/compliance/adminapi/v1.0/x/EXOModuleFile"
    recorder.connecting.append(Answer(status=302, body="", headers={"Location": target}))
    done = recorded.run("""
        Connect-IPPSSession @contoso -ShowBanner:$false
        Get-Mailbox
        $facts.uri = (Get-ConnectionInformation).ConnectionUri
    """)
    paths = [each.path.split("/")[1].lower() for each in recorder.received]
    assert paths == ["adminapi", "compliance", "compliance"]
    assert all(each.headers["authorization"] for each in recorder.received)
    assert done.facts["uri"] == f"{recorder.url}/compliance"


@pytest.mark.behaviour("module.connect.redirect.loop")
def test_a_service_that_never_stops_sending_on_is_no_service(
    recorded: Shell, recorder: Recorder
) -> None:
    """After three more addresses connecting fails."""
    target = f"{recorder.url}/adminapi/v1.0/x/EXOModuleFile"
    turn = Answer(status=302, body="", headers={"Location": target})
    recorder.connecting.extend([turn] * 9)
    done = recorded.run("$facts.fault = Get-Fault { Connect-ExchangeOnline @contoso }")
    assert "(HTTP 302)" in done.facts["fault"]
    assert len(recorder.received) == 4


HOSTS = {
    "O365Default": "https://outlook.office365.com",
    "O365China": "https://partner.outlook.cn",
    "O365USGovGCCHigh": "https://outlook.office365.us",
    "O365USGovDoD": "https://webmail.apps.mil",
    "O365GermanyCloud": "https://outlook.office.de",
}
ADDRESSES = {
    "https://outlook.office365.com/powershell-liveid/": "https://outlook.office365.com",
    "https://partner.outlook.cn/PowerShell": "https://partner.outlook.cn",
    "https://127.0.0.1:8443": "https://127.0.0.1:8443",
    "https://127.0.0.1:8443/compliance/powershell-liveid": "https://127.0.0.1:8443/compliance",
}
REDIRECTS = {
    "https://eur02b.admin.protection.outlook.com:446/adminapi/v1.0/t/EXOModuleFile?a=b": (
        "https://eur02b.ps.compliance.protection.outlook.com"
    ),
    "https://eur05.outlook.office365.com/AdminApi/v1.0/t/X": "https://eur05.outlook.office365.com",
    "https://localhost:8443/compliance/adminapi/v1.0/t/X": "https://localhost:8443/compliance",
}


@pytest.mark.behaviour("module.connect.hosts", "module.connect.uri", "module.ipps.region")
def test_each_cloud_and_address_leads_to_its_host(shell: Shell) -> None:
    """Environment, -ConnectionUri and the front door's answer each name one base address."""
    calls = [
        *(f"Get-ServiceUri '' {name}" for name in HOSTS),
        *(f"Get-ServiceUri '{uri}'" for uri in ADDRESSES),
        *(f"Get-RedirectedUri '{uri}'" for uri in REDIRECTS),
    ]
    done = shell.run(f". '{MODULE_FOLDER}/parts/sign-in.ps1'\n$facts.uris = @({'; '.join(calls)})")
    expected = [*HOSTS.values(), *ADDRESSES.values(), *REDIRECTS.values()]
    assert done.facts["uris"] == expected
