"""A world, as it is after a change at run time.  Pure."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from emulator.applications import Application, FederatedCredential
from emulator.world import Tenant, World


class NotThereError(Exception):
    """What should be changed is not there; the text says what."""


def patched(world: World, patch: Mapping[str, object]) -> World:
    """Return *world* with the settings in *patch*: JSON Merge Patch (RFC 7396), but for tenants.

    Raises:
        pydantic.ValidationError: a setting is unknown or wrong.
        ValueError: the patch is about tenants.
    """
    if "tenants" in patch:
        raise ValueError("tenants: are changed by PUT of the whole world")
    return World.model_validate(_merged(world, patch))


def _merged(model: BaseModel, patch: Mapping[str, object]) -> dict[str, object]:
    """Return the members of *model* by their names in a file, with those of *patch* over them."""
    now: dict[str, object] = {to_camel(name): value for name, value in model}
    for name, value in patch.items():
        held = now.get(name)
        if value is None:
            now.pop(name, None)  # back to its default
        elif isinstance(held, BaseModel) and isinstance(value, dict):
            now[name] = _merged(held, value)
        else:
            now[name] = value
    return now


def with_credential(world: World, tenant: str, client_id: str, added: FederatedCredential) -> World:
    """Return *world* where the application takes tokens as *added* says, too.

    Raises:
        NotThereError: there is no such application.
        pydantic.ValidationError: it has too many, or the same already.
    """
    return _changed(world, tenant, client_id, lambda app: (*app.federated_credentials, added))


def without_credentials(world: World, tenant: str, client_id: str) -> World:
    """Return *world* where the application has no federated credential.

    Raises:
        NotThereError: there is no such application.
    """
    return _changed(world, tenant, client_id, lambda _: ())


def _changed(
    world: World,
    tenant_name: str,
    client_id: str,
    credentials: Callable[[Application], tuple[FederatedCredential, ...]],
) -> World:
    tenant = world.tenant(tenant_name)
    application = tenant.application(client_id) if tenant else None
    if tenant is None or application is None:
        raise NotThereError(f"there is no application {client_id} in {tenant_name}")
    wanted = {**dict(application), "federated_credentials": credentials(application)}
    changed = Application.model_validate(wanted)
    applications = tuple(changed if each is application else each for each in tenant.applications)
    return _with_tenant(world, tenant, tenant.model_copy(update={"applications": applications}))


def _with_tenant(world: World, old: Tenant, new: Tenant) -> World:
    tenants = tuple(new if each is old else each for each in world.tenants)
    return world.model_copy(update={"tenants": tenants})
