"""Which proxy addresses a recipient has after a change.  Pure."""

from emulator.exchange.failures import bad_request
from emulator.exchange.listchange import ListChange
from emulator.exchange.taskfailures import invalid_operation


def proxy_addresses(
    before: list[str], change: ListChange, domains: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the addresses after *change*: the primary one (`SMTP:`) first, one of each.

    A new primary address makes the old one a secondary; an address without a prefix is a
    secondary one.

    Raises:
        RefusedError: an address is none, is of a domain that is not among the accepted *domains*,
            or no primary address would be left.
    """
    changed = ListChange(
        instead=None if change.instead is None else tuple(map(_prefixed, change.instead)),
        add=tuple(map(_prefixed, change.add)),
        remove=tuple(map(_prefixed, change.remove)),
    )
    new = [*(changed.instead or ()), *changed.add]
    for each in new:
        _check(each, domains)
    after = changed.applied([each for each in before if each.casefold() not in _folded(new)])
    primaries = [each for each in after if each.startswith("SMTP:")]
    if not primaries:
        raise invalid_operation(
            "The EmailAddresses property has no primary SMTP address: one address must begin with "
            "'SMTP:'."
        )
    primary = next((each for each in reversed(new) if each.startswith("SMTP:")), primaries[0])
    others = [_as_secondary(each) for each in after if each != primary]
    return (primary, *others)


def _prefixed(address: str) -> str:
    return address if ":" in address else f"smtp:{address}"


def _as_secondary(address: str) -> str:
    return f"smtp:{address[5:]}" if address.startswith("SMTP:") else address


def _folded(addresses: list[str]) -> set[str]:
    return {each.casefold() for each in addresses}


def _check(address: str, domains: tuple[str, ...]) -> None:
    kind, _, rest = address.partition(":")
    if kind.lower() != "smtp":
        return
    local, at, domain = rest.rpartition("@")
    if not (local and at and domain):
        raise bad_request(
            "Cannot process argument transformation on parameter 'EmailAddresses'. Cannot convert "
            f'value "{address}" to type "Microsoft.Exchange.Data.ProxyAddressCollection".'
        )
    if domain.lower() not in domains:
        raise invalid_operation(
            f"The domain '{domain}' of the address '{rest}' is not an accepted domain of the "
            "organization."
        )
