"""The ground of every model of a world: camelCase in the file, no unknown keys, no changes."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Strict(BaseModel):
    """A part of a world."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="forbid",
        frozen=True,
    )


def _guid(value: str) -> str:
    if not _GUID.fullmatch(value.lower()):
        raise ValueError(f"{value!r} is not a GUID")
    return value.lower()


Guid = Annotated[str, AfterValidator(_guid)]
