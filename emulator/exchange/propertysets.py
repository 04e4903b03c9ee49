"""Which properties Get-EXOMailbox returns for which property set.  Pure.

Microsoft's "Property sets in Exchange Online PowerShell module cmdlets" lists them; here are those
whose properties exist in this tenant.
"""

MINIMUM = frozenset(
    [
        "identity",
        "id",
        "name",
        "alias",
        "displayname",
        "distinguishedname",
        "guid",
        "externaldirectoryobjectid",
        "userprincipalname",
        "primarysmtpaddress",
        "emailaddresses",
        "recipienttype",
        "recipienttypedetails",
        "organizationid",
        "exchangeversion",
    ]
)

_SETS: dict[str, frozenset[str]] = {
    "minimum": MINIMUM,
    "archive": frozenset({"archivestatus", "archiveguid"}),
    "delivery": frozenset(
        [
            "forwardingaddress",
            "forwardingsmtpaddress",
            "delivertomailboxandforward",
            "grantsendonbehalfto",
        ]
    ),
    "addresslist": frozenset({"hiddenfromaddresslistsenabled"}),
    "hold": frozenset({"litigationholdenabled"}),
    "quota": frozenset({"prohibitsendquota", "prohibitsendreceivequota", "issuewarningquota"}),
    "resource": frozenset({"resourcetype"}),
    "statisticsseed": frozenset({"archivestatus", "exchangeguid", "database"}),
}
_ALL = "all"


def chosen_properties(property_sets: str, extra: set[str]) -> set[str]:
    """Return the names (in lower case) that *property_sets* and *extra* choose; empty is all."""
    names = {each.strip().lower() for each in property_sets.split(",") if each.strip()}
    if _ALL in names:
        return set()
    sets = [_SETS.get(name, frozenset()) for name in names or {"minimum"}]
    return {*MINIMUM, *extra}.union(*sets)
