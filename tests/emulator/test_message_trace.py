"""The message trace: which rows come, in which order, and how a client goes on."""

import re
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.clock import system_clock
from emulator.exchange.calls import Call
from emulator.exchange.tracequery import Mail, rows_of
from emulator.exchange.tracerows import Traced
from emulator.tenant.estate import Estate
from emulator.tenant.messages import MOST_AN_HOUR, Status, Traffic
from emulator.tenant.subjects import SUBJECTS
from emulator.testing import Tenant, running, sample_world

TRACE = "Get-MessageTraceV2"
DETAIL = "Get-MessageTraceDetailV2"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MORE = "There are more results, use the following command to get more. Get-MessageTraceV2 "


UNLIMITED = {"throttling": {"cmdlets": {TRACE: None}}}


@pytest.fixture(scope="module")
def client(client_of):
    """A client of a tenant that may trace as often as it likes; tests must not change it."""
    with running(sample_world(mailboxes=120, exchange=UNLIMITED)) as emulator:
        yield client_of(emulator)


def traced(client, **parameters):
    """Return the rows of a trace."""
    answer = client.invoke(TRACE, parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()["value"]


def ago(**span):
    """Return a time so long ago, as ISO text."""
    return (system_clock() - timedelta(**span)).isoformat()


def refusal(answer):
    """Return the text in the detail of a refusal."""
    assert answer.status_code == 400
    return answer.json()["error"]["details"][0]["message"]


@pytest.mark.behaviour("tenant.trace.columns")
def test_a_row_is_one_recipient_of_one_message(client):
    """Each row has the ten columns; the pair of message and recipient is there once."""
    rows = traced(client)
    names = {"MessageId", "MessageTraceId", "Received", "SenderAddress", "RecipientAddress"}
    names |= {"Subject", "Status", "FromIP", "ToIP", "Size"}
    assert {name for name in rows[0] if "@" not in name} == names
    pairs = Counter((row["MessageTraceId"], row["RecipientAddress"]) for row in rows)
    assert set(pairs.values()) == {1}
    assert len({row["MessageTraceId"] for row in rows}) < len(rows)


@pytest.mark.behaviour("tenant.trace.two-days")
def test_without_dates_the_last_two_days_come(client):
    """The oldest row is nearly 48 hours old and none is older; the same rows come by dates."""
    rows = traced(client)
    oldest = datetime.fromisoformat(rows[-1]["Received"])
    assert timedelta(hours=44) < system_clock() - oldest <= timedelta(hours=48, minutes=1)
    assert rows[:50] == traced(client, StartDate=ago(hours=48), EndDate=ago())[:50]


@pytest.mark.behaviour("tenant.trace.order")
def test_the_newest_come_first_and_one_messages_rows_by_recipient(client):
    """Time goes down; within one moment the recipients go up, and only one message has it."""
    rows = traced(client)
    keys = [(row["Received"], row["RecipientAddress"]) for row in rows]
    assert keys == sorted(sorted(keys, key=lambda key: key[1]), key=lambda k: k[0], reverse=True)
    ids = {row["Received"]: row["MessageTraceId"] for row in rows}
    assert all(ids[row["Received"]] == row["MessageTraceId"] for row in rows)


VALIDATION = "|Microsoft.Exchange.Management.Tasks.ValidationException|Invalid StartDate value. "
TOO_LONG = "The interval between StartDate and EndDate can't be longer than 10 days."
UPSIDE_DOWN = f"{VALIDATION}The StartDate can't be later than the EndDate."
TOO_OLD = f"{VALIDATION}The StartDate can't be older than 90 days from today."
PERIODS = {
    "more than ten days": (
        {"StartDate": {"days": 12}, "EndDate": {"days": 1}},
        f"|System.ArgumentException|{TOO_LONG}",
    ),
    "upside down": ({"StartDate": {"days": 1}, "EndDate": {"days": 2}}, UPSIDE_DOWN),
    "too long ago": ({"StartDate": {"days": 92}, "EndDate": {"days": 90}}, TOO_OLD),
    "the beginning of time": ({"EndDate": {"days": 365 * 2026}}, TOO_OLD),
}


@pytest.mark.behaviour("tenant.trace.ten-days", "tenant.trace.ninety-days")
@pytest.mark.parametrize(("spans", "text"), PERIODS.values(), ids=PERIODS)
def test_a_period_within_the_limits_is_asked_for(client, spans, text):
    """What is too long, too old or upside down is refused with a word on why, in both cmdlets."""
    floor = timedelta(days=(system_clock() - datetime.min.replace(tzinfo=UTC)).days)
    dates = {
        name: (system_clock() - min(timedelta(**span), floor)).isoformat()
        for name, span in spans.items()
    }
    assert refusal(client.invoke(TRACE, dates)) == text
    named = {"MessageTraceId": str(uuid.UUID(int=7)), "RecipientAddress": "a@b.example"}
    assert refusal(client.invoke(DETAIL, dates | named)) == text


@pytest.mark.behaviour("tenant.trace.ninety-days", "tenant.trace.ten-days")
def test_ten_days_ninety_days_ago_can_be_read(client):
    """Both limits themselves are allowed."""
    assert traced(client, StartDate=ago(days=90), EndDate=ago(days=80))


@pytest.mark.behaviour("tenant.trace.result-size")
def test_a_thousand_rows_come_unless_more_are_asked_for(client):
    """1,000 by default, up to 5,000 when asked for, over as many pages as it takes; no more."""
    dates = {"StartDate": ago(days=10)}
    first = client.invoke(TRACE, dates).json()
    assert len(first["value"]) == 1_000
    assert "@odata.nextLink" not in first
    page = client.invoke(TRACE, dates | {"ResultSize": 1_500}).json()
    second = client.invoke(TRACE, url=page["@odata.nextLink"]).json()
    assert (len(page["value"]), len(second["value"])) == (1_000, 500)
    assert not page["@adminapi.warnings"]
    assert second["@adminapi.warnings"][0].startswith(MORE)
    keys = {(row["Received"], row["RecipientAddress"]) for row in page["value"] + second["value"]}
    assert len(keys) == 1_500
    for size in (0, 5_001):
        refused = client.invoke(TRACE, {"ResultSize": size})
        assert refused.status_code == 400
        assert "allowed range of 1 to 5000" in refused.text


@pytest.mark.behaviour("tenant.trace.more")
def test_the_warning_is_the_command_that_goes_on(client):
    """The one warning names all that was asked, quoted for PowerShell, and where to go on."""
    asked = {"StartDate": ago(days=10), "ResultSize": 3, "Subject": 'a "$x`'}
    assert client.invoke(TRACE, asked).json()["@adminapi.warnings"] == []
    asked |= {"Subject": "e", "Status": ["Delivered", "Failed"]}
    answer = client.invoke(TRACE, asked).json()
    (warning,) = answer["@adminapi.warnings"]
    assert warning.startswith(MORE)
    told = dict(re.findall(r'-(\w+) ("[^"]*"(?:,"[^"]*")*|\d+)', warning.removeprefix(MORE)))
    last = answer["value"][-1]
    assert told.pop("StartDate").strip('"')[:19] == asked["StartDate"][:19]
    assert told == {
        "EndDate": f'"{last["Received"]}"',
        "StartingRecipientAddress": f'"{last["RecipientAddress"]}"',
        "ResultSize": "3",
        "Subject": '"e"',
        "Status": '"Delivered","Failed"',
    }


@pytest.mark.behaviour("tenant.trace.more")
def test_a_quoted_value_stays_text_in_powershell(client):
    """Quotes, dollars and backticks of a filter are escaped in the command."""
    subject = next(each for each in SUBJECTS if "$(" in each)
    asked = {"StartDate": ago(days=10), "ResultSize": 1, "Subject": subject}
    (warning,) = client.invoke(TRACE, asked).json()["@adminapi.warnings"]
    assert '-Subject "100 % off `$(Get-Date) ``now``"' in warning


@pytest.mark.behaviour("tenant.trace.going-on")
def test_who_goes_on_after_the_last_row_sees_every_row_once(client):
    """By the end and the recipient of the last row, a client walks through all, each row once."""
    dates = {"StartDate": ago(days=9), "EndDate": ago(minutes=2)}
    whole = traced(client, **dates, ResultSize=1_000)
    walked, place = [], {}
    while rows := traced(client, **dates | place, ResultSize=70):
        walked += rows
        last = rows[-1]
        place = {"EndDate": last["Received"], "StartingRecipientAddress": last["RecipientAddress"]}
    assert walked[:1_000] == whole
    assert len(walked) > 1_000
    assert len({(row["Received"], row["RecipientAddress"]) for row in walked}) == len(walked)


def rows_at(estate, **arguments) -> list[Traced]:
    """Return the rows of a trace by the rule itself."""
    call = Call(estate=estate, arguments=arguments, now=NOW)
    return list(rows_of(call, Mail(estate=estate)))


def the_estate(*, mailboxes, seed):
    """Return a tenant's mailboxes."""
    tenant = Tenant(
        id=str(uuid.UUID(int=1)),
        domains=("contoso.onmicrosoft.com",),
        mailboxes=mailboxes,
        seed=seed,
    )
    return Estate(tenant)


@pytest.mark.behaviour("tenant.trace.going-on")
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    mailboxes=st.integers(1, 4_000),
    size=st.integers(1, 40),
    hours=st.integers(1, 12),
    status=st.sampled_from([None, *Status]),
)
def test_no_row_is_lost_or_repeated_wherever_the_client_cuts(seed, mailboxes, size, hours, status):
    """For any tenant, filter and result size the walk gives what one query would give."""
    estate = the_estate(mailboxes=mailboxes, seed=seed)
    asked = {"StartDate": NOW - timedelta(hours=hours), "EndDate": NOW}
    asked |= {"Status": [status.value]} if status else {}
    whole = rows_at(estate, **asked)[:400]
    walked, place = [], {}
    while len(walked) < len(whole) and (rows := rows_at(estate, **asked | place)[:size]):
        walked += rows
        last = rows[-1]
        place = {
            "EndDate": last.message.received,
            "StartingRecipientAddress": last.address.upper(),
        }
    assert walked[: len(whole)] == whole


