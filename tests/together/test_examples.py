"""The three examples as they are shipped: spec, script and runner together."""

from collections import Counter

import pytest

from emulator.tenant.estate import Estate
from emulator.tenant.inboxrules import rules_of
from emulator.tenant.permissions import SELF, mailbox_grants, on_behalf, recipient_grants
from tests.together.work import Work, column, rows_of


@pytest.fixture
def estate(work: Work) -> Estate:
    """The mailboxes that the emulator shows."""
    emulator = work.stage.emulator
    return emulator.state.exchange.estate(emulator.world.tenants[0].id)


def test_mailbox_sizes_reports_what_the_tenant_has(work: Work, estate: Estate) -> None:
    """Every mailbox with its bytes and items, as a CSV in the declared columns."""
    done = work.example("mailbox-sizes")
    assert done.code == 0, done.stdout + done.stderr
    found = Counter(
        (row["PrimarySmtpAddress"], row["TotalItemSizeBytes"], row["ItemCount"])
        for row in done.rows
    )
    assert found == Counter(
        (each.address, str(each.total_bytes), str(each.item_count)) for each in estate.mailboxes()
    )
    (output,) = done.result["outputs"]
    assert (output["path"], output["records"]) == ("output.csv", len(estate))
    assert done.result["counts"]["output"] == len(estate)
    assert done.result["masked"] == 0


def test_a_parameter_on_the_command_line_narrows_the_report(work: Work, estate: Estate) -> None:
    """`-p` reaches the script as the type that the spec declares."""
    done = work.example("mailbox-sizes", "-p", "LargerThanMB=1000")
    large = {each.address for each in estate.mailboxes() if each.total_bytes >= 1000 << 20}
    assert 0 < len(large) < len(estate)
    assert set(column(done.rows, "PrimarySmtpAddress")) == large


def test_mailbox_permissions_reports_each_grant_in_both_formats(work: Work, estate: Estate) -> None:
    """Every grant that somebody made is in the CSV and in the JSON Lines."""
    done = work.example("mailbox-permissions")
    assert done.code == 0, done.stdout + done.stderr
    seed = estate.tenant.seed
    made: Counter[tuple[str, str, str]] = Counter()
    for mailbox in estate.mailboxes():
        trustees = estate.trustees(mailbox)
        grants = [
            *(("FullAccess", each.trustee) for each in mailbox_grants(seed, mailbox, trustees)),
            *(("SendAs", each.trustee) for each in recipient_grants(seed, mailbox, trustees)),
            *(("SendOnBehalf", each) for each in on_behalf(mailbox, trustees)),
        ]
        made.update((mailbox.address, kind, who) for kind, who in grants if who != SELF)
    assert Counter((r["Mailbox"], r["Permission"], r["Trustee"]) for r in done.rows) == made
    lines = (done.folder / "output.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == sum(made.values()) > 0


def test_mail_forwarding_leaves_its_own_file(work: Work, estate: Estate) -> None:
    """The script's own Export-Csv lands in the run's files and is named in the result."""
    done = work.example("mail-forwarding")
    assert done.code == 0, done.stdout + done.stderr
    expected: Counter[str] = Counter()
    for mailbox in estate.mailboxes():
        expected["ForwardingSmtpAddress"] += bool(mailbox.forwarding_smtp_address)
        expected["ForwardingAddress"] += bool(mailbox.forwarding_address)
        for rule in rules_of(estate.tenant.seed, mailbox):
            if rule.enabled:
                expected["ForwardTo"] += len(rule.forward_to)
                expected["RedirectTo"] += len(rule.redirect_to)
                expected["ForwardAsAttachmentTo"] += len(rule.forward_as_attachment_to)
    rows = rows_of(done.folder / "files" / "mail-forwarding.csv")
    assert Counter(column(rows, "Via")) == +expected
    assert sum(expected.values()) > 0
    assert [file["path"] for file in done.result["files"]] == ["files/mail-forwarding.csv"]
