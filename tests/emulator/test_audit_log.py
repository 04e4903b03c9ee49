"""The unified audit log: what is found, in which order, and how a session goes on."""

import json
import uuid
from array import array
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.clock import system_clock
from emulator.exchange.auditcmdlets import searches_of
from emulator.tenant.activities import ACTIVITIES, RecordType
from emulator.tenant.auditlog import MOST_AN_HOUR, AuditTrail
from emulator.tenant.auditsearches import (
    MOST_SESSIONS,
    AuditSearches,
    SessionCommand,
    Step,
)
from emulator.testing import running, sample_world

SEARCH = "Search-UnifiedAuditLog"
NOW = datetime(2026, 11, 20, 12, 34, 56, tzinfo=UTC)
LARGE, PREVIEW = "ReturnLargeSet", "ReturnNextPreviewPage"


def ago(**span):
    """Return a time so long ago, as ISO text."""
    return (system_clock() - timedelta(**span)).isoformat()


WEEKS = {"StartDate": ago(days=20), "EndDate": ago(days=1)}


def searched(client, **parameters):
    """Return the rows of a search through some weeks, unless it says otherwise."""
    answer = client.invoke(SEARCH, WEEKS | parameters)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    rows = document["value"]
    while link := document.get("@odata.nextLink"):
        document = client.invoke(SEARCH, url=link).json()
        rows += document["value"]
    assert document["@adminapi.warnings"] == []
    return rows


def records(rows):
    """Return the records without their places."""
    return [
        {name: row[name] for name in row if name not in {"ResultIndex", "ResultCount"}}
        for row in rows
    ]


@pytest.mark.behaviour("tenant.audit.columns")
def test_a_row_tells_of_one_record(client):
    """The columns agree with the JSON text in AuditData, of whatever kind the record is."""
    rows = searched(client, ResultSize=5_000)
    assert {row["RecordType"] for row in rows} == set(RecordType)
    assert {row["Operations"] for row in rows} == {each.operation for each in ACTIVITIES}
    for row in rows:
        data = json.loads(row["AuditData"])
        assert data["Id"] == row["Identity"] == str(uuid.UUID(row["Identity"]))
        assert (data["Operation"], data["UserId"]) == (row["Operations"], row["UserIds"])
        assert f"{data['CreationTime']}Z" == row["CreationDate"]
        assert data["RecordType"] == RecordType(row["RecordType"]).number
        assert {"Workload", "ClientIP", "OrganizationId", "UserType", "Version"} <= set(data)
        assert (row["IsValid"], row["ObjectState"]) == (True, "Unchanged")
    assert len({row["Identity"] for row in rows}) == len(rows)


@pytest.mark.behaviour("tenant.audit.data")
def test_the_data_is_as_uneven_as_the_services(client):
    """Administrators' addresses have ports, some records name no object, others odd files."""
    rows = searched(client, ResultSize=5_000)
    by_kind = {row["RecordType"]: json.loads(row["AuditData"]) for row in rows}
    admin = by_kind["ExchangeAdmin"]
    assert admin["ClientIP"].rpartition(":")[2].isdigit()
    assert {each["Name"] for each in admin["Parameters"]} >= {"Identity"}
    assert "ObjectId" not in by_kind["ExchangeItem"]
    assert by_kind["SharePointFileOperation"]["ObjectId"].startswith("https://contoso.sharepoint")
    users = {row["UserIds"] for row in rows if row["RecordType"] == "ExchangeAdmin"}
    assert any(user.startswith("NT AUTHORITY") for user in users)


@pytest.mark.behaviour("tenant.audit.formatted")
def test_formatted_data_is_for_people(client):
    """The switch writes the record type as a word and the JSON over several lines."""
    plain, shown = searched(client, ResultSize=1), searched(client, ResultSize=1, Formatted=True)
    data = json.loads(shown[0]["AuditData"])
    assert data["RecordType"] == plain[0]["RecordType"]
    assert "\n" in shown[0]["AuditData"]
    assert "\n" not in plain[0]["AuditData"]
    assert data | {"RecordType": 0} == json.loads(plain[0]["AuditData"]) | {"RecordType": 0}