FILTERS = {
    "a sender": "SenderAddress",
    "a recipient": "RecipientAddress",
    "a status": "Status",
    "a Message-ID": "MessageId",
    "a trace id": "MessageTraceId",
    "where from": "FromIP",
    "where to": "ToIP",
}


@pytest.mark.behaviour("tenant.trace.filters")
@pytest.mark.parametrize("name", FILTERS.values(), ids=FILTERS)
def test_a_filter_chooses_exactly_the_rows_that_have_the_value(client, name):
    """The value of any row, and of its column alone, finds all the rows with it, and no other."""
    dates = {"StartDate": ago(hours=60), "EndDate": ago(minutes=2)}
    rows = traced(client, **dates)
    for value in list(dict.fromkeys(row[name] for row in rows if row[name]))[:40]:
        chosen = [row for row in rows if row[name] == value]
        assert traced(client, **dates, **{name: value}) == chosen


@pytest.mark.behaviour("tenant.trace.filters")
def test_several_values_and_filters_are_joined(client):
    """Of one filter any value fits, of several filters all must; case is no matter."""
    dates = {"StartDate": ago(hours=60), "EndDate": ago(minutes=2)}
    rows = traced(client, **dates)
    senders = [row["SenderAddress"] for row in rows[:2]]
    filters = {"SenderAddress": [each.upper() for each in senders], "Status": "delivered"}
    fitting = [r for r in rows if r["SenderAddress"] in senders and r["Status"] == "Delivered"]
    assert traced(client, **dates, **filters) == fitting
    refused = client.invoke(TRACE, {"Status": "Lost"})
    assert (refused.status_code, "'Status'" in refused.text) == (400, True)


