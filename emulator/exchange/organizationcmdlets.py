"""The cmdlets about the organization as a whole."""

from emulator.exchange.calls import SERVER, Call, Cmdlet, Output, numbered
from emulator.exchange.parameters import Parameter
from emulator.exchange.taskfailures import not_found


def _get_accepted_domain(call: Call) -> Output:
    domains = call.estate.tenant.domains
    wanted = call.text("Identity")
    if wanted and wanted.lower() not in domains:
        raise not_found(wanted, SERVER)
    rows: list[dict[str, object]] = [
        {
            "Identity": domain,
            "Name": domain,
            "DomainName": domain,
            "DomainType": "Authoritative",
            "Default": domain == domains[-1],
            "InitialDomain": domain == domains[0],
            "MatchSubDomains": False,
            "IsValid": True,
        }
        for domain in domains
        if wanted is None or domain == wanted.lower()
    ]
    return numbered(rows, call.start)


ORGANIZATION_CMDLETS = (
    Cmdlet(
        name="Get-AcceptedDomain",
        parameters=(Parameter(name="Identity", position=0, by_property_name=True),),
        run=_get_accepted_domain,
    ),
)
