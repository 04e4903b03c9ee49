"""The script module that a connecting client downloads."""

import os
import subprocess
from pathlib import Path

import pytest

from emulator.entra.directoryroles import EXCHANGE_ADMINISTRATOR
from emulator.exchange.calls import Cmdlet
from emulator.exchange.cmdlets import CMDLETS
from emulator.exchange.modulefile import function_text, render
from emulator.exchange.roles import is_allowed
from emulator.testing import running, sample_world


def exported(client, patterns):
    """Return which cmdlets a download with that CommandName header exports."""
    file = client.get("EXOModuleFile?Version=3.9.2", CommandName=patterns).json()["value"][0]
    return set(file["exportedCmdlets"].split(",")), file["fileContent"]


NAMES = {each.name for each in CMDLETS.values() if is_allowed(each.name, [EXCHANGE_ADMINISTRATOR])}
CHOICES = {
    "everything": ("*", NAMES),
    "two names": ("Get-Mailbox,get-inboxrule", {"Get-Mailbox", "Get-InboxRule"}),
    "a pattern": ("*-InboxR*", {name for name in NAMES if name.endswith("-InboxRule")}),
    "a built-in cmdlet": ("Get-EXOMailbox, Get-AcceptedDomain", {"Get-AcceptedDomain"}),
}


@pytest.mark.behaviour("exchange.module-file.command-name")
@pytest.mark.parametrize(("patterns", "names"), CHOICES.values(), ids=CHOICES)
def test_the_command_name_header_chooses_the_functions(client, patterns, names):
    """Names and wildcards choose; what is not chosen is not defined in the module either."""
    chosen, text = exported(client, patterns)
    assert chosen == names
    for cmdlet in CMDLETS.values():
        assert (f"function {cmdlet.name} {{" in text) == (cmdlet.name in names)


@pytest.mark.behaviour("module.own.retry-scale")
def test_the_worlds_retry_scale_reaches_the_module(client_of):
    """The wait scale replaces its place-holder, and no place-holder is left."""
    template = "scale {{RETRY_WAIT_SCALE}}\n#EXO-FUNCTIONS#\nend"
    text = render(template, [CMDLETS["get-mailbox"]], retry_wait_scale=0.01)
    assert text.startswith("scale 0.01\nfunction Get-Mailbox {")
    assert text.endswith("\nend")
    with running(sample_world(retry_wait_scale=0.25)) as emulator:
        _, served = exported(client_of(emulator), "*")
    assert "0.25" in served
    assert "{{" not in served
    assert "#EXO-FUNCTIONS#" not in served


PROBE = """
$ErrorActionPreference = 'Stop'
function Invoke-ExoRestCmdlet { param($CmdletName, $BoundParameters)
  $given = $BoundParameters.Keys | Sort-Object | ForEach-Object { "$_=$($BoundParameters[$_])" }
  "$CmdletName $($given -join ';')" }
. '{functions}'
Get-Mailbox someone -ResultSize Unlimited
[pscustomobject]@{Identity='a'; PrimarySmtpAddress='a@b'} | Get-MailboxStatistics
[pscustomobject]@{PrimarySmtpAddress='a@b'} | Get-InboxRule
Set-Mailbox -Identity a -ForwardingSmtpAddress $null -DeliverToMailboxAndForward $true
(Get-Command Get-MailboxStatistics).Parameters['Identity'].Attributes.Mandatory
"""


@pytest.mark.behaviour("module.file.binding")
def test_every_function_is_powershell_that_binds_as_the_table_says(tmp_path: Path):
    """Positions, pipeline by property name, aliases and null work in a real pwsh."""
    functions = tmp_path / "functions.ps1"
    functions.write_text("\n".join(map(function_text, CMDLETS.values())), encoding="utf-8")
    environment = {**os.environ, "NO_COLOR": "1"}
    command = [os.environ["PWSH"], "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "-"]
    done = subprocess.run(
        command,
        input=PROBE.replace("{functions}", str(functions)),
        text=True,
        capture_output=True,
        check=False,
        env=environment,
    )
    assert done.stdout.splitlines() == [
        "Get-Mailbox Identity=someone;ResultSize=Unlimited",
        "Get-MailboxStatistics Identity=a",
        "Get-InboxRule Mailbox=a@b",
        "Set-Mailbox DeliverToMailboxAndForward=True;ForwardingSmtpAddress=;Identity=a",
        "True",
    ], done.stderr


@pytest.mark.behaviour("module.file.impact")
@pytest.mark.parametrize(
    ("name", "impact"),
    [("Remove-Thing", "High"), ("Disable-Thing", "High"), ("Set-Thing", "Medium")],
)
def test_what_destroys_asks_before_it_does(name, impact):
    """Remove-* and its like have a built-in question; other changes only ask who wants it."""
    text = function_text(Cmdlet(name=name, parameters=(), run=lambda _: iter(())))
    assert f"SupportsShouldProcess=$true, ConfirmImpact='{impact}'" in text


@pytest.mark.behaviour("module.file.custom-routing")
def test_cmdlets_that_read_the_mailbox_itself_can_be_routed_to_it():
    """-UseCustomRouting is declared by these cmdlets only."""
    routed = {name for name, each in CMDLETS.items() if "$UseCustomRouting" in function_text(each)}
    assert routed >= {"get-mailboxstatistics", "get-mailboxpermission", "get-inboxrule"}
    assert not routed & {"get-mailbox", "get-accepteddomain", "set-mailbox"}
