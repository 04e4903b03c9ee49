"""Every form in which Exchange tells a failure becomes the same exception."""

import json

import pytest
from requests.structures import CaseInsensitiveDict

from emulator.testing import Emulator, Fault
from tests.restclient.client import Client
from tests.restclient.failures import SERVER_SIDE, ExchangeError, failure_of

_SERVICE = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"


def _error(**members: object) -> str:
    return json.dumps({"error": {"code": "BadRequest", "message": "M", **members}})


def _detail(message: str, code: str = "Client") -> str:
    return _error(code="NotFound", details=[{"code": code, "target": "", "message": message}])


FORMS = [
    pytest.param(
        404,
        _detail("Ex6F9304|A.BException|No | such"),
        "Ex6F9304|A.BException|No | such",
        id="pipes",
    ),
    pytest.param(
        404,
        _detail(
            json.dumps(
                {
                    "Message": "No such",
                    "ClassName": "A.BException",
                    "InnerError": None,
                    "localizedString": {"stringId": "Ex6F9304"},
                }
            )
        ),
        "Ex6F9304|A.BException|No such",
        id="JSON in JSON, with ClassName",
    ),
    pytest.param(
        404,
        _detail(json.dumps({"Message": "No such", "TypeName": "A.BException"})),
        "NotFound|A.BException|No such",
        id="JSON in JSON, with TypeName and no number",
    ),
    pytest.param(401, _detail("Only a text"), "NotFound||Only a text", id="a text"),
    pytest.param(
        400,
        _error(
            innererror={
                "message": "M",
                "type": _SERVICE,
                "stacktrace": "",
                "internalexception": {"message": "Deep"},
            }
        ),
        "BadRequest||Deep",
        id="no details, one exception within",
    ),
    pytest.param(
        500,
        _error(
            code="InternalServerError",
            innererror={
                "message": "M",
                "type": _SERVICE,
                "internalexception": {
                    "message": "Deep",
                    "type": "A.B",
                    "internalexception": {"message": "Deeper", "type": "C.D"},
                },
            },
        ),
        "InternalServerError|C.D|Deeper",
        id="no details, two exceptions within",
    ),
    pytest.param(
        404, _error(code="NotFound", message="None"), "NotFound||None", id="a message alone"
    ),
    pytest.param(400, _error(details=[]), "BadRequest||M", id="no details at all"),
    pytest.param(403, "\0" * 64, "||Exchange does not host this cmdlet.", id="null bytes"),
    pytest.param(429, "Too many.\n", "||Too many.", id="plain text"),
    pytest.param(401, "", "||", id="nothing"),
    pytest.param(502, "<html>Bad gateway</html>", f"||{SERVER_SIDE}", id="a page"),
    pytest.param(500, '{"error": {', f"||{SERVER_SIDE}", id="broken JSON"),
    pytest.param(500, "[]", f"||{SERVER_SIDE}", id="JSON of another kind"),
    pytest.param(500, '{"error": "e"}', f"||{SERVER_SIDE}", id="an error that is no object"),
]


@pytest.mark.parametrize(("status", "body", "shown"), FORMS)
def test_a_form_is_read(status: int, body: str, shown: str) -> None:
    """Code, type and text come out of each, as the module's pipe form."""
    found = failure_of(status, CaseInsensitiveDict(), body.encode())
    assert (found.status, str(found)) == (status, shown)


@pytest.mark.parametrize(("status", "body", "shown"), FORMS)
def test_a_form_comes_over_the_wire(
    emulator: Emulator, client: Client, status: int, body: str, shown: str
) -> None:
    """A scripted answer arrives as it was scripted, in the last of its tries."""
    tries = {401: 6, 429: 6, 500: 3, 502: 3}.get(status, 1) if body else 1
    emulator.faults.add(Fault(cmdlet="Get-AcceptedDomain", status=status, body=body, times=tries))
    with pytest.raises(ExchangeError) as caught:
        client.invoke("Get-AcceptedDomain")
    assert (caught.value.status, str(caught.value)) == (status, shown)
    assert client.invoke("Get-AcceptedDomain")  # the script has ended


def test_the_type_may_stand_in_a_header() -> None:
    """Where the body names no type, `X-ExceptionType` does, in any case of letters."""
    headers = CaseInsensitiveDict({"x-exceptiontype": "A.B"})
    assert failure_of(404, headers, _error().encode()).type == "A.B"


def test_whose_fault_it_is() -> None:
    """The code of a detail is kept apart from the failure's own."""
    found = failure_of(404, CaseInsensitiveDict(), _detail("Ex1|A|T", code="13").encode())
    assert (found.category, found.code) == ("13", "Ex1")
