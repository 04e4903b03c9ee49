"""Microsoft's libraries for Node and Go, unmodified, get tokens and are refused rightly.

Changed for all: the authority host and the CA (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE). azure-identity
and azidentity are told not to ask login.microsoft.com whether that host is Entra
(`disableInstanceDiscovery`), msal-node likewise (`knownAuthorities`). Nothing else.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from emulator.clock import system_clock
from emulator.credentials import ClientCertificate
from emulator.credentials import new_client_certificate as new_certificate
from emulator.testing import (
    CLIENT_ID,
    OBJECT_ID,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Emulator,
    running,
    sample_world,
)

pytestmark = pytest.mark.e2e

MADE = Path(__file__).parents[2] / ".tools" / "clients"
NODE = (str(MADE / "node" / "node"), str(MADE / "node" / "sign-in.mjs"))
LIBRARIES = {
    "msal-node": ("msal", NODE),
    "@azure/identity": ("identity", NODE),
    "azidentity": ("identity", (str(MADE / "sign-in"),)),
}
RESOURCES = {
    "exchange": "https://outlook.office365.com",
    "compliance": "https://ps.compliance.protection.outlook.com",
}
NOWHERE = "aaaaaaaa-0000-0000-0000-000000000001"

SignIn = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """An emulator for all of them; none changes it."""
    with running(sample_world(mailboxes=3)) as started:
        yield started


@pytest.fixture(params=LIBRARIES.values(), ids=LIBRARIES)
def sign_in(request: pytest.FixtureRequest, emulator: Emulator, tmp_path: Path) -> SignIn:
    """Starts one library's program; returns its token, or its error."""
    library, argv = request.param
    if not Path(argv[0]).exists():
        pytest.fail("The clients are not prepared: run tools/clients, or make e2e.")

    def start(
        *,
        way: str,
        assertion: str = "",
        certificate: ClientCertificate = SAMPLE_CERTIFICATE,
        **changes: str,
    ) -> dict[str, str]:
        file = tmp_path / "token"
        file.write_text(assertion)
        asked = {
            "library": library,
            "way": "assertion" if (way, library) == ("token file", "msal") else way,
            "authority": emulator.url,
            "tenant": TENANT_ID,
            "client": CLIENT_ID,
            "scope": f"{RESOURCES['exchange']}/.default",
            "pem": certificate.pem,
            "key": certificate.key,
            "thumbprint": sha256_of(certificate),
            "assertion": assertion,
            "file": str(file),
            **changes,
        }
        done = subprocess.run(
            argv,
            input=json.dumps(asked),
            env=environment(emulator),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        outcome: dict[str, str] = json.loads(done.stdout)
        return outcome

    return start


def environment(emulator: Emulator) -> dict[str, str]:
    """Return what trusts the emulator's CA, and nothing of this machine but its PATH."""
    ca = str(emulator.ca_file)
    return {"PATH": os.environ["PATH"], "NODE_EXTRA_CA_CERTS": ca, "SSL_CERT_FILE": ca}


def sha256_of(certificate: ClientCertificate) -> str:
    """Return the thumbprint that msal-node wants."""
    loaded = x509.load_pem_x509_certificate(certificate.certificate.encode())
    return loaded.fingerprint(hashes.SHA256()).hex()


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=RESOURCES)
@pytest.mark.parametrize("way", ["certificate", "assertion", "token file"])
def test_a_library_gets_a_token(sign_in: SignIn, emulator: Emulator, way: str, resource: str):
    """By every way to sign in and for both resources, the token is the application's own."""
    outcome = sign_in(way=way, scope=f"{resource}/.default", assertion=emulator.issuer.mint())
    assert "error" not in outcome
    claims = jwt.decode(outcome["token"], options={"verify_signature": False})
    assert claims["aud"] == resource
    assert (claims["appid"], claims["oid"], claims["tid"]) == (CLIENT_ID, OBJECT_ID, TENANT_ID)


REFUSED = {
    "another subject": ({"subject": "system:serviceaccount:other:other"}, {}, 700213),
    "another audience": ({"audience": "api://elsewhere"}, {}, 700212),
    "an unknown application": ({}, {"client": NOWHERE}, 700016),
    "an unknown resource": ({}, {"scope": "https://nowhere.example/.default"}, 500011),
}


@pytest.mark.parametrize(("minted", "changes", "code"), REFUSED.values(), ids=REFUSED)
def test_a_library_tells_why_its_assertion_was_refused(
    sign_in: SignIn, emulator: Emulator, minted: dict[str, str], changes: dict[str, str], code: int
):
    """The AADSTS number stands in the library's own error."""
    outcome = sign_in(way="assertion", assertion=emulator.issuer.mint(**minted), **changes)
    assert f"AADSTS{code}:" in outcome["error"]


def test_a_library_tells_of_a_certificate_that_is_not_registered(sign_in: SignIn):
    """A certificate that the application does not have is AADSTS700027."""
    stranger = new_certificate(now=system_clock())
    assert "AADSTS700027:" in sign_in(way="certificate", certificate=stranger)["error"]


def test_a_library_tells_of_a_tenant_that_is_not_there(
    sign_in: SignIn, emulator: Emulator, request: pytest.FixtureRequest
):
    """Go's error carries AADSTS90002; Node's tells only that no endpoint was found."""
    outcome = sign_in(way="assertion", assertion=emulator.issuer.mint(), tenant=NOWHERE)
    is_go = request.node.callspec.id.startswith("azidentity")
    assert ("AADSTS90002" if is_go else "endpoints_resolution_error") in outcome["error"]
    path = f"/{NOWHERE}/v2.0/.well-known/openid-configuration"
    assert [(each.path, each.status) for each in emulator.journal][-1] == (path, 400)
