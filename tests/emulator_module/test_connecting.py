"""Connecting imports what was asked for, hides the token, and fails as Microsoft's does."""

from pathlib import Path

import pytest

from emulator.testing import Emulator, Fault, World, running, sample_world
from tests.emulator_module.shell import Shell, token_of

LAST_DAY = "9999-12-31T23:59:59"


@pytest.mark.behaviour("module.connect.command-name")
def test_a_connection_brings_only_the_cmdlets_that_were_asked_for(shell: Shell) -> None:
    """-CommandName limits what is imported, also by wildcards; Get-EXO* are always there."""
    done = shell.run("""
        Connect-ExchangeOnline @contoso -CommandName Get-Mailbox, Get-Accepted*
        $module = Get-Module tmpEXO_*
        $facts.exported = @($module.ExportedFunctions.Keys | Sort-Object)
        $facts.source = (Get-Command Get-Mailbox).Source -eq $module.Name
        $facts.statistics = [bool](Get-Command Get-MailboxStatistics -ErrorAction Ignore)
        $facts.builtIn = (Get-Command Get-EXOMailbox).Source
        $facts.description = (Get-Module ExchangeOnlineManagement).Description
        $facts.private = [bool](Get-Command Invoke-ExoRequest, Get-Connection -ErrorAction Ignore)
    """)
    assert done.facts.pop("description").startswith("An emulation by exo-jobs")
    assert done.facts == {
        "exported": ["Get-AcceptedDomain", "Get-Mailbox"],
        "source": True,
        "statistics": False,
        "builtIn": "ExchangeOnlineManagement",
        "private": False,
    }


@pytest.mark.behaviour(
    "module.information.expiry", "module.information.fields", "module.information.app-id"
)
def test_connection_information_never_tells_when_the_token_dies(shell: Shell) -> None:
    """The expiry is the end of all days and the status Active, as misleading as in reality."""
    done = shell.run("""
        Connect-ExchangeOnline @contoso -CommandName Get-Mailbox -PageSize 200
        $facts.all = @(Get-ConnectionInformation)
        $facts.expiry = $facts.all[0].TokenExpiryTimeUTC.ToString('s')
    """)
    (told,) = done.facts["all"]
    tenant = shell.emulator.world.tenants[0]
    assert done.facts["expiry"] == LAST_DAY
    assert told["State"] == "Connected"
    assert told["TokenStatus"] == "Active"
    assert told["Name"] == "ExchangeOnline_1"
    assert told["Organization"] == tenant.domains[0]
    assert told["TenantID"] == tenant.id
    assert told["AppId"] == tenant.applications[0].client_id
    assert told["ConnectionUri"] == shell.emulator.url
    assert told["PageSize"] == 200
    assert told["ConnectionUsedForInbuiltCmdlets"] is True
    assert Path(told["ModuleName"]).parent == shell.temporary


@pytest.mark.behaviour("module.connect.token-hidden")
def test_the_token_is_in_no_file_and_in_no_stream(shell: Shell) -> None:
    """What connecting and calling writes, prints and reports holds no part of the token."""
    done = shell.run("""
        $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
        & {
            Connect-ExchangeOnline @contoso -EnableErrorReporting -LogDirectoryPath $env:TMPDIR
            Get-Mailbox -ResultSize 1
            Get-EXOMailbox -ResultSize 1
            Get-Mailbox nobody
            Get-ConnectionInformation
            $Error | ForEach-Object { $_ | Format-List * -Force }
        } *>&1 | Out-String -Width 4000
        $facts.lines = (Get-Content (Get-Module tmpEXO_*).Path).Count
    """)
    header, claims, signature = (shell.folder / "token").read_text().split(".")
    written = [file.read_text() for file in shell.temporary.rglob("*") if file.is_file()]
    assert done.facts["lines"] > 100
    assert "ManagementObjectNotFoundException" in done.stdout
    for text in (done.stdout, done.stderr, *written):
        assert claims not in text
        assert signature not in text
        assert header not in text


