"""Whether a trusted key signed a script: Sigstore bundles, as `cosign sign-blob --key` makes them.

A bundle is JSON (media type `application/vnd.dev.sigstore.bundle.v0.3+json`, or 0.1 and 0.2), its
`messageSignature` an ECDSA signature over the file's SHA-256, cosign's own kind of key.  Nothing is
asked of a network: trust is in the key alone.  Certificates and transparency logs are not read.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle"


class UntrustedError(Exception):
    """No trusted key has signed these bytes; the sentence says what is wrong."""


def signer_of(data: bytes, bundle: bytes, keys: Sequence[bytes]) -> str:
    """Return the SHA-256 of the key among *keys* (PEM) that signed *data*, by its DER form, in hex.

    Raises:
        UntrustedError: none did, or bundle or key cannot be read.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - few runs need it
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    signature = _signature_in(bundle, hashlib.sha256(data).digest())
    for pem in keys:
        key, fingerprint = _key_of(pem)
        try:
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            continue
        return fingerprint
    raise UntrustedError("its signature is of none of the trusted keys")


def _signature_in(bundle: bytes, digest: bytes) -> bytes:
    try:
        said = json.loads(bundle)
        kind, message = said["mediaType"], said["messageSignature"]
        signature = base64.b64decode(message["signature"], validate=True)
        claimed = message.get("messageDigest")
        signed = base64.b64decode(claimed["digest"], validate=True) if claimed else digest
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise UntrustedError("is no Sigstore bundle with a messageSignature") from None
    if not isinstance(kind, str) or not kind.startswith(_MEDIA_TYPE):
        raise UntrustedError("is no Sigstore bundle: its mediaType is another")
    if signed != digest:
        raise UntrustedError("is the bundle of other bytes: the script was changed, or its bundle")
    return signature


def _key_of(pem: bytes) -> tuple["ec.EllipticCurvePublicKey", str]:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError:
        raise UntrustedError("a trusted key is no public key in PEM") from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise UntrustedError("a trusted key is of another kind than cosign's ECDSA")
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return key, hashlib.sha256(der).hexdigest()
