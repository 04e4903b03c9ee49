"""A world to begin with: one tenant, and one application that may administer it."""

from collections.abc import Sequence

from emulator.applications import Application, FederatedCredential
from emulator.issuer import SUBJECT
from emulator.world import Tenant, World

TENANT_ID = "11111111-1111-4111-8111-111111111111"
CLIENT_ID = "22222222-2222-4222-8222-222222222222"
MANAGED_IDENTITY_ID = "44444444-4444-4444-8444-444444444444"
OBJECT_ID = "33333333-3333-4333-8333-333333333333"
ORGANIZATION = "contoso.onmicrosoft.com"
DOMAINS = (ORGANIZATION, "contoso.com")


def sample_application(certificates: Sequence[str], **overrides: object) -> Application:
    """Return an Exchange administrator that *certificates* (PEM) and the local issuer prove."""
    return Application.model_validate(
        {
            "client_id": CLIENT_ID,
            "object_id": OBJECT_ID,
            "certificates": list(certificates),
            "federated_credentials": [FederatedCredential(subject=SUBJECT)],
            **overrides,
        }
    )


def managed_identity() -> Application:
    """Return the machine's own identity, an Exchange administrator too."""
    return Application.model_validate(
        {
            "client_id": MANAGED_IDENTITY_ID,
            "object_id": MANAGED_IDENTITY_ID,
            "managed_identity": "system",
        }
    )


def sample_tenant(*applications: Application, mailboxes: int = 50, seed: int = 7) -> Tenant:
    """Return the tenant contoso."""
    return Tenant(
        id=TENANT_ID,
        domains=DOMAINS,
        mailboxes=mailboxes,
        seed=seed,
        applications=applications,
    )


def sample_world(
    *, certificate: str, mailboxes: int = 50, seed: int = 7, **overrides: object
) -> World:
    """Return a world with the tenant contoso; *overrides* set members of `World`."""
    tenant = sample_tenant(sample_application([certificate]), mailboxes=mailboxes, seed=seed)
    return World.model_validate({"tenants": [tenant], **overrides})
