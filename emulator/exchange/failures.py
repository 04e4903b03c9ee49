"""What went wrong with a call, and the bodies in which Exchange says so.  Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

_ODATA = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
_TASKS = "Microsoft.Exchange.Configuration.Tasks"
_CODES = {
    400: "BadRequest",
    403: "Forbidden",
    404: "NotFound",
    500: "InternalServerError",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An answer that is an error."""

    status: int
    body: dict[str, object] | bytes
    """JSON, or what is sent as it is."""
    exception_type: str = ""
    """Goes into the `X-ExceptionType` header."""
    text: str = ""
    """What went wrong, without its wrapping."""
    number: str = ""
    """The code that stands before the type in a detail, such as `Ex6F9304`."""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_details(self) -> bool:
        """Tell whether the body carries `code|type|text`."""
        error = self.body.get("error") if isinstance(self.body, dict) else None
        return isinstance(error, dict) and "details" in error


class RefusedError(Exception):
    """The call cannot be done; `failure` is the answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure

    @property
    def text(self) -> str:
        """What went wrong, without its wrapping."""
        return self.failure.text


def bad_request(text: str) -> RefusedError:
    """Return the error for parameters that do not bind: without details, as seen live."""
    inner: dict[str, object] = {
        "message": "Invalid Operation",
        "type": _ODATA,
        "stacktrace": "",
        "internalexception": {
            "message": text,
            "type": "System.Management.Automation.ParameterBindingException",
            "stacktrace": "",
        },
    }
    body = _error("BadRequest", "Invalid Operation", innererror=inner)
    return RefusedError(Failure(status=400, body=body, text=text))


def resource_not_found(text: str) -> RefusedError:
    """Return the error of the Get-EXO* resources, whose text stands in the message itself."""
    return RefusedError(
        Failure(
            status=404,
            body=_error("NotFound", text),
            exception_type=f"{_TASKS}.ManagementObjectNotFoundException",
            text=text,
        )
    )


def forbidden(text: str) -> RefusedError:
    """Return the error for a caller whose roles do not allow the call."""
    kind = "Microsoft.Exchange.Configuration.Authorization.CmdletAccessDeniedException"
    number = "ExB4E7A8"
    body = _error("Forbidden", text, details=[_detail(f"{number}|{kind}|{text}")])
    failure = Failure(status=403, body=body, exception_type=kind, text=text, number=number)
    return RefusedError(failure)


def not_hosted(cmdlet: str) -> RefusedError:
    """Return the error of Exchange for a cmdlet of Security & Compliance: nothing but null bytes.

    Reported; how many bytes is a guess.
    """
    return RefusedError(Failure(status=403, body=bytes(64), text=f"{cmdlet} is not hosted here"))


def as_json_message(error: RefusedError) -> RefusedError:
    """Return *error* with its detail as a JSON text, the other form that clients meet."""
    failure = error.failure
    message = {
        "Message": failure.text,
        "ClassName": failure.exception_type,
        "TypeName": failure.exception_type,
        "InnerError": None,
        "localizedString": {"stringId": failure.number},
    }
    details = [_detail(json.dumps(message))]
    body = _error(_CODES[failure.status], "Error executing cmdlet", details=details)
    return RefusedError(replace(failure, body=body))


def server_fault(kind: str, text: str, *, status: int = 500) -> RefusedError:
    """Return the service's own failure: what really happened stands two exceptions deep."""
    message = "Internal server error" if status == 500 else "The service is unavailable."
    deepest: dict[str, object] = {"message": text, "type": kind, "stacktrace": ""}
    middle = {"message": text, "type": _ODATA, "stacktrace": "", "internalexception": deepest}
    inner = {"message": message, "type": _ODATA, "stacktrace": "", "internalexception": middle}
    body = _error(_CODES[status], message, innererror=inner)
    return RefusedError(Failure(status=status, body=body, exception_type=kind, text=text))


def throttled(text: str, headers: Mapping[str, str]) -> RefusedError:
    """Return the answer to one request too many; its body is plain text."""
    return RefusedError(
        Failure(
            status=429,
            body=text.encode(),
            text=text,
            headers={"Content-Type": "text/plain; charset=utf-8", **headers},
        )
    )


def no_such_address(rest: str) -> RefusedError:
    """Return the error for an address that leads nowhere."""
    text = f"No HTTP resource was found for '{rest}'."
    return RefusedError(Failure(status=404, body=_error("NotFound", text), text=text))


def method_not_allowed(method: str) -> RefusedError:
    """Return the error for a method that the address does not take."""
    text = f"The requested resource does not support http method '{method}'."
    return RefusedError(Failure(status=405, body=_error("MethodNotAllowed", text), text=text))


def unauthorized(reason: str) -> Failure:
    """Return the answer to a token that proves nothing."""
    body = _error("Unauthorized", "UnAuthorized", details=[_detail(f"{reason}.")])
    kind = "System.UnauthorizedAccessException"
    return Failure(status=401, body=body, exception_type=kind, text=reason)


def executing(status: int, number: str, kind: str, text: str) -> RefusedError:
    """Return the error of a cmdlet that ran and failed: code, exception type and text in pipes."""
    message = "Error executing cmdlet"
    inner: dict[str, object] = {"message": message, "type": _ODATA, "stacktrace": "   at …"}
    details = [_detail(f"{number}|{kind}|{text}")]
    body = _error(_CODES[status], message, details=details, innererror=inner)
    failure = Failure(status=status, body=body, exception_type=kind, text=text, number=number)
    return RefusedError(failure)


def _detail(message: str) -> dict[str, object]:
    return {"code": "Client", "target": "", "message": message}


def _error(code: str, message: str, **members: object) -> dict[str, object]:
    return {"error": {"code": code, "message": message, **members}}