@pytest.mark.behaviour("module.connect.tenant-id")
def test_a_tenant_id_as_organization_connects_and_reads(shell: Shell) -> None:
    """As in reality, where only writes fail; refusing it is left to the configuration."""
    done = shell.run(f"""
        $facts.fault = Get-Fault {{
            Connect-ExchangeOnline @site -AccessToken $token `
                -Organization {shell.emulator.world.tenants[0].id}
        }}
        $facts.found = @(Get-EXOMailbox -ResultSize 3).Count + @(Get-Mailbox -ResultSize 3).Count
    """)
    assert done.facts == {"fault": "nothing was thrown", "found": 6}


@pytest.mark.behaviour(
    "module.connect.owner",
    "module.connect.token-only",
    "module.connect.unauthorized",
    "module.connect.uri-refused",
    "module.connect.failure-leaves-nothing",
)
def test_a_connection_that_cannot_be_made_says_why_and_leaves_nothing(shell: Shell) -> None:
    """Each refusal ends the statement with its own text; no connection and no file stays behind."""
    graph = token_of(shell.emulator, scope="https://graph.microsoft.com/.default")
    (shell.folder / "graph").write_text(graph)
    done = shell.run("""
        $graph = [IO.File]::ReadAllText("$env:TEST_DIR/graph")
        $owner = @{ Organization = 'contoso.onmicrosoft.com' }
        $facts.faults = @(
            Get-Fault { Connect-ExchangeOnline -AccessToken $token @site }
            Get-Fault { Connect-ExchangeOnline -ManagedIdentity @owner @site }
            Get-Fault { Connect-ExchangeOnline -AccessToken $graph @owner @site }
            Get-Fault { Connect-ExchangeOnline -AccessToken "$token." @owner @site }
            Get-Fault { Connect-ExchangeOnline http://127.0.0.1/ -AccessToken $token @owner }
            Get-Fault { Connect-ExchangeOnline https://127.0.0.1:1/ -AccessToken $token @owner }
        )
        $facts.connections = @(Get-ConnectionInformation).Count
    """)
    faults = done.facts["faults"]
    assert faults[0] == (
        "ArgumentException: Either one of Organization, DelegatedOrganization or "
        "UserPrincipalName should be provided with the AccessToken"
    )
    assert "takes -AccessToken only" in faults[1]
    assert faults[2:4] == ["UnauthorizedAccessException: UnAuthorized"] * 2
    assert faults[4] == "ArgumentException: Invalid ConnectionUri parameter 'http://127.0.0.1/'"
    assert faults[5].startswith("HttpRequestException: Connection refused")
    assert done.facts["connections"] == 0
    assert not list(shell.temporary.glob("tmpEXO_*"))


@pytest.mark.behaviour("module.connect.role")
def test_without_a_role_connecting_ends_with_the_sentence_of_the_service(tmp_path: Path) -> None:
    """403 shows what Exchange says about the missing directory role."""
    with running(_without_roles()) as emulator:
        done = Shell(emulator=emulator, folder=tmp_path).run(
            "$facts.fault = Get-Fault { Connect-ExchangeOnline @contoso }"
        )
    assert "isn't supported in this scenario" in done.facts["fault"]


def _without_roles() -> World:
    world = sample_world()
    tenant = world.tenants[0]
    application = tenant.applications[0].model_copy(update={"directory_roles": ()})
    return world.model_copy(
        update={"tenants": (tenant.model_copy(update={"applications": (application,)}),)}
    )


@pytest.mark.behaviour("module.connect.malformed")
@pytest.mark.parametrize("body", ["<html>", '{"value":[]}', '{"value":[{"fileContent":""}]}'])
def test_a_module_that_is_none_is_told_from_a_refusal(
    shell: Shell, emulator: Emulator, body: str
) -> None:
    """A 200 without a module's text is an error with Microsoft's sentence for it."""
    emulator.faults.add(Fault(path="/EXOModuleFile", status=200, body=body))
    done = shell.run("$facts.fault = Get-Fault { Connect-ExchangeOnline @contoso }")
    assert done.facts["fault"].endswith(
        "Module could not be correctly formed. Please run Connect-ExchangeOnline again."
    )
