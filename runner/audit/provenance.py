"""Who asked for a run, what it is made of, and as whom it acts."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import JsonValue

_ANNOTATION = re.compile(r'([^=\s"]+)="((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r"}
ANNOTATIONS = {
    "exo-jobs/requested-by": "requested_by",
    "exo-jobs/approved-by": "approved_by",
    "exo-jobs/git-commit": "git_commit",
}
"""Which annotations of the pod an audit repeats, and under which name."""
IDENTITY = ("tid", "appid", "oid", "upn", "uti")
"""Claims of a token that say as whom it acts; `uti` is found again in Entra's sign-in logs."""


def annotations_in(text: str) -> dict[str, str]:
    """Return the annotations of a file as the downward API writes it: `key="escaped value"`.

    Source: Kubernetes' downward API volume, whose values are quoted as Go quotes strings.
    """
    return {
        key: _ESCAPED.sub(lambda found: _PLAIN.get(found[1], found[1]), value)
        for key, value in _ANNOTATION.findall(text)
    }


def asked_by(annotations: Mapping[str, str]) -> dict[str, str]:
    """Return what the pod's annotations say of how the run came about."""
    return {name: annotations[key] for key, name in ANNOTATIONS.items() if key in annotations}


def secrets_digests(secrets: Mapping[str, JsonValue], key: bytes | None) -> dict[str, str | None]:
    """Return HMAC-SHA-256 of each secret, or that it is there where there is no *key*.

    A plain digest would let anyone who guesses a password prove the guess.
    """
    return {
        name: hmac.new(key, str(value).encode(), hashlib.sha256).hexdigest() if key else None
        for name, value in secrets.items()
    }


def identity_of(claims: Mapping[str, object]) -> dict[str, str]:
    """Return as whom a token acts."""
    return {name: str(claims[name]) for name in IDENTITY if name in claims}


def folder_sha256(folder: Path) -> str:
    """Return one digest of every file in *folder*, by name and content.

    Raises:
        OSError: a file cannot be read.
    """
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    lines = (f"{file_sha256(each)}  {each.relative_to(folder)}\n" for each in files)
    return _digest(lines)


def file_sha256(path: Path) -> str:
    """Return the digest of a file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(lines: Iterable[str]) -> str:
    whole = hashlib.sha256()
    for line in lines:
        whole.update(line.encode("utf-8", "surrogateescape"))
    return whole.hexdigest()
