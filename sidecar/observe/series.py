"""The series of the sidecar: names, meanings, labels.  Pure.

They are API: alerts depend on them.  The prefix is `exo_token_`.
"""

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
GAUGES = {
    "expiration_timestamp_seconds": "When the token in the file expires.",
    "issued_timestamp_seconds": "When the token in the file was acquired.",
    "next_refresh_timestamp_seconds": "When the next attempt is due.",
    "refresh_last_success_timestamp_seconds": "When a token was last written.",
    "refresh_last_attempt_timestamp_seconds": "When Entra was last asked.",
    "refresh_consecutive_failures": "Failures since the last token.",
    "throttled_until_timestamp_seconds": "Until when Retry-After forbids to ask, or 0.",
    "sequence": "The number of the token in the file.",
    "credential_expiration_timestamp_seconds": "When the credential itself expires.",
}
COUNTERS = {
    "refresh_attempts": "Attempts to get a token.",
    "refresh_failures": "Attempts without a token.",
    "file_writes": "Token files replaced.",
    "file_write_failures": "Token files that could not be replaced.",
    "credential_reloads": "Changed credentials taken into use.",
    "credential_reload_failures": "Changed credentials that cannot be used.",
    "notifications": "Listeners told of a renewal.",
    "notification_failures": "Tries to tell a listener that failed.",
}
_FURTHER_LABELS = {
    "refresh_failures": ("reason",),
    "credential_expiration_timestamp_seconds": ("kind",),
    "credential_reloads": ("kind",),
    "credential_reload_failures": ("kind",),
}
PLAIN_COUNTERS = tuple(COUNTERS.keys() - _FURTHER_LABELS.keys())
INFO = ("target", "tenant_id", "client_id", "scope", "credential")


def labels_of(name: str) -> tuple[str, ...]:
    """Return the labels of a gauge or counter."""
    return ("target", *_FURTHER_LABELS.get(name, ()))
