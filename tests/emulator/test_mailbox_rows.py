"""A mailbox has some three hundred properties, made no further than is asked for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.exchange.mailboxcolumns import COLUMNS
from emulator.exchange.mailboxdefaults import DEFAULTS
from emulator.exchange.mailboxrows import mailbox_row
from emulator.exchange.propertysets import chosen_properties
from emulator.sample import sample_tenant
from emulator.tenant.draws import index_in_guid, indexed_guid
from emulator.tenant.estate import Estate

ESTATE = Estate(sample_tenant(mailboxes=1_000_000))
NAMES = sorted({*DEFAULTS, *COLUMNS})


@pytest.mark.behaviour("tenant.mailbox.properties")
def test_a_mailbox_has_as_many_properties_as_a_real_one():
    """Some three hundred, each once, dates and sizes and lists among them."""
    row = mailbox_row(ESTATE, ESTATE.mailbox(7))
    assert len(row) == len(set(row)) == len(list(row)) > 290
    assert row["ProhibitSendQuota"] == "99 GB (106,300,440,576 bytes)"
    assert {type(row[name]) for name in row} >= {str, bool, int, list, type(None)}


@given(st.sets(st.sampled_from(NAMES), max_size=12), st.integers(0, 999_999))
def test_the_json_of_a_choice_is_what_the_row_says(names, index):
    """However a row is narrowed, its JSON has those members, and a type beside each list."""
    row = mailbox_row(ESTATE, ESTATE.mailbox(index))
    chosen = row.selected(frozenset(name.lower() for name in names))
    told = json.loads(chosen.json())
    assert told.pop("@odata.type") == "#Exchange.GenericHashTable"
    types = {name: told.pop(name) for name in list(told) if name.endswith("@odata.type")}
    assert told == dict(chosen)
    assert set(told) == (names or {*row})
    lists = {f"{name}@odata.type" for name, value in told.items() if isinstance(value, list)}
    assert set(types) == lists


def test_what_is_not_chosen_is_not_found():
    """A property outside the choice is no member of the row."""
    row = mailbox_row(ESTATE, ESTATE.mailbox(3)).selected(frozenset({"alias"}))
    assert dict(row) == {"Alias": ESTATE.mailbox(3).alias}
    for name in ("DisplayName", "MaxSendSize"):
        with pytest.raises(KeyError):
            row[name]


@pytest.mark.behaviour("tenant.mailbox.property-sets")
@pytest.mark.parametrize(
    ("sets", "has", "lacks"),
    [
        ("", "emailaddresses", "forwardingaddress"),
        ("Minimum", "guid", "exchangeguid"),
        ("StatisticsSeed", "exchangeguid", "archiveguid"),
        ("Delivery,Quota", "prohibitsendquota", "moderationenabled"),
        ("Custom", "customattribute15", "auditenabled"),
    ],
)
def test_property_sets_choose_properties(sets, has, lacks):
    """Every set has the minimum too, and sets add up."""
    names = chosen_properties(sets, frozenset())
    assert has in names
    assert lacks not in names
    assert "identity" in names


def test_every_property_of_a_set_exists():
    """No set names a property that a mailbox here does not have."""
    every = "AddressList,Archive,Audit,Custom,Delivery,Hold,Moderation,Move,Policy,PublicFolder"
    rest = "Quota,Resource,Retention,SCL,SoftDelete,StatisticsSeed"
    chosen = chosen_properties(f"{every},{rest}", frozenset())
    row = mailbox_row(ESTATE, ESTATE.mailbox(0))
    assert chosen <= {name.lower() for name in row}
    assert chosen_properties("All", frozenset()) == frozenset()


@given(st.integers(0, 2**31), st.sampled_from(["guid", "exchange"]), st.integers(0, 999_999))
def test_a_guid_leads_back_to_its_index(seed, topic, index):
    """What a GUID was made for is told from it alone, and neighbours look nothing alike."""
    guid = indexed_guid(seed, topic, index)
    assert index_in_guid(seed, topic, guid) == index
    other = indexed_guid(seed, topic, index + 1)
    assert sum(a == b for a, b in zip(guid, other, strict=True)) < 20
