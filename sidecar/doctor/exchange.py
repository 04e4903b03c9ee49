"""One harmless call to Exchange: the name of the organization, as any role may read it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests

from sidecar.config.targets import Target
from sidecar.entra.answers import json_object
from sidecar.entra.deadline import CuttableAdapter
from sidecar.entra.trust import context_for

_MOST = 4000  # characters of an answer that are looked at for a known message
_BODY = json.dumps({"CmdletInput": {"CmdletName": "Get-OrganizationConfig", "Parameters": {}}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What Exchange answered."""

    status: int
    message: str = field(repr=False)
    """The start of the body: for known messages to be found in, not to be shown."""
    organization: str | None


def call(
    target: Target, token: str, *, tenant_id: str, ca_file: Path | None, timeout: float
) -> Said:
    """Run Get-OrganizationConfig in the organization of *target*.  Follows one redirect at most.

    Raises:
        requests.RequestException: no answer, or not in time.
    """
    base = target.connection_uri or target.audience
    origin = f"https://{urlsplit(base).netloc}"
    path = f"/adminapi/beta/{tenant_id}/InvokeCommand?$select=Name"
    with requests.Session() as session:
        session.trust_env = False
        session.proxies.update(requests.utils.get_environ_proxies(origin))
        session.mount("https://", CuttableAdapter(context_for(ca_file)))
        answer = session.post(
            origin + path,
            data=_BODY,
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "X-CmdletName": "Get-OrganizationConfig",
                "X-AnchorMailbox": f"UPN:OAuthUser@{target.organization}",
            },
            timeout=timeout,
            allow_redirects=False,  # a token goes to nobody but the host that was named
        )
    return Said(
        status=answer.status_code,
        message=answer.text[:_MOST],
        organization=_organization(answer.text),
    )


def _organization(body: str) -> str | None:
    rows = (json_object(body) or {}).get("value")
    if isinstance(rows, list) and rows and isinstance(rows[0], dict):
        name = rows[0].get("Name")
        return name if isinstance(name, str) else None
    return None
