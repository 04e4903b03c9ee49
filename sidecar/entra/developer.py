"""One request for a token of whoever is signed in to a developer's tools, by azure-identity.

It is imported here alone and only when asked: it is an extra to install, and twenty MiB.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sidecar.config.targets import Target
from sidecar.entra.asking import Asked
from sidecar.entra.failures import Failure, Reason
from sidecar.entra.inspection import Grant

if TYPE_CHECKING:
    from azure.identity import ChainedTokenCredential

_SIGN_IN = (
    "Sign in with `az login`, `azd auth login` or Connect-AzAccount, as a user of the tenant."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeveloperTools:
    """Asks the Azure CLI, the Azure Developer CLI and Azure PowerShell, in this order."""

    conceal: Callable[[str], None]
    """Told of every secret before it can be shown anywhere."""
    now: Callable[[], datetime]
    timeout: float
    """Seconds for each of the tools."""

    def ask(self, target: Target) -> Asked:
        """Ask once for the token of *target*.  Never raises for what the tools do."""
        try:
            from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415 - see above
        except ImportError:
            return Asked(result=_not_installed(), proof=None)
        try:
            result: Grant | Failure = self._ask(target)
        except ClientAuthenticationError as error:
            # Its text is a line for each tool; what the tools printed may hold anything.
            result = _refused(type(error).__name__)
        return Asked(result=result, proof=None)

    def _ask(self, target: Target) -> Grant:
        granted = _chain(target.tenant_id, self.timeout).get_token(target.scope)
        self.conceal(granted.token)
        ends = datetime.fromtimestamp(granted.expires_on, UTC)
        left = max(timedelta(), ends - self.now())
        return Grant(access_token=granted.token, expires_in=left, refresh_in=None)


def _chain(tenant_id: str, timeout: float) -> "ChainedTokenCredential":
    from azure.identity import (  # noqa: PLC0415 - see the module's docstring
        AzureCliCredential,
        AzureDeveloperCliCredential,
        AzurePowerShellCredential,
        ChainedTokenCredential,
    )

    kinds = (AzureCliCredential, AzureDeveloperCliCredential, AzurePowerShellCredential)
    seconds = max(1, round(timeout))
    return ChainedTokenCredential(
        *(kind(tenant_id=tenant_id, process_timeout=seconds) for kind in kinds)
    )


def _not_installed() -> Failure:
    return Failure(
        reason=Reason.CONFIG,
        summary="azure-identity is not installed, and credential.developer needs it",
        remedy="Install it: pip install 'exo-jobs[developer]'.",
    )


def _refused(what: str) -> Failure:
    return Failure(
        reason=Reason.CREDENTIAL_REJECTED,
        summary=f"no developer tool gives a token ({what})",
        remedy=_SIGN_IN,
    )
