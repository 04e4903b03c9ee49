"""A dry run reads, and records what it would have called."""

import pytest


def intended(records):
    """Return the calls that were not made."""
    return [(r["command"], r["arguments"]) for r in records if r["kind"] == "intended"]


def test_calls_that_change_something_are_recorded_instead(session, outputs):
    """A write gives nothing and is told with its arguments; a read is made."""
    script = """
        (Get-Mailbox a).Identity
        Set-Mailbox -Identity a -HiddenFromAddressListsEnabled $true
        'b', 'c' | Remove-Mailbox -Confirm:$false
        'after'
    """

    records = session.run(script, cmdlets=(), dry_run=True)

    assert outputs(records) == ["a", "after"]
    assert intended(records) == [
        ("Set-Mailbox", ["-Identity", "a", "-HiddenFromAddressListsEnabled", "True"]),
        ("Remove-Mailbox", ["-Confirm:", "False"]),
    ]
    assert records[-1]["ending"] == "completed"


def test_what_the_job_does_not_list_is_missing_as_ever(session):
    """A write that a real run would not have is no intention but a mistake."""
    last = session.run("Set-Mailbox a", cmdlets=("Get-Mailbox", "Set-User"), dry_run=True)[-1]

    assert (last["ending"], last["error"]["id"]) == ("threw", "CommandNotFoundException")


def test_a_misspelt_read_is_a_mistake(session):
    """What reads is never made up."""
    last = session.run("Get-Mailbocks a", cmdlets=(), dry_run=True)[-1]

    assert last["error"]["id"] == "CommandNotFoundException"


@pytest.mark.parametrize(
    ("cmdlets", "reads"),
    [
        (("Get-Mailbox", "Set-Mailbox"), ["Get-Mailbox"]),
        (("*-Mailbox",), ["Get-Mailbox", "Test-Mailbox"]),
        (("Set-Mailbox",), ["Get-*", "Test-*"]),
        ((), ["Get-*", "Test-*"]),
    ],
)
def test_only_what_reads_is_imported(session, cmdlets, reads):
    """Of the job's cmdlets those that read; where there are none, everything that reads."""
    listed = ", ".join(f"'{each}'" for each in cmdlets)
    printed = session.alone(f"& (Import-Module ExoJobs -PassThru) {{ Get-ReadCmdlet @({listed}) }}")

    assert printed.split()[: len(reads)] == reads
    assert not [each for each in printed.split() if each.startswith("Set-")]
