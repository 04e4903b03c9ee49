"""The versions of the module differ as Microsoft's do, and a session chooses one."""

import os

import pytest

from emulator.emulation import MODULE_FOLDER, VERSIONS_FOLDER
from tests.emulator_module.recorder import Recorder
from tests.emulator_module.shell import Shell

BOTH = os.pathsep.join(map(str, (MODULE_FOLDER, VERSIONS_FOLDER)))


def with_all(shell: Shell) -> Shell:
    """Return *shell* with every version at hand."""
    return Shell(emulator=shell.emulator, folder=shell.folder, modules=BOTH)


@pytest.mark.behaviour("module.own.default-version")
def test_a_session_that_chooses_nothing_has_3_9_2(shell: Shell) -> None:
    """The default folder holds one version; the other folder behind it changes nothing."""
    default = shell.run("""
        $null = Get-Command Connect-ExchangeOnline
        $facts.loaded = [string](Get-Module ExchangeOnlineManagement).Version
        $listed = Get-Module ExchangeOnlineManagement -ListAvailable
        $facts.listed = @($listed | ForEach-Object { [string]$_.Version })
    """)
    both = with_all(shell).run("""
        Connect-ExchangeOnline @contoso
        $facts.loaded = [string](Get-Module ExchangeOnlineManagement).Version
    """)
    assert default.facts == {"loaded": "3.9.2", "listed": ["3.9.2"]}
    assert both.facts["loaded"] == "3.9.2"


@pytest.mark.behaviour("module.version.highest")
def test_among_several_the_highest_loads_unless_one_is_required(shell: Shell) -> None:
    """-RequiredVersion chooses; without it the highest of a folder is taken."""
    chosen = with_all(shell).run("""
        Import-Module ExchangeOnlineManagement -RequiredVersion 3.0.0
        $facts.loaded = [string](Get-Module ExchangeOnlineManagement).Version
    """)
    versions = Shell(emulator=shell.emulator, folder=shell.folder, modules=str(VERSIONS_FOLDER))
    highest = versions.run("""
        $PSVersionTable.PSVersion = [version]'7.6.0'
        $null = Get-Command Get-EXOMailbox
        $facts.loaded = [string](Get-Module ExchangeOnlineManagement).Version
    """)
    assert chosen.facts["loaded"] == "3.0.0"
    assert highest.facts["loaded"] == "3.10.1"


@pytest.mark.behaviour("module.version.3-0-0", "module.version.selection")
def test_an_old_version_knows_no_token_and_no_connection_id(shell: Shell) -> None:
    """PowerShell itself says that there is no such parameter."""
    done = with_all(shell).run("""
        Import-Module ExchangeOnlineManagement -RequiredVersion 3.0.0
        $facts.faults = @(
            Get-Fault { Connect-ExchangeOnline @contoso }
            Get-Fault { Connect-IPPSSession @contoso }
            Get-Fault { Get-ConnectionInformation -ConnectionId a }
            Get-Fault { Disconnect-ExchangeOnline -ModulePrefix a -Confirm:$false }
            Get-Fault { Connect-ExchangeOnline -EXOModuleBasePath a }
            Get-Fault { Connect-ExchangeOnline -LoadCmdletHelp }
            Get-Fault { Connect-ExchangeOnline -DisableWAM }
        )
        $facts.all = @(Get-ConnectionInformation).Count
        $facts.without = Get-Fault { Connect-ExchangeOnline -Organization contoso.com }
    """)
    names = (
        "AccessToken AccessToken ConnectionId ModulePrefix EXOModuleBasePath "
        "LoadCmdletHelp DisableWAM"
    )
    assert done.facts["faults"] == [
        "ParameterBindingException: "
        f"A parameter cannot be found that matches parameter name '{name}'."
        for name in names.split()
    ]
    assert done.facts["all"] == 0
    assert "which Connect-ExchangeOnline of version 3.0.0 does not have" in done.facts["without"]


SINCE = {
    ("Connect-ExchangeOnline", "AccessToken"): ("3.0.0", "3.1.0"),
    ("Connect-ExchangeOnline", "LoadCmdletHelp"): ("3.6.0", "3.7.0"),
    ("Connect-ExchangeOnline", "DisableWAM"): ("3.7.1", "3.7.2"),
    ("Connect-ExchangeOnline", "EXOModuleBasePath"): ("3.9.0", "3.9.2"),
    ("Connect-IPPSSession", "AccessToken"): ("3.7.2", "3.8.0"),
    ("Connect-IPPSSession", "EnableSearchOnlySession"): ("3.8.0", "3.9.0"),
    ("Get-ConnectionInformation", "ConnectionId"): ("3.1.0", "3.2.0"),
}


