"""Who asks for which token with what proof, before any proof is checked.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from emulator.entra import jwt
from emulator.entra.refusals import Code, Refusal
from emulator.entra.resources import scope_of
from emulator.world import Application, Tenant, World

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_ASSERTION_GUIDE = (
    "Review the documentation at "
    "https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A well-formed request by a known application; its assertion is still unverified."""

    tenant: Tenant
    application: Application
    audience: str
    assertion: jwt.Unverified

    @property
    def is_federated(self) -> bool:
        """Whether another issuer vouches for the client, rather than its own certificate."""
        return self.assertion.text("iss").startswith("https://")


def read_request(world: World, tenant_name: str, form: Mapping[str, str]) -> Asked | Refusal:
    """Return what the token request in *form* asks for, or why it cannot be considered."""
    tenant = world.tenant(tenant_name)
    if tenant is None:
        return unknown_tenant(tenant_name)
    refusal = _missing_parameter(form) or _unsupported_grant(form)
    if refusal:
        return refusal
    application = tenant.application(form["client_id"])
    if application is None:
        return Refusal(
            Code.APPLICATION_NOT_FOUND,
            f"Application with identifier '{form['client_id']}' was not found in the directory "
            f"'{tenant.initial_domain}'. This can happen if the application has not been installed "
            "by the administrator of the tenant or consented to by any user in the tenant. You may "
            "have sent your authentication request to the wrong tenant.",
        )
    audience = _audience(form["scope"], tenant)
    if isinstance(audience, Refusal):
        return audience
    assertion = _assertion(form)
    if isinstance(assertion, Refusal):
        return assertion
    return Asked(tenant=tenant, application=application, audience=audience, assertion=assertion)


def unknown_tenant(name: str) -> Refusal:
    """Return the refusal of a tenant that does not exist."""
    return Refusal(
        Code.TENANT_NOT_FOUND,
        f"Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud.",
    )


def _missing_parameter(form: Mapping[str, str]) -> Refusal | None:
    missing = next((n for n in ("grant_type", "client_id", "scope") if not form.get(n)), None)
    if missing is None:
        return None
    return Refusal(
        Code.PARAMETER_MISSING,
        f"The request body must contain the following parameter: '{missing}'.",
    )


def _unsupported_grant(form: Mapping[str, str]) -> Refusal | None:
    if form["grant_type"] == "client_credentials":
        return None
    return Refusal(
        Code.UNSUPPORTED_GRANT,
        f"The app requested an unsupported grant type '{form['grant_type']}'.",
    )


def _audience(parameter: str, tenant: Tenant) -> str | Refusal:
    scope = scope_of(parameter)
    if scope.count != 1 or not scope.is_default:
        return Refusal(
            Code.BAD_SCOPE,
            "The provided request must include a 'scope' input parameter. The provided value for "
            f"the input parameter 'scope' is not valid. The scope {parameter} is not valid.",
        )
    if scope.audience is None:
        return Refusal(
            Code.RESOURCE_NOT_FOUND,
            f"The resource principal named {scope.resource} was not found in the tenant named "
            f"{tenant.initial_domain}. This can happen if the application has not been installed "
            "by the administrator of the tenant or consented to by any user in the tenant. You "
            "might have sent your authentication request to the wrong tenant.",
        )
    return scope.audience


def _assertion(form: Mapping[str, str]) -> jwt.Unverified | Refusal:
    if form.get("client_secret"):
        return Refusal(
            Code.BAD_SECRET,
            "Invalid client secret provided. Ensure the secret being sent in the request is the "
            "client secret value, not the client secret ID, for a secret added to app "
            f"'{form['client_id']}'.",
        )
    if not form.get("client_assertion"):
        return Refusal(
            Code.NO_CREDENTIAL,
            "The request body must contain the following parameter: 'client_assertion' or "
            "'client_secret'.",
        )
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        return Refusal(
            Code.PARAMETER_MISSING,
            "The request body must contain the following parameter: 'client_assertion_type' with "
            f"the value '{ASSERTION_TYPE}'.",
        )
    assertion = jwt.read(form["client_assertion"])
    return assertion or Refusal(
        Code.BAD_TOKEN, f"JWT token is invalid or malformed. {_ASSERTION_GUIDE}"
    )
