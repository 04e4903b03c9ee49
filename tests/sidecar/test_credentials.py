"""How the application proves who it is, and what happens when the files change."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from emulator.testing import SAMPLE_CERTIFICATE, new_client_certificate
from sidecar.credentials.certificatefile import CertificateFile
from sidecar.credentials.certificates import read_certificate
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.proofs import Proof
from sidecar.credentials.textfiles import FederatedToken
from sidecar.errors import CredentialError

ENDPOINT = "https://login.example/tenant/oauth2/v2.0/token"
LEAF = x509.load_pem_x509_certificate(SAMPLE_CERTIFICATE.certificate.encode())


@dataclass(slots=True)
class Files:
    """A certificate in a folder, and the credential that reads it."""

    folder: Path
    credential: CertificateFile

    def prove(self) -> Proof:
        """Return a proof for the endpoint."""
        return self.credential.prove(client_id="app", token_endpoint=ENDPOINT)

    def put(self, text: str) -> None:
        """Replace the file."""
        (self.folder / "client.pem").write_text(text)


def _credential(folder: Path, *, send_chain: bool = False) -> CertificateFile:
    return CertificateFile(
        folder / "client.pem", key_file=None, password_file=None, send_chain=send_chain
    )


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A good certificate, not read yet."""
    found = Files(tmp_path, _credential(tmp_path))
    found.put(SAMPLE_CERTIFICATE.pem)
    return found


def _thumbprint(proof: Proof) -> object:
    return jwt.get_unverified_header(proof.assertion)["x5t#S256"]


def test_an_assertion_is_what_entra_wants(files: Files) -> None:
    """PS256, the SHA-256 thumbprint, issuer and subject the application, minutes of life."""
    proof = files.prove()
    header = jwt.get_unverified_header(proof.assertion)
    # NOTE: msal leaves the padding on, against RFC 7515, and Entra takes it.
    thumbprint = base64.urlsafe_b64decode(header.pop("x5t#S256").rstrip("=") + "=")
    assert thumbprint == LEAF.fingerprint(hashes.SHA256())
    assert header == {"alg": "PS256", "typ": "JWT"}
    key = LEAF.public_key()
    assert isinstance(key, RSAPublicKey)
    claims = jwt.decode(proof.assertion, key, algorithms=["PS256"], audience=ENDPOINT)
    assert (claims["iss"], claims["sub"]) == ("app", "app")
    assert 0 < claims["exp"] - claims["iat"] <= 600
    assert proof.expires_at == LEAF.not_valid_after_utc


def test_no_two_assertions_are_the_same(files: Files) -> None:
    """Entra refuses a `jti` that it has seen."""
    assert files.prove().assertion != files.prove().assertion


def test_the_chain_is_sent_only_where_asked(tmp_path: Path) -> None:
    """`sendChain` puts the certificates into the header, the leaf first."""
    other = new_client_certificate()[0]
    (tmp_path / "client.pem").write_text(other + SAMPLE_CERTIFICATE.pem)
    proof = _credential(tmp_path, send_chain=True).prove(client_id="a", token_endpoint=ENDPOINT)
    first, second = jwt.get_unverified_header(proof.assertion)["x5c"]
    assert base64.b64decode(first) == LEAF.public_bytes(Encoding.DER)
    assert base64.b64decode(second) != base64.b64decode(first)


def test_a_new_certificate_is_taken_when_the_bytes_change(files: Files) -> None:
    """A rollover needs no restart, and is told once."""
    first = files.prove()
    certificate, key = new_client_certificate(life=timedelta(days=3))
    files.put(key + certificate)
    second, third = files.prove(), files.prove()
    assert [each.reloaded for each in (first, second, third)] == [False, True, False]
    assert _thumbprint(second) == _thumbprint(third) != _thumbprint(first)
    assert second.expires_at is not None
    assert second.expires_at < datetime.now(UTC) + timedelta(days=4)  # noqa: TID251 - a real life


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("", id="empty"),
        pytest.param("rubbish", id="neither PEM nor PFX"),
        pytest.param(SAMPLE_CERTIFICATE.certificate, id="without its key"),
        pytest.param(SAMPLE_CERTIFICATE.pem[:-300], id="half written"),
        pytest.param(SAMPLE_CERTIFICATE.key + new_client_certificate()[0], id="another's"),
        pytest.param(None, id="deleted"),
    ],
)
def test_a_broken_new_certificate_keeps_the_old_and_is_told_once(
    files: Files, broken: str | None
) -> None:
    """The old pair goes on signing; the problem names the file; a good file mends it."""
    first = files.prove()
    if broken is None:
        (files.folder / "client.pem").unlink()
    else:
        files.put(broken)
    second, third = files.prove(), files.prove()
    assert _thumbprint(second) == _thumbprint(third) == _thumbprint(first)
    assert second.problem is not None
    assert "client.pem" in second.problem
    assert (second.reloaded, third.problem) == (False, None)
    files.put(SAMPLE_CERTIFICATE.pem)
    assert files.prove().reloaded


def test_without_any_good_certificate_there_is_no_proof(files: Files) -> None:
    """There is no old one to fall back to."""
    files.put("rubbish")
    with pytest.raises(CredentialError, match=r"client\.pem is not a PFX"):
        files.prove()


def test_no_repr_shows_a_key_or_a_proof(files: Files) -> None:
    """Values may stand in tracebacks."""
    pair = read_certificate(files.folder / "client.pem", key_file=None, password_file=None)
    proof = files.prove()
    assert "key=" not in repr(pair)
    assert proof.assertion not in repr(proof)


def _token(expires_at: datetime) -> str:
    claims = json.dumps({"exp": int(expires_at.timestamp())}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.sig"


def test_a_projected_token_is_read_at_each_proof(tmp_path: Path) -> None:
    """The file is the truth, whatever it held before; its own expiry is told."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    file = tmp_path / "token"
    credential = FederatedToken(file)
    assert credential.kind is CredentialKind.ASSERTION
    for hours in (1, 2):
        expires_at = noon + timedelta(hours=hours)
        file.write_text(_token(expires_at) + "\n")
        proof = credential.prove(client_id="a", token_endpoint=ENDPOINT)
        assert (proof.assertion, proof.expires_at) == (_token(expires_at), expires_at)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(None, "cannot be read: No such file", id="missing"),
        pytest.param(b" \n", "is empty", id="empty"),
        pytest.param(b"\xff\xfe", "holds no token", id="not text"),
    ],
)
def test_a_projected_token_that_is_not_there_is_named(
    tmp_path: Path, data: bytes | None, problem: str
) -> None:
    """The sentence names the file."""
    if data is not None:
        (tmp_path / "token").write_bytes(data)
    with pytest.raises(CredentialError, match=f"token {problem}"):
        FederatedToken(tmp_path / "token").prove(client_id="a", token_endpoint=ENDPOINT)
