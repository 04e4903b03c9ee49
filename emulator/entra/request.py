"""Who asks for which token with what proof, before any proof is checked.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from emulator.applications import Application
from emulator.entra import jwt
from emulator.entra.endpoint import Endpoint, elsewhere
from emulator.entra.refusals import Code, Refusal
from emulator.entra.resources import audience_of, scopes_of
from emulator.world import Tenant, World

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_ASSERTION_GUIDE = (
    "Review the documentation at "
    "https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A well-formed request by a known application; its proof is still unverified."""

    tenant: Tenant
    application: Application
    audience: str
    resource: str
    """As the client wrote it."""
    proof: jwt.Unverified | str | None = field(repr=False)
    """An assertion or a secret; `None` where the platform vouches, as for a managed identity."""

    @property
    def is_federated(self) -> bool:
        """Whether another issuer vouches for the client, rather than its own certificate."""
        proof = self.proof
        return isinstance(proof, jwt.Unverified) and proof.text("iss").startswith("https://")


def read_request(world: World, endpoint: Endpoint, form: Mapping[str, str]) -> Asked | Refusal:
    """Return what the token request in *form* asks for, or why it cannot be considered."""
    tenant = world.tenant(endpoint.tenant_name)
    if tenant is None:
        return unknown_tenant(endpoint.tenant_name)
    refusal = (
        elsewhere(endpoint, tenant, is_confidential=_has_credential(form))
        or _missing_parameter(form, endpoint)
        or _unsupported_grant(form)
    )
    if refusal:
        return refusal
    application = tenant.application(form["client_id"])
    if application is None or not application.enabled:
        return _no_application(form["client_id"], tenant, is_known=application is not None)
    resource = _resource(form, endpoint, tenant)
    if isinstance(resource, Refusal):
        return resource
    proof = _proof(form)
    if isinstance(proof, Refusal):
        return proof
    return Asked(
        tenant=tenant,
        application=application,
        audience=audience_of(resource, tenant.in_cloud) or resource,
        resource=resource,
        proof=proof,
    )


def unknown_tenant(name: str) -> Refusal:
    """Return the refusal of a tenant that does not exist."""
    return Refusal(
        Code.TENANT_NOT_FOUND,
        f"Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud.",
    )


def unknown_resource(resource: str, tenant: Tenant) -> Refusal:
    """Return the refusal of a resource that the tenant's cloud does not have."""
    return Refusal(
        Code.RESOURCE_NOT_FOUND,
        f"The resource principal named {resource} was not found in the tenant named "
        f"{tenant.initial_domain}. This can happen if the application has not been installed "
        "by the administrator of the tenant or consented to by any user in the tenant. You "
        "might have sent your authentication request to the wrong tenant.",
    )


def _has_credential(form: Mapping[str, str]) -> bool:
    return bool(form.get("client_assertion") or form.get("client_secret"))


def _missing_parameter(form: Mapping[str, str], endpoint: Endpoint) -> Refusal | None:
    needed = ("grant_type", "client_id", "resource" if endpoint.is_v1 else "scope")
    missing = next((name for name in needed if not form.get(name)), None)
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


def _no_application(client_id: str, tenant: Tenant, *, is_known: bool) -> Refusal:
    if is_known:
        return Refusal(
            Code.APPLICATION_DISABLED, f"Application '{client_id}' is disabled in this tenant."
        )
    return Refusal(
        Code.APPLICATION_NOT_FOUND,
        f"Application with identifier '{client_id}' was not found in the directory "
        f"'{tenant.initial_domain}'. This can happen if the application has not been installed "
        "by the administrator of the tenant or consented to by any user in the tenant. You may "
        "have sent your authentication request to the wrong tenant.",
    )


def _resource(form: Mapping[str, str], endpoint: Endpoint, tenant: Tenant) -> str | Refusal:
    if endpoint.is_v1:
        resource = form["resource"]
        known = audience_of(resource, tenant.in_cloud)
        return resource if known else unknown_resource(resource, tenant)
    return _resource_of_scope(form["scope"], form["client_id"], tenant)


def _resource_of_scope(parameter: str, client_id: str, tenant: Tenant) -> str | Refusal:
    scopes = scopes_of(parameter)
    resources = {each.resource for each in scopes}
    if len(resources) > 1:
        return Refusal(
            Code.SEVERAL_RESOURCES,
            f"The provided value for the input parameter scope '{parameter}' isn't valid because "
            "it contains more than one resource.",
        )
    only = scopes[0] if len(scopes) == 1 else None
    if only and audience_of(only.resource, tenant.in_cloud) and not only.exists:
        return Refusal(
            Code.NO_SUCH_PERMISSION,
            f"The application '{client_id}' asked for scope '{only.permission}' that doesn't exist "
            f"on the resource '{only.resource}'. Contact the app vendor.",
        )
    if only is None or not only.is_default:
        return Refusal(
            Code.BAD_SCOPE,
            "The provided request must include a 'scope' input parameter. The provided value for "
            f"the input parameter 'scope' is not valid. The scope {parameter} is not valid.",
        )
    if not audience_of(only.resource, tenant.in_cloud):
        return unknown_resource(only.resource, tenant)
    return only.resource


def _proof(form: Mapping[str, str]) -> jwt.Unverified | str | Refusal:
    if secret := form.get("client_secret"):
        return secret
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
