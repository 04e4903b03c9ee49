"""The cmdlets about the organization as a whole."""

from emulator.exchange.calls import SERVER, Call, Cmdlet, Output, numbered
from emulator.exchange.failures import not_found
from emulator.exchange.parameters import Parameter


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


def _get_organization_config(call: Call) -> Output:
    tenant = call.estate.tenant
    row: dict[str, object] = {
        "Identity": tenant.initial_domain,
        "Name": tenant.initial_domain,
        "DisplayName": tenant.initial_domain.partition(".")[0].title(),
        "Guid": tenant.id,
        "ExternalDirectoryOrganizationId": tenant.id,
        "IsDehydrated": False,
        "AuditDisabled": False,
        "OAuth2ClientProfileEnabled": True,
        "MailTipsAllTipsEnabled": True,
        "FocusedInboxOn": None,
    }
    return numbered([row], call.start)


ORGANIZATION_CMDLETS = (
    Cmdlet(
        name="Get-AcceptedDomain",
        parameters=(Parameter(name="Identity", position=0, by_property_name=True),),
        run=_get_accepted_domain,
    ),
    Cmdlet(name="Get-OrganizationConfig", parameters=(), run=_get_organization_config),
)