SUBJECT_FILTERS = {
    "anywhere, unless it is said where": (None, "OFFER", lambda s: "offer" in s),
    "at the beginning": ("startswith", "re: ", lambda s: s.startswith("re: ")),
    "at the end": ("EndsWith", "meeting", lambda s: s.endswith("meeting")),
    "in another script": ("Contains", "счёт", lambda s: "счёт" in s),
}


@pytest.mark.behaviour("tenant.trace.subject-filter")
@pytest.mark.parametrize(("kind", "text", "fits"), SUBJECT_FILTERS.values(), ids=SUBJECT_FILTERS)
def test_a_subject_is_looked_into(client, kind, text, fits):
    """SubjectFilterType says where the text must stand."""
    dates = {"StartDate": ago(days=5), "EndDate": ago(minutes=2), "ResultSize": 1_000}
    rows = traced(client, **dates)
    how = {"SubjectFilterType": kind} if kind else {}
    expected = [row for row in rows if fits(row["Subject"].casefold())]
    assert expected
    assert traced(client, **dates, **how, Subject=text)[: len(expected)] == expected


@pytest.mark.behaviour("tenant.trace.subjects")
def test_subjects_are_as_awkward_as_peoples(client):
    """All subjects come back as they are: empty, long, other scripts, formulas and markup."""
    assert {row["Subject"] for row in traced(client, StartDate=ago(days=10))} == set(SUBJECTS)
    assert "" in SUBJECTS
    assert any(subject.startswith("=") for subject in SUBJECTS)
    assert any(len(subject) > 255 for subject in SUBJECTS)


