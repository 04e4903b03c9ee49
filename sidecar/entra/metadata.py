"""One request for a token of a managed identity, by msal: to the cloud's metadata service.

Kubernetes nodes have Azure's instance metadata service; where the variables of an App Service are
set, msal asks that one.  NOTE: Azure Arc, which answers 401 first, is not supported.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import msal
import requests

from sidecar.config.targets import Target
from sidecar.credentials.identities import ManagedIdentity
from sidecar.entra.answers import Answer, failure_of
from sidecar.entra.asking import Asked
from sidecar.entra.failures import Failure, Reason
from sidecar.entra.inspection import Grant, grant_of
from sidecar.entra.networkfailures import network_failure
from sidecar.entra.transport import Transport, UnexpectedAnswerError

_SERVICE = "the metadata service"
_BUSY = {404, 410, 429}
"""Statuses that Azure's documentation says to try again after, beside 5xx."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataService:
    """Asks for tokens of one managed identity."""

    identity: ManagedIdentity
    conceal: Callable[[str], None]
    """Told of every secret before it can be shown anywhere."""
    now: Callable[[], datetime]
    timeout: float
    """Seconds for the whole attempt."""

    def ask(self, target: Target) -> Asked:
        """Ask once for the token of *target*.  Never raises for what the other side does."""
        try:
            result: Grant | Failure = self._ask(target)
        except UnexpectedAnswerError as error:
            result = metadata_failure_of(error.answer, now=self.now())
        except requests.RequestException as error:
            failure = network_failure(error, _SERVICE)
            result = replace(failure, remedy="Run where Azure's metadata service can be reached.")
        except (
            ValueError,
            KeyError,
            TypeError,
            msal.managed_identity.ManagedIdentityError,
        ) as error:
            # What msal raises for an answer that it cannot use.  Its text may quote it.
            result = _senseless(type(error).__name__)
        return Asked(result=result, proof=None)

    def _ask(self, target: Target) -> Grant | Failure:
        # No proxy: the address is the machine's own, and what it answers is a token.
        with Transport(ca_file=None, timeout=self.timeout, proxies={}) as transport:
            client = msal.ManagedIdentityClient(_selector(self.identity), http_client=transport)
            answer = client.acquire_token_for_client(resource=target.audience)
        grant = grant_of(answer)
        if grant is None:
            return _senseless("no access_token")
        self.conceal(grant.access_token)
        return grant


def metadata_failure_of(answer: Answer, *, now: datetime) -> Failure:
    """Return what went wrong in *answer* of the metadata service."""
    failure = failure_of(answer, now=now)
    if answer.status in _BUSY or answer.status >= 500:
        reason = Reason.THROTTLED if answer.status == 429 else Reason.IDP_UNAVAILABLE
        remedy = "Nothing to fix here: the metadata service is asked again."
    else:
        reason = failure.reason
        remedy = (
            "Assign the managed identity to this node, and compare credential.managedIdentity with"
            " it."
        )
    summary = failure.summary.replace("Entra", _SERVICE, 1)
    return replace(failure, reason=reason, summary=summary, remedy=remedy)


def _selector(identity: ManagedIdentity) -> msal.managed_identity.ManagedIdentity:
    ids = {
        "client_id": identity.client_id,
        "object_id": identity.object_id,
        "resource_id": identity.resource_id,
    }
    named = {name: value for name, value in ids.items() if value is not None}
    return (
        msal.UserAssignedManagedIdentity(**named) if named else msal.SystemAssignedManagedIdentity()
    )


def _senseless(what: str) -> Failure:
    return Failure(
        reason=Reason.IDP_UNAVAILABLE,
        summary=f"the answer of the metadata service makes no sense ({what})",
        remedy="Check that nothing else listens at the metadata service's address.",
    )
