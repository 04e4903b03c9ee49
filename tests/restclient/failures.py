"""What a failed answer says: one exception for every form of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

SERVER_SIDE = (
    "A server side error has occurred because of which the operation could not be completed. "
    "Please try again after some time. If the problem still persists, please reach out to MS "
    "support."
)
"""What the module shows for an answer that it cannot read."""
_CHAIN = ("internalexception", "InnerError", "innererror")


@dataclass(kw_only=True)
class ExchangeError(Exception):
    """Exchange refused a request, or a cmdlet failed."""

    status: int
    code: str = ""
    """As the failure's own code (`Ex6F9304`), or else the answer's (`BadRequest`)."""
    type: str = ""
    """Full name of the .NET exception, where the answer tells it."""
    text: str = ""
    category: str = ""
    """Whose fault it is: `Client`, `Context` or a number."""
    headers: Mapping[str, str]
    body: bytes = b""

    def __str__(self) -> str:
        """Return the pipe form, as the module builds it."""
        return f"{self.code}|{self.type}|{self.text}"

    @property
    def error_id(self) -> str:
        """What PowerShell shows as FullyQualifiedErrorId."""
        server = self.headers.get("X-CalculatedBETarget", "")
        request, date = self.headers.get("request-id", ""), self.headers.get("Date", "")
        return f"[Server={server},RequestId={request},TimeStamp={date}],Write-ErrorMessage"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    code: str = ""
    type: str = ""
    text: str = ""
    category: str = ""


def failure_of(status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError:
    """Return the error that an answer of *status* tells.  *headers* know no case."""
    told = _told(body)
    return ExchangeError(
        status=status,
        code=told.code,
        type=told.type or headers.get("X-ExceptionType", ""),
        text=told.text,
        category=told.category,
        headers=headers,
        body=body,
    )


def _told(body: bytes) -> _Told:
    if not body.strip(b"\0 \r\n"):
        return _Told(text="Exchange does not host this cmdlet." if body else "")
    try:
        text = body.decode()
        whole = json.loads(text) if text.lstrip().startswith(("{", "[")) else text.strip()
    except ValueError:
        return _Told(text=SERVER_SIDE)
    if isinstance(whole, str):
        return _Told(text=SERVER_SIDE if whole.startswith("<") else whole)
    error = whole.get("error") if isinstance(whole, dict) else None
    return _of_error(error) if isinstance(error, dict) else _Told(text=SERVER_SIDE)


def _of_error(error: Mapping[str, object]) -> _Told:
    code = str(error.get("code") or "")
    details = error.get("details")
    if isinstance(details, list) and details and details[0].get("message"):
        return _of_detail(str(details[0]["message"]), code, str(details[0].get("code") or ""))
    deepest = _deepest(error)
    text = str(deepest.get("message") or error.get("message") or "")
    return _Told(code=code, type=str(deepest.get("type") or ""), text=text)


def _of_detail(message: str, code: str, category: str) -> _Told:
    if message.startswith("{"):
        return _of_json(json.loads(message), code, category)
    parts = message.split("|", 2)
    if len(parts) != 3:
        return _Told(code=code, text=message, category=category)
    return _Told(code=parts[0], type=parts[1], text=parts[2], category=category)


def _of_json(found: Mapping[str, object], code: str, category: str) -> _Told:
    localized = found.get("localizedString")
    number = localized.get("stringId") if isinstance(localized, dict) else None
    return _Told(
        code=str(number or code),
        type=str(found.get("ClassName") or found.get("TypeName") or ""),
        text=str(found.get("Message") or ""),
        category=category,
    )


def _deepest(error: Mapping[str, object]) -> Mapping[str, object]:
    for name in _CHAIN:
        inner = error.get(name)
        if isinstance(inner, dict):
            return _deepest(inner) if any(each in inner for each in _CHAIN) else inner
    return error
