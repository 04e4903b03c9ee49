"""What facts about one link mean.  Pure: the facts are the caller's."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sidecar.claims import claims_of, expiry_of
from sidecar.config.targets import Target
from sidecar.doctor.findings import Finding, note, right, wrong
from sidecar.doctor.questions import PERMISSION, ROLE, answer_to

_SKEW_NOTED, _SKEW_WRONG = timedelta(seconds=30), timedelta(minutes=5)
_EXCHANGE = {"exchange", "compliance"}
_ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
    "31392ffb-586c-42d1-9346-e59415a2cc4e": "Exchange Recipient Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "17315797-102d-40b4-93e0-432062caca18": "Compliance Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "5d6b6bb7-de71-4623-b4af-96380a352509": "Security Reader",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
}
"""The directory roles that Exchange or Security & Compliance take, by their template ids."""
_CONSENT = "{authority}/{tenant}/adminconsent?client_id={client}"


def clock_finding(theirs: datetime | None, *, now: datetime) -> Finding:
    """Compare this clock with the Date of Entra's answer (RFC 9110 §6.6.1)."""
    if theirs is None:
        return note("clock", "the answer has no Date to compare with")
    off = now - theirs
    side = "ahead of" if off > timedelta() else "behind"
    says = f"this clock is {abs(off.total_seconds()):.0f} s {side} Entra's"
    if abs(off) >= _SKEW_WRONG:
        return wrong("clock", says, "Set this node's clock (NTP): Entra allows five minutes.")
    return note("clock", says) if abs(off) >= _SKEW_NOTED else right("clock", says)


def assertion_finding(token: str, target: Target, *, now: datetime) -> Finding:
    """Judge a projected token beside what the federated credential must say."""
    claims, ends = claims_of(token), expiry_of(token)
    if not claims:
        return wrong(
            "credential",
            "the token file holds no JWT",
            "Mount a projected service-account token (serviceAccountToken) there.",
        )
    audiences = claims.get("aud")
    heard = audiences if isinstance(audiences, list) else [audiences]
    audience = ", ".join(map(str, heard))
    shown = f"issuer {claims.get('iss')}, subject {claims.get('sub')}, audience {audience}"
    if target.federated_audience not in heard:
        return wrong(
            "credential",
            f"the projected token has {shown}",
            f"Project it with audience: {target.federated_audience}.",
        )
    if ends is not None and ends <= now:
        return wrong(
            "credential",
            f"the projected token expired at {ends.isoformat()}",
            "Find out why the kubelet no longer renews the file; a pod that ends gets no new one.",
        )
    return right("credential", f"projected token; the federated credential must say: {shown}")


def certificate_finding(thumbprint: str, ends: datetime | None, *, now: datetime) -> Finding:
    """Show the certificate as the portal lists it, and judge its time."""
    says = f"certificate with thumbprint {thumbprint}"
    if ends is None:
        return right("credential", says)
    if ends <= now:
        return wrong(
            "credential",
            f"{says} expired at {ends.isoformat()}",
            "Upload a new certificate's public part to the app registration, and replace the file.",
        )
    return right("credential", f"{says}, good until {ends.isoformat()}")


def claims_finding(token: str, target: Target) -> Finding:
    """Judge what a token lets do: application or person, permission, roles."""
    claims = claims_of(token)
    if not claims:
        return note(
            "claims", "the token cannot be read, which Microsoft allows; Exchange will tell"
        )
    if "scp" in claims:
        question = answer_to("delegated")
        remedy = question.remedy if question else PERMISSION
        return wrong("claims", "the token is a delegated one, of a person", remedy)
    roles = _texts(claims.get("roles"))
    shown = f"aud {claims.get('aud')}, tid {claims.get('tid')}, appid {claims.get('appid')}"
    if target.resource in _EXCHANGE and "Exchange.ManageAsApp" not in roles:
        return wrong(
            "claims",
            "the permission Exchange.ManageAsApp is not in the token (roles:"
            f" {', '.join(roles) or 'none'})",
            f"{PERMISSION} A token of Graph never has it. In a second tenant, an administrator"
            f" consents at {consent_url(target)}",
        )
    return _roles_finding(claims, target, f"{shown}, roles {', '.join(roles) or 'none'}")


def _roles_finding(claims: Mapping[str, object], target: Target, shown: str) -> Finding:
    names = [_ROLES.get(each, each) for each in _texts(claims.get("wids"))]
    if target.resource not in _EXCHANGE:
        return right("claims", shown)
    if not any(each in _ROLES.values() for each in names):
        return note(
            "claims",
            f"{shown}; no directory role that Exchange takes (wids: {', '.join(names) or 'none'})",
            f"Nothing, if a role group in Exchange gives the rights. Else: {ROLE}",
        )
    return right("claims", f"{shown}, directory roles {', '.join(names)}")


def exchange_finding(
    status: int, message: str, organization: str | None, target: Target
) -> Finding:
    """Judge the answer of Exchange to one harmless cmdlet; *organization* is the name it gave."""
    if status == 200 and organization is None:
        return note("exchange", "Exchange answered 200 with something else than its organization")
    if status == 200:
        return _organization_finding(str(organization), target)
    question = answer_to(message or ("UnAuthorized" if status == 401 else ""))
    if question is not None:
        return wrong("exchange", f"Exchange answered {status}: {question.means}", question.remedy)
    if status == 403:
        return wrong("exchange", "Exchange answered 403: the roles do not allow the cmdlet", ROLE)
    if status == 429 or status >= 500:
        return note("exchange", f"Exchange answered {status}: try again later")
    return wrong(
        "exchange",
        f"Exchange answered {status}",
        "Check endpoints.connectionUri, `environment`, and what stands between here and Exchange.",
    )


def _organization_finding(name: str, target: Target) -> Finding:
    if "." in name and name.casefold() != target.organization.casefold():
        return wrong(
            "exchange",
            f"Get-OrganizationConfig ran, but in {name}, not in {target.organization}",
            "Set organization to the initial domain of the tenant in tenantId.",
        )
    return right("exchange", f"Get-OrganizationConfig ran in {name}")


def consent_url(target: Target) -> str:
    """Return where an administrator of the target's tenant consents to the application."""
    return _CONSENT.format(
        authority=target.authority, tenant=target.tenant_id, client=target.client_id
    )


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
