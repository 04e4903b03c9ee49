"""Is this one of the application's secrets?  Pure."""

import hmac
from datetime import datetime

from emulator.applications import Application
from emulator.entra.refusals import Code, Refusal


def secret_refusal(application: Application, secret: str, *, now: datetime) -> Refusal | None:
    """Return why *secret* proves nothing, or `None` where it proves the application."""
    sent = secret.encode()
    fitting = [
        each
        for each in application.secrets
        if hmac.compare_digest(each.value.get_secret_value().encode(), sent)
    ]
    if not fitting:
        return Refusal(
            Code.BAD_SECRET,
            "Invalid client secret provided. Ensure the secret being sent in the request is the "
            "client secret value, not the client secret ID, for a secret added to app "
            f"'{application.client_id}'.",
        )
    if all(each.is_expired(now) for each in fitting):
        return Refusal(
            Code.SECRET_EXPIRED,
            f"The provided client secret keys for app '{application.client_id}' are expired. Visit "
            "the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or "
            "consider using certificate credentials for added security: "
            "https://aka.ms/certCreds.",
        )
    return None