@pytest.mark.behaviour("tenant.audit.dates")
def test_the_dates_are_mandatory_and_the_end_is_outside(client):
    """Both must be there and in order; between a moment and itself there is nothing."""
    for missing in ("StartDate", "EndDate"):
        refused = client.invoke(SEARCH, {n: v for n, v in WEEKS.items() if n != missing})
        assert f"missing mandatory parameters: {missing}" in refused.text
    upside_down = client.invoke(
        SEARCH, {"StartDate": WEEKS["EndDate"], "EndDate": WEEKS["StartDate"]}
    )
    assert (upside_down.status_code, "can't be later" in upside_down.text) == (400, True)
    assert searched(client, StartDate=WEEKS["EndDate"]) == []
    rows = searched(client, ResultSize=5_000)
    middle = rows[len(rows) // 2]["CreationDate"]
    later, earlier = (
        searched(client, ResultSize=5_000, **part)
        for part in ({"StartDate": middle}, {"EndDate": middle})
    )
    assert records(later + earlier) == records(rows)


@pytest.mark.behaviour("tenant.audit.kept", "tenant.audit.lag")
def test_the_log_ends_half_a_year_back_and_begins_an_hour_ago(client):
    """What is older than 180 days is gone, and nothing of the running hour shows yet."""
    assert searched(client, StartDate="2001-01-01", EndDate=ago(days=181)) == []
    assert searched(client, StartDate=ago(days=181), EndDate=ago(days=179))
    newest = searched(client, EndDate="2999-12-31", ResultSize=1)[0]["CreationDate"]
    hour = system_clock().replace(minute=0, second=0, microsecond=0)
    assert hour - timedelta(hours=2) < datetime.fromisoformat(newest) < hour


@pytest.mark.behaviour("tenant.audit.result-size")
def test_a_hundred_rows_come_unless_more_are_asked_for(client):
    """100 by default, up to 5,000 when asked for; every row knows how many there are."""
    rows = searched(client, ResultSize=5_000)
    assert 1_000 < len(rows) < 5_000
    assert [row["ResultIndex"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["ResultCount"] for row in rows} == {len(rows)}
    assert searched(client) == rows[:100]
    refused = client.invoke(SEARCH, WEEKS | {"ResultSize": 5_001})
    assert (refused.status_code, "range of 1 to 5000" in refused.text) == (400, True)


@pytest.mark.behaviour("tenant.audit.no-session")
@pytest.mark.parametrize("command", [None, LARGE, PREVIEW])
def test_without_a_session_the_same_first_page_comes_again(client, command):
    """Only who names a session goes on."""
    parameters = {"SessionCommand": command} if command else {}
    assert searched(client, **parameters) == searched(client, **parameters)
    assert searched(client, **parameters)[0]["ResultIndex"] == 1


def walked(client, session, **parameters):
    """Call until nothing comes, as scripts do, and return the pages."""
    pages = []
    while page := searched(client, SessionId=session, **parameters):
        pages.append(page)
    return pages


@pytest.mark.behaviour("tenant.audit.session", "tenant.audit.sorted")
def test_a_session_of_previews_goes_on_in_order(client):
    """Each call gives the next rows, newest first, until none is left; then none comes."""
    whole = searched(client, ResultSize=5_000)
    pages = walked(client, "in order", SessionCommand=PREVIEW, ResultSize=700)
    assert [row for page in pages for row in page] == whole
    assert [len(page) for page in pages[:-1]] == [700] * (len(pages) - 1)
    assert searched(client, SessionId="in order", SessionCommand=PREVIEW, ResultSize=700) == []
    dates = [row["CreationDate"] for row in whole]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.behaviour("tenant.audit.session", "tenant.audit.unsorted")
def test_a_session_of_a_large_set_gives_every_record_once_in_no_order(client):
    """The rows of a call are unsorted, the same on every run, and together they are all."""
    whole = searched(client, ResultSize=5_000)
    pages = walked(client, "large", SessionCommand=LARGE, ResultSize=1_200)
    rows = [row for page in pages for row in page]
    assert [row["ResultIndex"] for row in rows] == list(range(1, len(whole) + 1))
    assert rows[-1]["ResultCount"] == rows[-1]["ResultIndex"]
    assert {row["Identity"] for row in rows} == {row["Identity"] for row in whole}
    dates = [row["CreationDate"] for row in pages[0]]
    assert dates not in (sorted(dates), sorted(dates, reverse=True))
    assert walked(client, "again", SessionCommand=LARGE, ResultSize=1_200) == pages


@pytest.mark.behaviour("tenant.audit.session")
def test_pages_of_one_call_belong_to_it(client):
    """A call that fills several answers gives its own rows, though the session went on."""
    named = WEEKS | {"SessionId": "pages", "SessionCommand": LARGE, "ResultSize": 1_100}
    first = client.invoke(SEARCH, named, prefer="odata.maxpagesize=600").json()
    meanwhile = client.invoke(SEARCH, named).json()["value"]
    rest = client.invoke(
        SEARCH, url=first["@odata.nextLink"], prefer="odata.maxpagesize=600"
    ).json()
    indices = [row["ResultIndex"] for row in first["value"] + rest["value"]]
    assert indices == list(range(1, 1_101))
    assert meanwhile[0]["ResultIndex"] == 1_101
    assert "@odata.nextLink" not in rest


@pytest.mark.behaviour("tenant.audit.session-query")
def test_another_query_begins_the_session_anew(client):
    """A session id that is used for something else does not go on in the middle of it."""
    named = {"SessionId": "reused", "SessionCommand": PREVIEW}
    first = searched(client, **named)
    assert searched(client, **named)[0]["ResultIndex"] == 101
    other = searched(client, **named, Operations="Send")
    assert (other[0]["ResultIndex"], other[0]["Operations"]) == (1, "Send")
    assert searched(client, **named) == first


def steps(searches, count, *, command, size=5_000, session="s"):
    """Return how many records each of *count* calls of a session of 60,000 records returns."""
    step = Step(session_id=session, query="q", command=command, size=size)
    blocks = [searches.block(step, lambda: array("Q", range(60_000))) for _ in range(count)]
    return [len(block.numbers) for block in blocks], blocks[-1].total


@pytest.mark.behaviour("tenant.audit.limits")
def test_a_session_ends_at_its_commands_limit():
    """50,000 of a large set, 5,000 of previews; 10,000 of a session that had both."""
    assert steps(AuditSearches(), 12, command=SessionCommand.LARGE_SET) == (
        [5_000] * 10 + [0, 0],
        50_000,
    )
    assert steps(AuditSearches(), 3, command=SessionCommand.PREVIEW, size=3_000) == (
        [3_000, 2_000, 0],
        5_000,
    )
    mixed = AuditSearches()
    assert steps(mixed, 1, command=SessionCommand.LARGE_SET) == ([5_000], 50_000)
    assert steps(mixed, 2, command=SessionCommand.PREVIEW) == ([5_000, 0], 10_000)


@pytest.mark.behaviour("tenant.audit.limits")
def test_a_large_set_counts_50_000_records_at_most(client_of):
    """Whatever there is, ResultCount is not more; the memory of sessions is bounded, too."""
    with running(sample_world(mailboxes=100_000)) as emulator:
        client = client_of(emulator)
        dates = {"StartDate": ago(days=120), "SessionCommand": LARGE, "ResultSize": 1}
        for number in range(MOST_SESSIONS + 3):
            row = searched(client, **dates, SessionId=str(number))[0]
            assert row["ResultCount"] == 50_000
        estate = emulator.state.exchange.estate(emulator.world.tenants[0].id)
        assert len(searches_of(estate)) == MOST_SESSIONS


FILTERS = {
    "operations": ("Operations", lambda row: row["Operations"]),
    "a record type": ("RecordType", lambda row: row["RecordType"]),
    "a record type's number": ("RecordType", lambda row: data_of(row)["RecordType"]),
    "users": ("UserIds", lambda row: row["UserIds"]),
    "objects": ("ObjectIds", lambda row: data_of(row).get("ObjectId")),
    "sites": ("SiteIds", lambda row: data_of(row).get("Site")),
    "any text": ("FreeText", lambda row: row["Identity"]),
}


def data_of(row):
    """Return the parsed AuditData."""
    return json.loads(row["AuditData"])


@pytest.mark.behaviour("tenant.audit.filters")
@pytest.mark.parametrize(("name", "value_of"), FILTERS.values(), ids=FILTERS)
def test_a_filter_chooses_exactly_the_records_that_have_the_value(client, name, value_of):
    """The value of any record finds all records with it, and no other, whatever the case."""
    rows = searched(client, ResultSize=5_000)
    for value in list(dict.fromkeys(filter(None, map(value_of, rows))))[:12]:
        chosen = searched(client, ResultSize=5_000, **{name: str(value).upper()})
        assert records(chosen) == records([row for row in rows if value_of(row) == value])


@pytest.mark.behaviour("tenant.audit.filters")
def test_the_service_itself_is_found_whatever_the_case(client):
    """What no mailbox did is found by the name that its record has, in any case."""
    log = {"StartDate": ago(days=150), "ResultSize": 5_000}
    name = r"NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)"
    chosen = searched(client, **log, UserIds=name.lower())
    assert chosen == searched(client, **log, UserIds=name)
    assert {row["UserIds"] for row in chosen} == {name}


@pytest.mark.behaviour("tenant.audit.filters")
def test_addresses_lists_and_wildcards_choose(client):
    """An IP address fits with and without a port; one of several is enough; `*` is any text."""
    rows = searched(client, ResultSize=5_000)
    chosen = searched(client, ResultSize=5_000, IPAddresses=["203.0.113.7", "2001:db8::7"])
    ips = Counter(data_of(row)["ClientIP"] for row in chosen)
    assert {ip.rpartition(":")[0] if "]:" in ip or ip.count(":") == 1 else ip for ip in ips} == {
        "203.0.113.7",
        "[2001:db8::7]",
        "2001:db8::7",
    }
    two = ["Send", "filedownloaded"]
    expected = [row for row in rows if row["Operations"] in {"Send", "FileDownloaded"}]
    assert records(searched(client, ResultSize=5_000, Operations=two)) == records(expected)
    site = "https://contoso.sharepoint.com/sites/Größen & Maße/*"
    inside = [row for row in rows if data_of(row).get("ObjectId", "").startswith(site[:-1])]
    assert records(searched(client, ResultSize=5_000, ObjectIds=site)) == records(inside)
    assert searched(client, Operations="Nothing") == searched(client, UserIds="nobody@x.y") == []
    assert searched(client, HighCompleteness=True) == rows[:100]


@pytest.mark.behaviour("tenant.audit.config")
def test_the_log_is_on(client):
    """Get-AdminAuditLogConfig says that records are taken in."""
    (row,) = client.invoke("Get-AdminAuditLogConfig").json()["value"]
    assert row["UnifiedAuditLogIngestionEnabled"] is True


@pytest.mark.behaviour("tenant.audit.volume")
@given(st.integers(0, 2**31), st.integers(1, 1_000_000), st.integers(0, 9_000), st.integers(1, 90))
def test_a_stretch_of_time_is_part_of_a_longer_one(seed, mailboxes, minutes, length):
    """Reading less gives the same records, each found by its number alone."""
    end = NOW - timedelta(minutes=minutes)
    start = end - timedelta(minutes=length)
    trail = AuditTrail(seed=seed, mailboxes=mailboxes)
    few = list(trail.newest_first(start, end))
    around = trail.newest_first(start - timedelta(hours=2), end + timedelta(hours=1))
    assert few == [each for each in around if start <= each.moment < end]
    assert [trail.record(each.number) for each in few] == few
    assert len(few) <= MOST_AN_HOUR * 3


@pytest.mark.behaviour("tenant.audit.volume")
def test_an_empty_tenant_has_no_records():
    """Nobody is there to do anything."""
    trail = AuditTrail(seed=1, mailboxes=0)
    assert list(trail.newest_first(NOW - timedelta(days=9), NOW)) == []
