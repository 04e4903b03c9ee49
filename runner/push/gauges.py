"""What a Pushgateway is told of a run: gauges of the job's last run, true until the next one."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Gauge

from contract.exitcodes import ExitCode
from contract.runrecord import Result

_Sample = tuple[str, str, float]


def registry_of(result: Result) -> CollectorRegistry:
    """Return the gauges of one run, without labels: the grouping key says whose they are.

    The time of the last success is there only after a success, so that adding them to a gateway
    leaves the earlier one where it was.  Nothing is a counter: a gateway does not add up.
    """
    registry = CollectorRegistry()
    for name, text, value in _samples(result):
        Gauge(f"exo_job_{name}", text, registry=registry).set(value)
    return registry


def _samples(result: Result) -> Iterator[_Sample]:
    end = result.finished_at.timestamp()
    is_success = result.exit_code is ExitCode.OK
    yield "last_start_timestamp_seconds", "When the last run began.", result.started_at.timestamp()
    yield "last_completion_timestamp_seconds", "When the last run ended.", end
    if is_success:
        yield "last_success_timestamp_seconds", "When a run last ended well.", end
    yield "last_run_successful", "Whether the last run ended well.", float(is_success)
    yield "last_exit_code", "The exit code of the last run.", result.exit_code
    yield "last_duration_seconds", "How long the last run took.", result.duration_seconds
    counts = result.counts
    yield "last_records", "Objects that the last run's script put out.", counts.get("output", 0)
    yield "last_errors", "Errors that the last run's script wrote.", counts.get("error", 0)
    yield "last_masked_secrets", "Secrets masked in what the last run said.", result.masked
    if result.items is not None:
        lost = result.items.get("failed", 0) + result.items.get("unreported", 0)
        yield "last_items_failed", "Items that the last run did not get done.", lost
    if result.token.remaining_seconds is not None:
        left = result.token.remaining_seconds
        yield "last_token_remaining_seconds", "What the token still had to live at the end.", left