@pytest.mark.behaviour("module.version.parameters")
def test_each_parameter_is_there_from_its_version_on(shell: Shell) -> None:
    """The version before has it not; the version that the release notes name has it."""
    lines = [
        f"@(Test-ParameterDeclared {command} {name} {before}; "
        f"Test-ParameterDeclared {command} {name} {since})"
        for (command, name), (before, since) in SINCE.items()
    ]
    seen = "; ".join(f",{line}" for line in lines)
    done = shell.run(f". '{MODULE_FOLDER}/parts/versions.ps1'\n$facts.seen = @({seen})")
    assert done.facts["seen"] == [[False, True]] * len(SINCE)


@pytest.mark.behaviour("module.version.3-10-runtime", "module.version.3-10-manifest")
@pytest.mark.parametrize("version", ["3.10.0", "3.10.1"])
def test_a_new_version_fails_while_it_loads_on_an_old_powershell(
    shell: Shell, version: str
) -> None:
    """The manifest lets 7.4 try; then what the module is built for cannot be found."""
    done = with_all(shell).run(f"""
        $PSVersionTable.PSVersion = [version]'7.4.13'
        $facts.fault = Get-Fault {{
            Import-Module ExchangeOnlineManagement -RequiredVersion {version} -ErrorAction Stop
        }}
        $asks = (Get-Module ExchangeOnlineManagement -ListAvailable).PowerShellVersion
        $facts.asks = @($asks | ForEach-Object {{ "$_" }} | Sort-Object -Unique)
        $facts.loaded = @(Get-Module ExchangeOnlineManagement).Count
        $PSVersionTable.PSVersion = [version]'7.6.0'
        Import-Module ExchangeOnlineManagement -RequiredVersion {version}
        $facts.later = [string](Get-Module ExchangeOnlineManagement).Version
    """)
    assert (
        "Could not load file or assembly 'System.Runtime, Version=10.0.0.0" in done.facts["fault"]
    )
    assert (done.facts["asks"], done.facts["loaded"], done.facts["later"]) == (["3.0"], 0, version)


@pytest.mark.behaviour("module.version.3-10-0-error")
@pytest.mark.parametrize("version", ["3.10.0", "3.10.1"])
def test_one_version_hides_every_error_of_the_service(shell: Shell, version: str) -> None:
    """3.10.0 calls a method that is not there; 3.10.1 shows the error."""
    done = with_all(shell).run(f"""
        $PSVersionTable.PSVersion = [version]'7.6.0'
        Import-Module ExchangeOnlineManagement -RequiredVersion {version}
        Connect-ExchangeOnline @contoso
        $facts.found = @(Get-Mailbox -ResultSize 2).Count
        $facts.fault = Get-Fault {{ Get-Mailbox nobody -ErrorAction Stop }}
    """)
    hidden = (
        "Method invocation failed because [System.Net.Http.HttpResponseMessage] does not contain "
        "a method named 'GetResponseHeader'."
    )
    assert done.facts["found"] == 2
    assert (hidden in done.facts["fault"]) == (version == "3.10.0")
    assert ("ManagementObjectNotFoundException" in done.facts["fault"]) == (version == "3.10.1")


@pytest.mark.behaviour("module.version.sent")
def test_a_request_says_which_version_asks(recorded: Shell, recorder: Recorder) -> None:
    """The download of the cmdlets is asked for as the version that is loaded."""
    shell = Shell(
        emulator=recorded.emulator, folder=recorded.folder, modules=BOTH, recorder=recorder
    )
    shell.run("""
        $PSVersionTable.PSVersion = [version]'7.6.0'
        Import-Module ExchangeOnlineManagement -RequiredVersion 3.10.1
        Connect-ExchangeOnline @contoso
    """)
    (sent,) = recorder.received
    assert sent.path.endswith("/EXOModuleFile?Version=3.10.1")
    assert sent.headers["exomodule-version"] == sent.headers["x-clientmoduleversion"] == "3.10.1"
    assert (sent.headers["ps-version"], sent.headers["commandname"]) == ("7.6.0", "*")
