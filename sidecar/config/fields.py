"""What a single value in a configuration must look like.

What must be looked up outside the text (does the file exist, does the password fit) is asked of
the `Surroundings` that validation is given, so that every problem is found in one pass.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from contract import durations

_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)
_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)
_DOMAIN = re.compile(
    r"(?:[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}", re.ASCII
)
_SCOPE = re.compile(r"(?:https|api)://[^\s/][^\s]*/\.default", re.ASCII)
_MODE = re.compile(r"0?[0-7]{3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What validation may ask about the machine; each answer is a list of objections."""

    directory: Path
    """Relative paths are relative to this, the folder of the configuration file."""
    token_file: Path
    """The projected token of a workload identity that names no file."""
    readable: Callable[[Path], list[str]]
    writable: Callable[[Path], list[str]]
    certificate: Callable[[Path, Path | None, Path | None], list[str]]
    """Of a certificate's file, key file and password file."""


def surroundings_in(info: ValidationInfo) -> Surroundings:
    """Return the surroundings that this validation was given."""
    if not isinstance(info.context, Surroundings):
        raise TypeError("a configuration is validated with its surroundings as context")
    return info.context


def refuse(objections: list[str]) -> None:
    """Raise `ValueError` if there are objections."""
    if objections:
        raise ValueError("; ".join(objections))


def _anchored(path: Path, info: ValidationInfo) -> Path:
    return surroundings_in(info).directory / path


def _readable(path: Path, info: ValidationInfo) -> Path:
    refuse(surroundings_in(info).readable(path))
    return path


def _writable(path: Path, info: ValidationInfo) -> Path:
    refuse(surroundings_in(info).writable(path))
    return path


def _guid(text: str) -> str:
    if not _GUID.fullmatch(text):
        raise ValueError("not a GUID")
    return text.lower()


def _tenant(text: str) -> str:
    if not _GUID.fullmatch(text) and not _DOMAIN.fullmatch(text):
        raise ValueError("neither a GUID nor a domain")
    return text.lower()


def _organization(text: str) -> str:
    if not _DOMAIN.fullmatch(text) or not text.lower().endswith(".onmicrosoft.com"):
        raise ValueError(
            "not the tenant's initial domain (….onmicrosoft.com); with a GUID or another domain"
            " Exchange lets a job read but refuses its writes"
        )
    return text.lower()


def _label(text: str) -> str:
    if not _LABEL.fullmatch(text):
        raise ValueError("not a DNS label (lower-case letters, digits, inner hyphens, up to 63)")
    return text


def _scope(text: str) -> str:
    if not _SCOPE.fullmatch(text):
        raise ValueError("not one scope of the form https://<resource>/.default")
    return text


def _https(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query:
        raise ValueError("not an https:// address without user or query")
    return text


def _webhook(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not _is_loopback(parts.hostname or ""):
        raise ValueError(
            "not an http:// address on loopback, such as http://127.0.0.1:8080/renewed"
        )
    return text


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("not an IP address, such as 127.0.0.1, 0.0.0.0 or ::") from None


def _mode_text(text: str) -> str:
    if not _MODE.fullmatch(text):
        raise ValueError('not a file mode, which is a text of octal digits such as "0640"')
    return text


def _duration(value: object) -> object:
    return durations.parse(value) if isinstance(value, str) else value


AnyPath = Annotated[Path, AfterValidator(_anchored)]
ReadablePath = Annotated[AnyPath, AfterValidator(_readable)]
WritableDirectory = Annotated[AnyPath, AfterValidator(_writable)]
NonEmpty = Annotated[str, Field(min_length=1)]
Label = Annotated[str, AfterValidator(_label)]
WebhookAddress = Annotated[str, AfterValidator(_webhook)]
HttpsAddress = Annotated[str, AfterValidator(_https)]
Duration = Annotated[timedelta, BeforeValidator(_duration), Field(ge=timedelta(), strict=True)]
Guid = Annotated[str, AfterValidator(_guid)]
Tenant = Annotated[str, AfterValidator(_tenant)]
Organization = Annotated[str, AfterValidator(_organization)]
Scope = Annotated[str, AfterValidator(_scope)]
Address = Annotated[str, AfterValidator(_address)]
ModeText = Annotated[str, AfterValidator(_mode_text)]
