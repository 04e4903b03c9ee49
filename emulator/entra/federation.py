"""Does another issuer vouch for this application?  Pure.

First the three claims are compared with the application's federated credentials, letter by
letter; only then is the issuer asked for its keys, so that nobody can make the server fetch an
address that no administrator wrote down.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from emulator.applications import LOCAL_ISSUER, FederatedCredential
from emulator.clouds import AUTHORITIES
from emulator.entra.certificates import unsupported_algorithm
from emulator.entra.jwt import Unverified, is_signed_by
from emulator.entra.refusals import Code, Refusal
from emulator.entra.request import Asked
from emulator.entra.validity import time_refusal

_ALGORITHM = "RS256"
_GUIDE = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"

Keys = Mapping[str, RSAPublicKey]
"""An issuer's signing keys by `kid`."""


def record_refusal(
    asked: Asked,
    assertion: Unverified,
    *,
    local_issuer: str,
    too_new: Collection[FederatedCredential] = (),
) -> Refusal | None:
    """Return why no federated credential fits *assertion*, or `None` where one does.

    Those that are *too_new* have not reached every server yet, and are as good as absent.
    """
    algorithm = assertion.header_text("alg")
    if algorithm != _ALGORITHM:
        return unsupported_algorithm(algorithm, (_ALGORITHM,))
    presented = (assertion.text("iss"), assertion.text("sub"), _only_audience(assertion))
    known = [each for each in asked.application.federated_credentials if each not in too_new]
    records = [_values(each, local_issuer) for each in known]
    if presented in records:
        return _user_token_refusal(assertion)
    if presented in [_values(each, local_issuer) for each in too_new]:
        return _no_match(presented)
    return _mismatch(presented, records)


def _user_token_refusal(assertion: Unverified) -> Refusal | None:
    """Refuse a token that another Entra tenant issued to a person: only applications may vouch."""
    issuers = [f"https://{host}/" for each in AUTHORITIES for host in each.hosts]
    issuers += [f"{each.sts}/" for each in AUTHORITIES]
    by_entra = assertion.text("iss").startswith(tuple(issuers))
    if not by_entra or assertion.text("idtyp") == "app":
        return None
    return Refusal(
        Code.NOT_AN_APP_TOKEN,
        "Only app tokens can be used as Federated Identity Credentials for AAD issuer.",
    )


def signature_refusal(assertion: Unverified, keys: Keys, *, now: datetime) -> Refusal | None:
    """Return why *keys*, the issuer's, do not prove *assertion*, or `None` where they do."""
    kid = assertion.header_text("kid")
    if kid not in keys:
        return _bad_signature(f"The key was not found, kid: '{kid}'")
    if not is_signed_by(assertion, keys[kid], algorithm=_ALGORITHM):
        return _bad_signature("The provided signature value did not match the expected one")
    return time_refusal(assertion, now=now)


def _only_audience(assertion: Unverified) -> str:
    audiences = assertion.audiences
    return audiences[0] if len(audiences) == 1 else ", ".join(audiences)


def _values(record: FederatedCredential, local_issuer: str) -> tuple[str, str, str]:
    issuer = local_issuer if record.issuer == LOCAL_ISSUER else record.issuer
    return issuer, record.subject, record.audience


def _mismatch(presented: tuple[str, str, str], records: list[tuple[str, str, str]]) -> Refusal:
    """Name the first claim that no record agrees with, as Entra's separate codes do."""
    issuer, subject, audience = presented
    if not records:
        return _no_match(presented)
    if _folded(presented) in map(_folded, records):
        # That the issuer's case has a number of its own is a guess.
        same_rest = [each for each in records if each[1:] == (subject, audience)]
        return _case(Code.FEDERATED_ISSUER_CASE if same_rest else Code.FEDERATED_CASE, subject)
    of_issuer = [each for each in records if each[0] == issuer]
    of_subject = [each for each in of_issuer if each[1] == subject]
    if not of_issuer:
        return _no_record(Code.FEDERATED_ISSUER, "issuer", issuer)
    if not of_subject:
        return _no_record(Code.FEDERATED_SUBJECT, "subject", subject)
    return _no_record(Code.FEDERATED_AUDIENCE, "audience", audience)


def _no_match(presented: tuple[str, str, str]) -> Refusal:
    issuer, subject, audience = presented
    return Refusal(
        Code.NO_FEDERATED_RECORD,
        "No matching federated identity record found for presented assertion. Assertion "
        f"Issuer: '{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: "
        f"'{audience}'. {_GUIDE}",
    )


def _case(code: Code, subject: str) -> Refusal:
    return Refusal(
        code,
        f"No matching federated identity record found for presented assertion subject "
        f"'{subject}'. The subject matches with case-insensitive comparison, but not with "
        "case-sensitive comparison. Check your federated identity credential Subject, Audience "
        f"and Issuer against the presented assertion. {_GUIDE}",
    )


def _folded(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.casefold() for value in values)


def _no_record(code: Code, claim: str, value: str) -> Refusal:
    return Refusal(
        code,
        f"No matching federated identity record found for presented assertion {claim} '{value}'. "
        f"Check your federated identity credential Subject, Audience and Issuer against the "
        f"presented assertion. {_GUIDE}",
    )


def _bad_signature(reason: str) -> Refusal:
    return Refusal(
        Code.ASSERTION_REFUSED, f"Assertion failed signature validation. [Reason - {reason}.]"
    )
