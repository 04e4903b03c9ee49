"""What the bodies of control requests must look like.  Pure."""

import json
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from emulator.applications import FederatedCredential
from emulator.durations import Duration, duration
from emulator.faults import Fault
from emulator.issuer import AUDIENCE, SUBJECT
from emulator.strict import Strict
from emulator.world import World

FAULTS: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault])


def _signed(value: object) -> object:
    """Read a duration that may point backwards, such as `-10m`."""
    if isinstance(value, str) and value.startswith("-"):
        return -duration(value[1:])
    return duration(value)


Shift = Annotated[timedelta, BeforeValidator(_signed)]


class ClockShift(Strict):
    """How far the clocks are set off the real time."""

    shift: Shift = timedelta()
    """For everything."""
    entra: Shift = timedelta()
    """For Entra, further."""
    exchange: Shift = timedelta()
    """For Exchange, further."""


class TokenOrder(Strict):
    """A workload-identity token to mint."""

    subject: str = SUBJECT
    audience: str | list[str] = AUDIENCE
    lifetime: Duration = timedelta(hours=1)
    claims: dict[str, object] = Field(default_factory=dict)
    """These replace claims; `null` removes one."""


def federated_credential_of(body: bytes) -> FederatedCredential:
    """Read a federated credential.

    Raises:
        pydantic.ValidationError: it is none.
    """
    return FederatedCredential.model_validate_json(body)


def whole_world(body: bytes) -> World:
    """Read a world.

    Raises:
        pydantic.ValidationError: it is none.
        ValueError: its secrets are the stars that are shown in their place.
    """
    world = World.model_validate_json(body)
    secrets = (s for t in world.tenants for a in t.applications for s in a.secrets)
    if any(set(each.value.get_secret_value()) == {"*"} for each in secrets):
        raise ValueError("secrets: stars are shown in place of a value; send the value")
    return world


def members_of(body: bytes) -> dict[str, object]:
    """Read a JSON object.

    Raises:
        ValueError: it is something else.
    """
    try:
        members = json.loads(body)
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    if not isinstance(members, dict):
        raise ValueError("the body is not a JSON object")  # noqa: TRY004  # of a client, not of code
    return members


def as_problems(error: ValidationError) -> list[dict[str, object]]:
    """Return each problem with its place; no value is quoted, for one may be a secret."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [{"loc": list(each["loc"]), "type": each["type"], "msg": each["msg"]} for each in found]