@pytest.mark.behaviour("tenant.trace.statuses")
def test_every_status_occurs_and_nothing_stays_on_its_way(client_of):
    """All seven states come in a busy tenant; what is pending is hours old at most."""
    with running(sample_world(mailboxes=20_000)) as emulator:
        client = client_of(emulator)
        found = {status: traced(client, Status=status.value) for status in Status}
    assert all(found.values())
    assert all(row["Status"] == status for status, rows in found.items() for row in rows)
    for status in (Status.PENDING, Status.GETTING):
        oldest = datetime.fromisoformat(found[status][-1]["Received"])
        assert system_clock() - oldest < timedelta(hours=4, minutes=1)


@pytest.mark.behaviour("tenant.trace.directions", "tenant.trace.ip")
def test_mail_comes_in_goes_out_and_stays_inside(client):
    """An outsider's server is known; mail from inside shows none; only what left has a target."""
    rows = traced(client)
    boxes = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).json()["value"]
    own = {row["PrimarySmtpAddress"] for row in boxes} | {"all-staff@contoso.com"}
    directions = Counter()
    for row in rows:
        is_own = (row["SenderAddress"] in own, row["RecipientAddress"] in own)
        directions[is_own] += 1
        assert (row["FromIP"] == "255.255.255.255") == is_own[0]
        assert bool(row["ToIP"]) == (not is_own[1])
    assert set(directions) == {(False, True), (True, False), (True, True)}


@pytest.mark.behaviour("tenant.trace.detail")
def test_the_detail_tells_what_happened_to_a_row(client):
    """Each row has events, the first of them its arrival; the last one fits its status."""
    ends = {"Delivered": {"Deliver", "Send external"}, "Failed": {"Fail"}, "Expanded": {"Expand"}}
    for row in traced(client)[:60]:
        named = {name: row[name] for name in ("MessageTraceId", "RecipientAddress")}
        events = client.invoke(DETAIL, named).json()["value"]
        assert events[0]["Event"] == "Receive"
        assert events[0]["Date"] == row["Received"]
        assert all(each.items() >= named.items() for each in events)
        assert events[-1]["Event"] in ends.get(row["Status"], {events[-1]["Event"]})
        last = client.invoke(DETAIL, named | {"Event": events[-1]["Event"].upper()}).json()
        assert last["value"] == events[1:]


@pytest.mark.behaviour("tenant.trace.detail")
def test_a_detail_of_an_older_row_needs_dates(client):
    """Without dates only the last 48 hours are looked at; nothing is found beyond or beside."""
    row = traced(client, StartDate=ago(days=7), EndDate=ago(days=5))[0]
    named = {name: row[name] for name in ("MessageTraceId", "RecipientAddress")}
    dates = {"StartDate": ago(days=8), "EndDate": ago(days=4)}
    assert client.invoke(DETAIL, named).json()["value"] == []
    assert client.invoke(DETAIL, named | dates).json()["value"]
    for other in (
        {"RecipientAddress": "nobody@contoso.com"},
        {"MessageTraceId": str(uuid.UUID(int=7))},
        {"SenderAddress": "nobody@contoso.com"},
        {"MessageId": "<nothing@contoso.com>"},
        {"Action": "Blocked"},
    ):
        assert client.invoke(DETAIL, named | dates | other).json()["value"] == []
    wrong = client.invoke(DETAIL, named | {"MessageTraceId": "nonsense"})
    assert "must be a GUID" in refusal(wrong)
    lacking = client.invoke(DETAIL, {"MessageTraceId": row["MessageTraceId"]})
    assert "missing mandatory parameters: RecipientAddress" in lacking.text


@pytest.mark.behaviour("tenant.trace.retired")
@pytest.mark.parametrize("name", ["Get-MessageTrace", "Get-MessageTraceDetail"])
def test_the_retired_cmdlets_say_what_to_use(client, name):
    """Whatever they are asked, they answer 400 and name their successor."""
    kind = "|Microsoft.Exchange.Management.Tasks.ValidationException|"
    for parameters in ({}, {"StartDate": "11/20/2026", "PageSize": 5000, "Page": 1}):
        text = refusal(client.invoke(name, parameters))
        assert text.startswith(f"{kind}{name} will start deprecating on September 1st, 2025.")
        assert text.endswith(f"to switch to {name}V2.")


DATES = {
    "ISO 8601 with seven digits": ("%Y-%m-%dT%H:%M:%S.0000000Z", {}),
    "ISO 8601 with a small z and a space": ("%Y-%m-%d %H:%M:%Sz", {}),
    "ISO 8601 in another zone": ("%Y-%m-%dT%H:%M:%S-05:00", {"hours": 5}),
    "without a zone": ("%Y-%m-%dT%H:%M:%S", {}),
    "American with 24 hours": ("%m/%d/%Y %H:%M:%S", {}),
    "American with AM and PM": ("%m/%d/%Y %I:%M:%S %p", {}),
}


