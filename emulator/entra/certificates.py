"""Is this assertion made with a certificate registered on the application?  Pure.

The rules are those of Microsoft's "Application authentication certificate credentials": header
`alg` PS256 with `x5t#S256` or RS256 with `x5t`; `iss` and `sub` are the client id; `aud` names
the tenant's token endpoint.
"""

import base64
from collections.abc import Iterable, Iterator
from datetime import datetime

from emulator.entra.chains import chain_leaf
from emulator.entra.endpoint import Endpoint
from emulator.entra.jwt import Unverified, is_signed_by
from emulator.entra.refusals import Code, Refusal
from emulator.entra.registered import Registered, registered
from emulator.entra.request import Asked
from emulator.entra.validity import time_refusal

_ALGORITHMS = ("PS256", "RS256")
_GUIDE = (
    "Review the documentation at "
    "https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."
)


def certificate_refusal(
    asked: Asked, assertion: Unverified, endpoint: Endpoint, *, now: datetime
) -> Refusal | None:
    """Return why *assertion* proves nothing, or `None` where it proves the application."""
    client_id = asked.application.client_id
    algorithm = assertion.header_text("alg")
    if algorithm not in _ALGORITHMS:
        return unsupported_algorithm(algorithm, _ALGORITHMS)
    if not assertion.text("iss").lower() == assertion.text("sub").lower() == client_id:
        return Refusal(
            Code.ASSERTION_NOT_OF_CLIENT,
            "Client assertion application identifier doesn't match 'client_id' parameter. "
            + _GUIDE,
        )
    return (
        _key_refusal(asked, assertion, algorithm, now=now)
        or _audience_refusal(asked, assertion, endpoint)
        or time_refusal(assertion, now=now)
    )


def unsupported_algorithm(algorithm: str, supported: Iterable[str]) -> Refusal:
    """Return the refusal of an assertion signed by another algorithm than the *supported*."""
    return Refusal(
        Code.UNSUPPORTED_ALGORITHM,
        f"Invalid JWT token. '{algorithm}' is not a supported signature algorithm. Supported "
        f"signing algorithms are: '{', '.join(supported)}'.",
    )


def _key_refusal(
    asked: Asked, assertion: Unverified, algorithm: str, *, now: datetime
) -> Refusal | None:
    found, shown = _named_by(assertion, asked.application.certificates)
    named = found or chain_leaf(assertion, asked.application)
    if isinstance(named, Refusal):
        return named
    if named is None:
        return _bad_key("The key was not found", shown)
    its = named.certificate
    told = (
        f", Found key 'Start={its.not_valid_before_utc:%m/%d/%Y %H:%M:%S}, "
        f"End={its.not_valid_after_utc:%m/%d/%Y %H:%M:%S}'"
    )
    if not named.is_valid(now):
        return _bad_key("The key used is expired", shown, told)
    if named.key is None or not is_signed_by(assertion, named.key, algorithm=algorithm):
        reason = "The key was found, but use of the key to verify the signature failed"
        return _bad_key(reason, shown, told)
    return None


def _bad_key(reason: str, thumbprint: str, found: str = "") -> Refusal:
    return Refusal(
        Code.BAD_CERTIFICATE_ASSERTION,
        f"Client assertion contains an invalid signature. [Reason - {reason}., Thumbprint of key "
        f"used by client: '{thumbprint}'{found}] The certificate must be registered on the "
        f"application that sends the assertion. {_GUIDE}",
    )


def _named_by(assertion: Unverified, pems: Iterable[str]) -> tuple[Registered | None, str]:
    """Return the certificate that the header's thumbprint means, and the thumbprint to show."""
    sha256, sha1 = _raw(assertion.header_text("x5t#S256")), _raw(assertion.header_text("x5t"))
    for each in map(registered, pems):
        if sha256 and each.sha256 == sha256:
            return each, sha256.hex().upper()
        if sha1 and not sha256 and each.sha1 == sha1:
            return each, sha1.hex().upper()
    return None, (sha256 or sha1).hex().upper()


def _raw(thumbprint: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(thumbprint + "=" * (-len(thumbprint) % 4))
    except ValueError:
        return b""


def _audience_refusal(asked: Asked, assertion: Unverified, endpoint: Endpoint) -> Refusal | None:
    accepted = set(_audiences(asked, endpoint))
    if [each for each in assertion.audiences if each.lower() in accepted]:
        return None
    return Refusal(
        Code.WRONG_ASSERTION_AUDIENCE,
        f"Client assertion audience claim does not match Realm issuer. {_GUIDE}",
    )


def _audiences(asked: Asked, endpoint: Endpoint) -> Iterator[str]:
    for name in {endpoint.tenant_name, asked.tenant.id, *asked.tenant.domains}:
        realm = f"{endpoint.authority}/{name}".lower()
        yield from (f"{realm}/oauth2/v2.0/token", f"{realm}/oauth2/token", f"{realm}/v2.0")
