"""Only a script that a trusted key has signed passes; whatever else comes is refused."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from runner.job.signature import UntrustedError, signer_of
from tests.runner.conftest import JOB, Bench

SCRIPT = "say('finished', ending='completed', script_exit_code=None, error=None)\n"
DATA = SCRIPT.encode()
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """Return the public half as cosign writes it."""
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def bundle(data: bytes = DATA, key: ec.EllipticCurvePrivateKey = KEY, **more: object) -> bytes:
    """Return a bundle as `cosign sign-blob --key` makes it."""
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    signature = base64.b64encode(key.sign(data, ec.ECDSA(hashes.SHA256()))).decode()
    said = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": "x"}, "tlogEntries": []},
        "messageSignature": {
            "messageDigest": {"algorithm": "SHA2_256", "digest": digest},
            "signature": signature,
        },
    }
    return json.dumps(said | more).encode()


def test_the_key_that_signed_is_named() -> None:
    """Of several trusted keys the right one is found, and told by its fingerprint."""
    der = KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    found = signer_of(DATA, bundle(), [pem(OTHER), pem(KEY)])

    assert found == hashlib.sha256(der).hexdigest()


def message(**more: object) -> bytes:
    """Return a bundle with another messageSignature."""
    return bundle(messageSignature=json.loads(bundle())["messageSignature"] | more)


@pytest.mark.parametrize(
    ("data", "signed", "key", "words"),
    [
        pytest.param(DATA + b" ", bundle(), pem(KEY), "other bytes", id="the script was changed"),
        pytest.param(DATA, bundle(key=OTHER), pem(KEY), "none of the trusted", id="another key"),
        pytest.param(DATA, bundle(), pem(OTHER), "none of the trusted", id="not trusted"),
        pytest.param(DATA, message(signature="AAAA"), pem(KEY), "none of", id="no signature"),
        pytest.param(DATA, message(signature="?"), pem(KEY), "no Sigstore bundle", id="no base64"),
        pytest.param(DATA, b"", pem(KEY), "no Sigstore bundle", id="an empty bundle"),
        pytest.param(DATA, b"[" * 100_000, pem(KEY), "no Sigstore bundle", id="deep"),
        pytest.param(DATA, b"[1]", pem(KEY), "no Sigstore bundle", id="another JSON"),
        pytest.param(DATA, bundle(mediaType="x"), pem(KEY), "mediaType", id="another type"),
        pytest.param(DATA, bundle(mediaType=1), pem(KEY), "mediaType", id="no type"),
        pytest.param(DATA, bundle(), b"x", "no public key", id="no key"),
        pytest.param(
            DATA,
            bundle(),
            pem(rsa.generate_private_key(65537, 2048)),
            "another kind",
            id="an RSA key",
        ),
    ],
)
def test_what_is_not_signed_is_refused(data: bytes, signed: bytes, key: bytes, words: str) -> None:
    """Each way in which a signature can be wrong has its sentence."""
    with pytest.raises(UntrustedError, match=words):
        signer_of(data, signed, [key])


@given(st.binary(max_size=200) | st.builds(lambda cut: bundle()[:cut], st.integers(0, 300)))
def test_no_bytes_pass_for_a_bundle(data: bytes) -> None:
    """Whatever is not the whole bundle is refused by a sentence, never by another exception."""
    with pytest.raises(UntrustedError):
        signer_of(DATA, data, [pem(KEY)])


@pytest.mark.parametrize(
    ("job", "key", "signed", "code", "words"),
    [
        pytest.param(JOB, pem(KEY), bundle(), 0, "", id="signed"),
        pytest.param(JOB, pem(KEY), bundle(b"x"), 78, "other bytes", id="of another script"),
        pytest.param(JOB, pem(KEY), None, 66, "script.ps1.sigstore.json: cannot", id="unsigned"),
        pytest.param(JOB, None, bundle(), 0, "", id="nobody asks"),
        pytest.param(
            JOB.replace("path: script.ps1", "path: script.ps1, bundle: script.ps1.sigstore.json"),
            None,
            bundle(),
            78,
            "give --trusted-key",
            id="the spec asks",
        ),
    ],
)
def test_a_run_is_refused_unless_its_script_is_signed(  # noqa: PLR0917 - the columns of a table
    bench: Bench, job: str, key: bytes | None, signed: bytes | None, code: int, words: str
) -> None:
    """With a trusted key, only what it signed is started; the record tells by whom."""
    files: dict[str, bytes | None] = {"key.pem": key, "script.ps1.sigstore.json": signed}
    for name, content in files.items():
        if content is not None:
            (bench.folder / name).write_bytes(content)
    options = ["--trusted-key", str(bench.folder / "key.pem")] if key else []

    done = bench.run(SCRIPT, *options, job=job)

    assert (done.returncode, words in done.stderr) == (code, True)
    runs = bench.folder / "runs"
    assert runs.exists() == (code == 0)
    if code == 0:
        told = json.loads((bench.run_folder() / "run.json").read_text())["script_signed_by"]
        assert (told is not None) == (key is not None)


def test_the_environment_names_trusted_keys(bench: Bench, tmp_path: Path) -> None:
    """EXO_TRUSTED_KEYS is what a platform sets for every job."""
    (tmp_path / "key.pem").write_bytes(pem(KEY))
    bench.write(SCRIPT)
    argv = ["env", f"EXO_TRUSTED_KEYS={tmp_path / 'key.pem'}", *bench.argv()]

    assert bench.start_and_wait(argv).returncode == 66
