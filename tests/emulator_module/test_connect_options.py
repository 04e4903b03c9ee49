"""What single parameters of Connect-ExchangeOnline do."""

import re

import pytest

from tests.emulator_module.recorder import Answer, Recorder
from tests.emulator_module.shell import Shell


@pytest.mark.behaviour("module.connect.base-path", "module.connect.temporary-name")
def test_the_temporary_module_goes_where_it_is_told_to(shell: Shell) -> None:
    """-EXOModuleBasePath replaces the temporary folder, and -Prefix renames what is imported."""
    (shell.folder / "elsewhere").mkdir()
    done = shell.run("""
        Connect-ExchangeOnline @contoso -EXOModuleBasePath "$env:TEST_DIR/elsewhere" -Prefix Cloud
        $facts.found = (Get-CloudMailbox -ResultSize 2).Count
        $facts.plain = [bool](Get-Command Get-Mailbox -ErrorAction Ignore)
        $facts.name = Split-Path (Get-ConnectionInformation).ModuleName -Leaf
    """)
    assert re.fullmatch(r"tmpEXO_[a-z0-9]{8}\.[a-z0-9]{3}", done.facts.pop("name"))
    assert done.facts == {"found": 2, "plain": False}
    assert [file.suffix for file in (shell.folder / "elsewhere").glob("tmpEXO_*/*")] == [".psm1"]
    assert not list(shell.temporary.glob("tmpEXO_*"))


@pytest.mark.behaviour("module.connect.prefix")
def test_some_prefixes_are_refused(shell: Shell) -> None:
    """The name of the built-in cmdlets, and everything but letters and digits, is no prefix."""
    done = shell.run("""
        $facts.faults = @('EXO', 'exo', 'a_b', 'a b', '*' | ForEach-Object {
            $prefix = $_
            Get-Fault { Connect-ExchangeOnline @contoso -Prefix $prefix } })
    """)
    reserved = "Prefix 'EXO' is a reserved Prefix, please use a different prefix."
    special = "Use of any special characters in the Prefix string is not supported."
    texts = [reserved] * 2 + [special] * 3
    assert done.facts["faults"] == [f"ArgumentException: {text}" for text in texts]


@pytest.mark.behaviour("module.connect.banner", "module.connect.banner.failure")
def test_the_banner_is_asked_for_and_not_needed(recorded: Shell, recorder: Recorder) -> None:
    """-ShowBanner:$false saves the call; a banner that cannot be had does not stop connecting."""
    recorder.connecting.append(Answer(body={"value": ["Welcome, tester."]}))
    first = recorded.run("""
        $contoso.Remove('ShowBanner')
        Connect-ExchangeOnline @contoso
    """)
    recorder.connecting.append(Answer(status=500, body="no"))
    second = recorded.run("""
        $contoso.Remove('ShowBanner')
        Connect-ExchangeOnline @contoso
        Connect-ExchangeOnline @contoso -ShowBanner:$false
        $facts.made = @(Get-ConnectionInformation).Count
    """)
    asked = [each.path.partition("EXO")[2].partition("?")[0] for each in recorder.received]
    assert asked == [*["Banner('AutogenSession')", "ModuleFile"] * 2, "ModuleFile"]
    assert "Welcome, tester." in first.stdout
    assert second.facts["made"] == 2


@pytest.mark.behaviour("module.own.format-data")
def test_what_would_load_formats_and_help_is_taken_and_changes_nothing(shell: Shell) -> None:
    """The emulator sends neither, so there is nothing to skip or to choose."""
    done = shell.run("""
        Connect-ExchangeOnline @contoso -SkipLoadingFormatData -FormatTypeName None -LoadCmdletHelp
        $facts.found = @(Get-Mailbox -ResultSize 2).Count
        $facts.files = @(Get-ChildItem (Get-ConnectionInformation).ModuleName).Count
    """)
    assert done.facts == {"found": 2, "files": 1}


@pytest.mark.behaviour("module.connect.remote-powershell")
def test_remote_powershell_is_refused(shell: Shell) -> None:
    """-UseRPSSession is still declared; what it led to is gone."""
    done = shell.run("$facts.fault = Get-Fault { Connect-ExchangeOnline @contoso -UseRPSSession }")
    assert "it has no remote PowerShell (-UseRPSSession)" in done.facts["fault"]
