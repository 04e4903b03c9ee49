"""What went wrong with a call, and the bodies in which Exchange says so.  Pure."""

from dataclasses import dataclass

_ODATA = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
_TASKS = "Microsoft.Exchange.Configuration.Tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An answer that is an error."""

    status: int
    body: dict[str, object]
    exception_type: str = ""
    """Goes into the `X-ExceptionType` header."""
    text: str = ""
    """What went wrong, without its wrapping."""


class RefusedError(Exception):
    """The call cannot be done; `failure` is the answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure

    @property
    def text(self) -> str:
        """What went wrong, without its wrapping."""
        return self.failure.text


def not_found(identity: str, server: str) -> RefusedError:
    """Return the error for an object that does not exist."""
    return _executing(
        404,
        "NotFound",
        "Ex6F9304",
        f"{_TASKS}.ManagementObjectNotFoundException",
        f"The operation couldn't be performed because object '{identity}' couldn't be found on "
        f"'{server}'.",
    )


def ambiguous(identity: str) -> RefusedError:
    """Return the error for an identity that several objects have.  The code is made up."""
    return _executing(
        400,
        "BadRequest",
        "Ex31CC16",
        f"{_TASKS}.ManagementObjectAmbiguousException",
        f"The operation couldn't be performed because '{identity}' matches multiple entries.",
    )


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
    body = _error("Forbidden", text, details=[_detail(f"ExB4E7A8|{kind}|{text}")])
    return RefusedError(Failure(status=403, body=body, exception_type=kind, text=text))


def unauthorized(reason: str) -> Failure:
    """Return the answer to a token that proves nothing."""
    body = _error("Unauthorized", "UnAuthorized", details=[_detail(f"{reason}.")])
    return Failure(status=401, body=body, exception_type="System.UnauthorizedAccessException")


def _executing(status: int, code: str, number: str, kind: str, text: str) -> RefusedError:
    message = "Error executing cmdlet"
    inner: dict[str, object] = {"message": message, "type": _ODATA, "stacktrace": "   at …"}
    details = [_detail(f"{number}|{kind}|{text}")]
    body = _error(code, message, details=details, innererror=inner)
    return RefusedError(Failure(status=status, body=body, exception_type=kind, text=text))


def _detail(message: str) -> dict[str, object]:
    return {"code": "Client", "target": "", "message": message}


def _error(code: str, message: str, **members: object) -> dict[str, object]:
    return {"error": {"code": code, "message": message, **members}}
