"""Is this certificate trusted by its subject and by who issued it?  Pure.

"Subject name and issuer" authentication: the assertion brings its chain (`x5c`), and the
application trusts any certificate of that name from that authority, so that a renewed one needs no
registration.  Only a chain of leaf and authority is understood here.
"""

import base64
from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from emulator.applications import Application, SubjectName
from emulator.entra.jwt import Unverified
from emulator.entra.refusals import Code, Refusal
from emulator.entra.registered import Registered, registered, registered_as


def chain_leaf(assertion: Unverified, application: Application) -> Registered | Refusal | None:
    """Return the leaf that the assertion's chain vouches for.

    `None` where no chain was sent, or the application trusts none; a refusal where it trusts the
    authority but not the subject.
    """
    leaf = _leaf(assertion)
    if leaf is None or not application.subject_names:
        return None
    from_there = [each for each in application.subject_names if _issued(each, leaf)]
    if any(each.subject in _names(leaf) for each in from_there):
        return registered_as(leaf)
    shown = ", ".join(dict.fromkeys(_names(leaf)))
    return Refusal(
        Code.SUBJECT_NOT_AUTHORIZED,
        "Invalid certificate - the certificate's issuer or subject name isn't authorized. "
        f"SubjectNames/SubjectAlternativeNames (up to 10) in token certificate are: {shown}.",
    )


def _leaf(assertion: Unverified) -> x509.Certificate | None:
    chain = assertion.header.get("x5c")
    first = chain[0] if isinstance(chain, list) and chain else None
    if not isinstance(first, str):
        return None
    try:
        return x509.load_der_x509_certificate(base64.b64decode(first, validate=True))
    except ValueError:
        return None


def _issued(trusted: SubjectName, leaf: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(registered(trusted.issuer).certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _names(leaf: x509.Certificate) -> Iterator[str]:
    for attribute in leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME):
        yield str(attribute.value)
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return
    yield from found.value.get_values_for_type(x509.DNSName)