@pytest.mark.behaviour("tenant.reports.dates")
@pytest.mark.parametrize(("form", "behind"), DATES.values(), ids=DATES)
def test_a_date_is_read_in_every_form_that_clients_send(client, form, behind):
    """The same moment chooses the same rows, however it is written; UTC unless it says."""
    end = (system_clock() - timedelta(hours=9)).replace(microsecond=0)
    start = end - timedelta(hours=30)
    written = {
        "StartDate@odata.type": "#DateTime",
        "StartDate": (start - timedelta(**behind)).strftime(form),
        "EndDate": (end - timedelta(**behind)).strftime(form),
    }
    rows = traced(client, **written)
    moments = [datetime.fromisoformat(row["Received"]) for row in rows]
    assert moments
    assert start <= min(moments) < start + timedelta(hours=2)
    assert end - timedelta(hours=2) < max(moments) <= end


@pytest.mark.behaviour("tenant.reports.dates")
@pytest.mark.parametrize("value", ["yesterday", "13/45/2026", 7, True, ["2026-11-20"], {}])
def test_what_is_no_date_is_refused(client, value):
    """The refusal names the parameter and the type, as PowerShell does."""
    refused = client.invoke(TRACE, {"StartDate": value})
    assert refused.status_code == 400
    assert "transformation on parameter 'StartDate'" in refused.text
    assert "System.DateTime" in refused.text


def traffic(mailboxes, seed=3):
    """Return the mail of a tenant."""
    return Traffic(seed=seed, mailboxes=mailboxes, domain="contoso.com")


@pytest.mark.behaviour("tenant.trace.volume")
def test_the_mail_grows_with_the_mailboxes_up_to_a_bound():
    """A message in twenty hours for each mailbox, and no more than so many an hour."""
    day = (NOW - timedelta(days=1) + timedelta(microseconds=1), NOW)
    counts = [sum(1 for _ in traffic(n).newest_first(*day)) for n in (0, 20, 200, 2_000, 1_000_000)]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert 24 * 60 < counts[3] < 24 * 140
    hour = (NOW - timedelta(hours=1), NOW)
    assert sum(1 for _ in traffic(1_000_000).newest_first(*hour)) <= MOST_AN_HOUR


@pytest.mark.behaviour("tenant.trace.volume")
@given(st.integers(0, 2**31), st.integers(1, 1_000_000), st.integers(0, 2_000), st.integers(1, 900))
def test_a_stretch_of_time_is_part_of_a_longer_one(seed, mailboxes, minutes, length):
    """Reading less gives the same messages, and each is found by its trace id alone."""
    end = NOW - timedelta(minutes=minutes)
    start = end - timedelta(seconds=length)
    mail = traffic(mailboxes, seed)
    few = list(mail.newest_first(start, end))
    around = mail.newest_first(start - timedelta(minutes=3), end + timedelta(minutes=3))
    assert few == [each for each in around if start <= each.received <= end]
    assert [mail.traced(mail.trace_id(each)) for each in few] == few
    assert len({each.received for each in few}) == len(few)


@pytest.mark.behaviour("tenant.trace.lag")
def test_nothing_of_the_running_minute_shows(client_of):
    """Neither an end in the future nor none shows what came in since the minute began."""
    with running(sample_world(mailboxes=100_000)) as emulator:
        client = client_of(emulator)
        rows = traced(client, StartDate=ago(hours=1), EndDate=ago(hours=-5), ResultSize=1)
        minute = system_clock().replace(second=0, microsecond=0)
    assert minute - timedelta(minutes=3) < datetime.fromisoformat(rows[0]["Received"]) <= minute


@pytest.mark.behaviour("tenant.reports.clock")
def test_the_reports_follow_the_emulated_clock(client_of):
    """Half an hour later by Exchange's clock, half an hour more of mail is there."""
    with running(sample_world(mailboxes=100_000)) as emulator:
        client = client_of(emulator)
        before = traced(client, ResultSize=1)[0]["Received"]
        emulator.state.clocks.exchange.shift = timedelta(minutes=30)
        after = traced(client, ResultSize=1)[0]["Received"]
    later = datetime.fromisoformat(after) - datetime.fromisoformat(before)
    assert timedelta(minutes=25) < later < timedelta(minutes=35)
