"""One request for a token, by msal.

msal is built anew for each attempt: its token cache would give the old token back when the timer
asks for a new one, and its HTTP cache would replay an error for a minute without asking at all.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msal
import requests

from sidecar.config.targets import Target
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.proofs import Credential, Proof
from sidecar.entra.answers import Answer, failure_of
from sidecar.entra.failures import Failure, Reason
from sidecar.entra.inspection import Grant, grant_of
from sidecar.entra.networkfailures import network_failure
from sidecar.entra.transport import Transport, UnexpectedAnswerError
from sidecar.errors import CredentialError

_WORD = re.compile(r"[\w+=-]{12,}")  # what is shorter tells nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of one request; `proof` is `None` where it did not get so far."""

    result: Grant | Failure
    proof: Proof | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entra:
    """Asks Entra for tokens with one credential."""

    credential: Credential
    conceal: Callable[[str], None]
    """Told of every secret before it can be shown anywhere."""
    now: Callable[[], datetime]
    timeout: float
    """Seconds for the whole attempt."""
    proxies: Callable[[str], Mapping[str, str]]
    """Tells through which proxies an address is reached."""
    ca_file: Path | None = None

    def ask(self, target: Target) -> Asked:
        """Ask once for the token of *target*.  Never raises for what the other side does."""
        proofs: list[Proof] = []
        try:
            result: Grant | Failure = self._ask(target, proofs)
        except UnexpectedAnswerError as error:
            result = failure_of(self._concealed(error.answer, proofs), now=self.now())
        except CredentialError as error:
            result = _failure(Reason.CONFIG, str(error), "Mend the credential's files.")
        except requests.RequestException as error:
            result = network_failure(error, target.authority)
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            # What msal raises for a discovery document that it cannot use.  Its text may quote it.
            result = _failure(
                Reason.IDP_UNAVAILABLE,
                f"the answers of {target.authority} make no sense ({type(error).__name__})",
                "Check endpoints.authority and any proxy between here and Entra.",
            )
        return Asked(result=result, proof=proofs[-1] if proofs else None)

    def _ask(self, target: Target, proofs: list[Proof]) -> Grant | Failure:
        def assertion(context: Mapping[str, str]) -> str:
            proof = self.credential.prove(
                client_id=target.client_id, token_endpoint=context["token_endpoint"]
            )
            self.conceal(proof.assertion)
            proofs.append(proof)
            return proof.assertion

        with self._transport(target) as transport:
            application = msal.ConfidentialClientApplication(
                target.client_id,
                authority=f"{target.authority}/{target.tenant_id}",
                client_credential=self._shown(assertion),
                # The clouds' hosts are in our own table, and others are the operator's word.
                instance_discovery=False,
                http_client=transport,
            )
            try:
                application.acquire_token_for_client([target.scope])
            except (ValueError, KeyError, TypeError, RuntimeError):
                # What msal cannot put into its cache may still be a token; we check it ourselves.
                if transport.granted is None:
                    raise
            grant = grant_of(transport.granted or {})
        if grant is None:
            return failure_of(Answer(status=200, retry_after=None, body=""), now=self.now())
        self.conceal(grant.access_token)
        return grant

    def _shown(self, prove: Callable[[Mapping[str, str]], str]) -> object:
        """Return the credential in the form that msal takes."""
        if self.credential.kind is CredentialKind.CLIENT_SECRET:
            return prove({"token_endpoint": ""})  # it is the same wherever it is shown
        return {"client_assertion": prove}

    def _transport(self, target: Target) -> Transport:
        return Transport(
            ca_file=self.ca_file,
            timeout=self.timeout,
            proxies=self.proxies(target.authority),
        )

    def _concealed(self, answer: Answer, proofs: list[Proof]) -> Answer:
        # Before the text is cut for a log: half an assertion would not be recognised as one.
        shown = [proof.assertion for proof in proofs]

        def hidden(word: re.Match[str]) -> str:
            return "***" if any(word[0] in each for each in shown) else word[0]

        body = _WORD.sub(hidden, answer.body)
        for each in shown:  # a client secret may be of other characters
            body = body.replace(each, "***")
        return Answer(status=answer.status, retry_after=answer.retry_after, body=body)


def _failure(reason: Reason, summary: str, remedy: str) -> Failure:
    return Failure(reason=reason, summary=summary, remedy=remedy)
