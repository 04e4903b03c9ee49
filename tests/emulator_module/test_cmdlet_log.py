"""-EnableErrorReporting writes what was called, and never the token."""

import csv
import re

import pytest

from tests.emulator_module.shell import Shell

COLUMNS = [
    "ConnectionId",
    "CmdletId",
    "CmdletName",
    "CmdletParameters",
    "StartTime",
    "EndTime",
    "GenericInfo",
    "GenericError",
]


@pytest.mark.behaviour("module.log.rows", "module.log.secrets", "module.log.name")
def test_each_call_is_a_line_of_the_log(shell: Shell) -> None:
    """Connecting, a success and a failure are told with parameters and error; the token is not."""
    done = shell.run("""
        Connect-ExchangeOnline @contoso -EnableErrorReporting -LogDirectoryPath "$env:TEST_DIR/logs"
        $null = Get-Mailbox -ResultSize 1
        $null = Get-EXOMailbox nobody
        $facts.connection = (Get-ConnectionInformation).ConnectionId
    """)
    (file,) = (shell.folder / "logs").iterdir()
    assert re.fullmatch(r"EXOCmdletTelemetry-\d{8}-\d{6}\.csv", file.name)
    assert f"Writing cmdlet logs to {file}" in done.stdout
    text = file.read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert list(rows[0]) == COLUMNS
    told = [(each["CmdletName"], bool(each["GenericError"])) for each in rows]
    assert told == [
        ("Connect-ExchangeOnline", False),
        ("Get-Mailbox", False),
        ("Get-EXOMailbox", True),
    ]
    assert {each["ConnectionId"] for each in rows} == {done.facts["connection"]}
    assert rows[1]["CmdletParameters"] == "-ResultSize 1"
    assert "-AccessToken ***" in rows[0]["CmdletParameters"]
    assert (shell.folder / "token").read_text().split(".")[1] not in text


@pytest.mark.behaviour("module.log.failed-connect", "module.log.default-folder")
def test_a_connect_that_failed_is_in_the_log(shell: Shell) -> None:
    """Without a folder the log lies in the temporary one; the error stands in its line."""
    shell.run("""
        $contoso.AccessToken = 'a.b.c'
        $facts.fault = Get-Fault { Connect-ExchangeOnline @contoso -EnableErrorReporting }
    """)
    (file,) = (shell.temporary / "EXOCmdletTelemetry").iterdir()
    (row,) = csv.DictReader(file.read_text().splitlines())
    assert row["GenericError"] == "UnAuthorized"
    assert shell.run("Connect-ExchangeOnline @contoso").code == 0
    assert len(list((shell.temporary / "EXOCmdletTelemetry").iterdir())) == 1
