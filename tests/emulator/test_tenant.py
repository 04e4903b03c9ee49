"""The tenant is the same every time, found by any identity, and never held in memory whole."""

import uuid
from collections import Counter
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from emulator.tenant.draws import index_in_guid, indexed_guid
from emulator.tenant.estate import Estate
from emulator.tenant.inboxrules import rules_of
from emulator.tenant.mailbox import Kind
from emulator.tenant.names import indices_named, name_of
from emulator.tenant.permissions import mailbox_grants
from emulator.testing import Tenant

SEEDS = st.integers(min_value=0, max_value=2**31)
INDICES = st.integers(min_value=0, max_value=999_999)


def estate(*, mailboxes: int = 2_000, seed: int = 7) -> Estate:
    """Return the mailboxes of a tenant."""
    return Estate(
        Tenant(
            id=str(uuid.UUID(int=1)),
            domains=("contoso.onmicrosoft.com", "contoso.com"),
            mailboxes=mailboxes,
            seed=seed,
        )
    )


@given(SEEDS, INDICES)
def test_the_same_seed_gives_the_same_mailbox(seed, index):
    """A mailbox depends on seed and number alone, not on how many there are or who asked first."""
    first = estate(mailboxes=1_000_000, seed=seed)
    second = estate(mailboxes=index + 1, seed=seed)
    assert first.mailbox(index) == second.mailbox(index)


@given(SEEDS)
def test_another_seed_gives_other_mailboxes(seed):
    """Two tenants with different seeds are different."""
    first = list(islice(estate(seed=seed).mailboxes(), 5))
    second = list(islice(estate(seed=seed + 1).mailboxes(), 5))
    assert not {each.guid for each in first} & {each.guid for each in second}


@given(SEEDS, INDICES)
def test_a_guid_leads_back_to_its_mailbox(seed, index):
    """The number of a mailbox can be read out of its GUID by who knows the seed."""
    assert index_in_guid(seed, "guid", indexed_guid(seed, "guid", index)) == index


@given(SEEDS, INDICES)
def test_a_name_leads_back_to_all_who_bear_it(seed, index):
    """Everybody of a name is found, and nobody else."""
    display = name_of(seed, index).display
    found = list(islice(indices_named(seed, display.upper(), 1_000_000), 1_000))
    assert all(name_of(seed, each).display == display for each in found)
    assert index in indices_named(seed, display, index + 1)


@given(INDICES)
def test_every_identity_of_a_mailbox_finds_it(index):
    """In a tenant of a million, each identity leads to the mailbox without a search."""
    whole = estate(mailboxes=1_000_000)
    mailbox = whole.mailbox(index)
    for identity in whole.identities(mailbox):
        assert mailbox in whole.found(identity)
    for identity in (mailbox.guid, mailbox.alias, mailbox.address.upper()):
        assert whole.found(identity) == [mailbox]


@given(st.text(max_size=40))
def test_any_text_is_found_or_not_without_error(identity):
    """No identity makes the search fail."""
    whole = estate(mailboxes=50)
    for mailbox in whole.found(identity):
        assert identity.strip().casefold() in whole.identities(mailbox)


def test_nobody_outside_the_tenant_is_found():
    """A mailbox numbered past the end does not exist."""
    beyond = estate(mailboxes=50).mailbox(49), estate(mailboxes=51).mailbox(50)
    assert estate(mailboxes=50).found(beyond[0].alias) == [beyond[0]]
    for identity in (beyond[1].alias, beyond[1].guid, beyond[1].address):
        assert estate(mailboxes=50).found(identity) == []


def test_addresses_are_unique_and_names_are_not():
    """No two mailboxes share an address; some people share a name."""
    mailboxes = list(estate().mailboxes())
    assert len({each.address for each in mailboxes}) == 2_000
    assert max(Counter(each.display_name for each in mailboxes).values()) > 1


def test_the_tenant_has_its_awkward_members():
    """Shared and room mailboxes, no last logon, empty ones, quotes, commas and other scripts."""
    mailboxes = list(estate().mailboxes())
    kinds = Counter(each.kind for each in mailboxes)
    assert kinds[Kind.USER] > 1_500
    assert min(kinds[Kind.SHARED], kinds[Kind.ROOM]) > 20
    assert any(each.last_logon is None for each in mailboxes if each.kind is Kind.USER)
    assert any(each.total_bytes == 0 for each in mailboxes)
    assert any(each.total_bytes > 50 << 30 or each.total_bytes > 5 * 10**9 for each in mailboxes)
    assert 10 < sum(each.forwarding_smtp_address is not None for each in mailboxes) < 200
    text = "".join(each.display_name for each in mailboxes)
    assert set(",\"'") <= set(text)
    assert any(ord(letter) > 0x2FFF for letter in text)
    assert all(each.alias.isascii() for each in mailboxes)


def test_rules_and_permissions_are_the_same_every_time():
    """What hangs on a mailbox is as deterministic as the mailbox."""
    one, two = estate(), estate()
    for first, second in zip(one.mailboxes(), two.mailboxes(), strict=True):
        assert rules_of(7, first) == rules_of(7, second)
        trustees = one.trustees(first)
        assert trustees == two.trustees(second)
        assert first.address not in trustees
        assert mailbox_grants(7, first, trustees) == mailbox_grants(7, second, trustees)


def test_a_change_shows_in_every_listing_and_search():
    """A changed mailbox is changed for all, and a renamed one is found by its new name."""
    whole = estate(mailboxes=20)
    old = whole.mailbox(3).display_name
    whole.change(3, display_name="Someone Else", hidden=True)
    assert [each.index for each in whole.found("someone else")] == [3]
    assert 3 not in [each.index for each in whole.found(old)]
    assert list(whole.mailboxes())[3].hidden


def test_a_million_mailboxes_are_not_held():
    """Going through many leaves only the last ones in memory."""
    whole = estate(mailboxes=1_000_000)
    for _ in islice(whole.mailboxes(), 6_000):
        pass
    assert whole.held <= 4_096
