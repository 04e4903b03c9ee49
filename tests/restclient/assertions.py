"""What proves the application to Entra: an assertion signed with a certificate's key."""

import base64
from datetime import datetime, timedelta

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_LIFE = timedelta(minutes=5)


def certificate_assertion(
    *, certificate: str, key: str, client_id: str, audience: str, jti: str, now: datetime
) -> str:
    """Return a client assertion for *audience*, good for five minutes.

    *certificate* and *key* are PEM.  Source: Entra's page on certificate credentials.
    """
    moment = int(now.timestamp())
    claims = {
        "aud": audience,
        "iss": client_id,
        "sub": client_id,
        "jti": jti,
        "nbf": moment,
        "exp": moment + int(_LIFE.total_seconds()),
    }
    digest = x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA256())
    thumbprint = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    private = load_pem_private_key(key.encode(), password=None)
    return jwt.encode(claims, private, algorithm="PS256", headers={"x5t#S256": thumbprint})  # type: ignore[arg-type]
