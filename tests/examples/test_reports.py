"""The example scripts report what is in the tenant, run by a real pwsh against the emulator.

Their own Connect-ExchangeOnline is stood in for, as the runner does it.
"""

import csv
from collections import Counter
from typing import Any

from emulator.tenant.estate import Estate
from emulator.tenant.inboxrules import rules_of
from emulator.tenant.permissions import SELF, mailbox_grants, on_behalf, recipient_grants
from tests.emulator_module.shell import Outcome, Shell
from tests.examples.conftest import MAILBOXES
from tests.examples.test_jobs import script_of


def estate_of(shell: Shell) -> Estate:
    """Return the mailboxes that the emulator shows."""
    return shell.emulator.state.exchange.estate(shell.emulator.world.tenants[0].id)


def report(shell: Shell, name: str, arguments: str = "") -> tuple[Outcome, list[dict[str, Any]]]:
    """Run an example on a connection made before, and return its objects."""
    done = shell.run(f"""
        Connect-ExchangeOnline @contoso
        function Connect-Beforehand {{ }}
        Set-Alias Connect-ExchangeOnline Connect-Beforehand
        Set-Alias Disconnect-ExchangeOnline Connect-Beforehand
        $facts.rows = @(& '{script_of(name)}' {arguments})
        $facts.errors = @($Error | ForEach-Object {{ "$_" }})
    """)
    assert done.code == 0, done.stderr
    assert done.facts["errors"] == []
    return done, done.facts["rows"]


def test_sizes_has_every_mailbox_once_with_its_numbers(shell: Shell) -> None:
    """One object a mailbox, with bytes as a number, in the columns that the job declares."""
    _, rows = report(shell, "mailbox-sizes")
    mailboxes = list(estate_of(shell).mailboxes())
    assert Counter(row["PrimarySmtpAddress"] for row in rows) == Counter(
        mailbox.address for mailbox in mailboxes
    )
    assert len(rows) == MAILBOXES
    assert {(r["PrimarySmtpAddress"], r["TotalItemSizeBytes"], r["ItemCount"]) for r in rows} == {
        (m.address, m.total_bytes, m.item_count) for m in mailboxes
    }
    assert list(rows[0]) == [
        "Identity",
        "DisplayName",
        "PrimarySmtpAddress",
        "RecipientTypeDetails",
        "ItemCount",
        "TotalItemSizeBytes",
        "LastLogonTime",
    ]
    never = {m.address for m in mailboxes if m.last_logon is None}
    assert {r["PrimarySmtpAddress"] for r in rows if r["LastLogonTime"] is None} == never


def test_sizes_can_be_narrowed(shell: Shell) -> None:
    """Kind and least size choose, and the size is compared in megabytes."""
    _, rows = report(shell, "mailbox-sizes", "-RecipientTypeDetails UserMailbox -LargerThanMB 1000")
    expected = {
        mailbox.address
        for mailbox in estate_of(shell).mailboxes()
        if mailbox.kind == "UserMailbox" and mailbox.total_bytes >= 1000 << 20
    }
    assert 0 < len(expected) < MAILBOXES
    assert {row["PrimarySmtpAddress"] for row in rows} == expected


def test_sizes_makes_one_call_a_mailbox(shell: Shell) -> None:
    """It is the report that outlives a token: one page, then the statistics of each."""
    report(shell, "mailbox-sizes")
    paths = Counter(entry.path.rsplit("/", 1)[-1] for entry in shell.emulator.journal)
    assert paths["Exchange.GetMailboxStatistics()"] == MAILBOXES


def test_permissions_has_every_grant_that_somebody_made(shell: Shell) -> None:
    """Full access, send as and on behalf, without the owners' own rights."""
    _, rows = report(shell, "mailbox-permissions")
    expected: Counter[tuple[str, str, str]] = Counter()
    estate = estate_of(shell)
    seed = estate.tenant.seed
    for mailbox in estate.mailboxes():
        trustees = estate.trustees(mailbox)
        made = [
            *(("FullAccess", g.trustee) for g in mailbox_grants(seed, mailbox, trustees)),
            *(("SendAs", g.trustee) for g in recipient_grants(seed, mailbox, trustees)),
            *(("SendOnBehalf", each) for each in on_behalf(mailbox, trustees)),
        ]
        expected.update((mailbox.address, kind, who) for kind, who in made if who != SELF)
    assert Counter((r["Mailbox"], r["Permission"], r["Trustee"]) for r in rows) == expected
    assert {kind for _, kind, _ in expected} == {"FullAccess", "SendAs", "SendOnBehalf"}


def test_permissions_can_be_narrowed(shell: Shell) -> None:
    """Only the asked-for grants are read; the others cost no call."""
    _, rows = report(shell, "mailbox-permissions", "-Permission SendAs")
    assert {row["Permission"] for row in rows} == {"SendAs"}
    assert not [e for e in shell.emulator.journal if e.path.endswith("/MailboxPermission")]


def forwardings(shell: Shell) -> list[dict[str, str]]:
    """Return the rows of the CSV file that the forwarding report wrote."""
    with (shell.folder / "mail-forwarding.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_forwarding_finds_settings_and_rules(shell: Shell) -> None:
    """Each target of each setting and enabled rule is a row, and external is told by domain."""
    done, objects = report(shell, "mail-forwarding")
    estate = estate_of(shell)
    expected: Counter[tuple[str, str]] = Counter()
    for mailbox in estate.mailboxes():
        if mailbox.forwarding_smtp_address:
            expected[mailbox.address, "ForwardingSmtpAddress"] += 1
        if mailbox.forwarding_address:
            expected[mailbox.address, "ForwardingAddress"] += 1
        for rule in rules_of(estate.tenant.seed, mailbox):
            if rule.enabled:
                expected[mailbox.address, "ForwardTo"] += len(rule.forward_to)
                expected[mailbox.address, "RedirectTo"] += len(rule.redirect_to)
                attached = len(rule.forward_as_attachment_to)
                expected[mailbox.address, "ForwardAsAttachmentTo"] += attached
    rows = forwardings(shell)
    assert Counter((row["Mailbox"], row["Via"]) for row in rows) == +expected
    assert objects == []
    assert f"{len(rows)} forwardings in {MAILBOXES} mailboxes" in done.stdout
    for row in rows:
        is_ours = row["ForwardsTo"].endswith(("@contoso.com", "@contoso.onmicrosoft.com"))
        known = "No" if is_ours else "Yes"
        assert row["External"] == (known if "@" in row["ForwardsTo"] else "Unknown")


def test_forwarding_can_be_narrowed_to_what_leaves(shell: Shell) -> None:
    """-ExternalOnly leaves addresses outside the accepted domains, and no other row."""
    report(shell, "mail-forwarding", "-ExternalOnly -IncludeDisabledRules")
    rows = forwardings(shell)
    assert rows
    assert {row["External"] for row in rows} == {"Yes"}
