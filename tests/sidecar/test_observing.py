"""What metrics, health and log make of events."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from contract.logline import LogLine
from contract.masking import Masker
from sidecar.config.targets import Target
from sidecar.credentials.kinds import CredentialKind
from sidecar.entra.failures import CLASSES, Failure, Reason
from sidecar.observe.events import (
    Beat,
    ClockJumped,
    CredentialReloaded,
    CredentialUsed,
    Event,
    NextRefresh,
    RefreshFailed,
    RefreshStarted,
    TokenIgnored,
    TokenKept,
    TokenPublished,
    to_all,
)
from sidecar.observe.health import Health
from sidecar.observe.journal import log_event
from sidecar.observe.metrics import Metrics
from sidecar.refresh.agenda import Due, Standing
from sidecar.refresh.once import exit_code_of, is_settled

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAME = "a/exchange"
STAMP = NOON.timestamp()

PUBLISHED = TokenPublished(
    target=NAME, acquired_at=NOON, expires_at=NOON + HOUR, sequence=3, seconds=0.2
)
KEPT = TokenKept(target=NAME, acquired_at=NOON, expires_at=NOON + HOUR, sequence=2)
FAILED = RefreshFailed(
    target=NAME,
    at=NOON,
    failure=Failure(
        reason=Reason.THROTTLED,
        summary="Entra answered 429",
        remedy="Wait.",
        status=429,
        retry_after=timedelta(seconds=7),
    ),
    attempts=4,
    seconds=1.0,
)
UNWRITTEN = replace(FAILED, failure=Failure(reason=Reason.WRITE, summary="full", remedy="r"))
CERTIFICATE = CredentialKind.CERTIFICATE


def _target(connection: str, resource: str) -> Target:
    return Target(
        connection=connection,
        resource=resource,
        tenant_id="t",
        organization="o.onmicrosoft.com",
        client_id="c",
        environment="worldwide",
        authority="https://login.example",
        scope="https://x/.default",
    )


def _sampled(*events: Event) -> CollectorRegistry:
    registry = CollectorRegistry()
    targets = dict.fromkeys((_target("a", "exchange"), _target("b", "graph")), CERTIFICATE)
    metrics = Metrics(registry, version="1", revision="r")
    metrics.watch(targets)
    for event in events:
        metrics(event)
    return registry


@pytest.mark.parametrize(
    ("events", "series", "labels", "value"),
    [
        pytest.param([PUBLISHED], "expiration_timestamp_seconds", {}, STAMP + 3600, id="expiry"),
        pytest.param([PUBLISHED], "issued_timestamp_seconds", {}, STAMP, id="issued"),
        pytest.param([KEPT], "expiration_timestamp_seconds", {}, STAMP + 3600, id="kept expiry"),
        pytest.param([KEPT], "file_writes_total", {}, 0, id="a kept token is not written"),
        pytest.param([PUBLISHED], "file_writes_total", {}, 1, id="written"),
        pytest.param([PUBLISHED], "sequence", {}, 3, id="sequence"),
        pytest.param([PUBLISHED], "refresh_duration_seconds_count", {}, 1, id="duration"),
        pytest.param(
            [PUBLISHED], "refresh_last_success_timestamp_seconds", {}, STAMP, id="last success"
        ),
        pytest.param(
            [RefreshStarted(target=NAME, at=NOON)], "refresh_attempts_total", {}, 1, id="attempts"
        ),
        pytest.param(
            [RefreshStarted(target=NAME, at=NOON)],
            *("refresh_last_attempt_timestamp_seconds", {}, STAMP),
            id="last attempt",
        ),
        pytest.param(
            [NextRefresh(target=NAME, at=NOON)],
            *("next_refresh_timestamp_seconds", {}, STAMP),
            id="next",
        ),
        pytest.param(
            [FAILED], "refresh_failures_total", {"reason": "throttled"}, 1, id="failures by reason"
        ),
        pytest.param(
            [FAILED], "refresh_failures_total", {"reason": "config"}, 0, id="other reasons are 0"
        ),
        pytest.param([FAILED], "refresh_consecutive_failures", {}, 4, id="in a row"),
        pytest.param([FAILED], "throttled_until_timestamp_seconds", {}, STAMP + 7, id="throttled"),
        pytest.param(
            [FAILED, PUBLISHED],
            "throttled_until_timestamp_seconds",
            {},
            0,
            id="no longer throttled",
        ),
        pytest.param([FAILED, PUBLISHED], "refresh_consecutive_failures", {}, 0, id="row ended"),
        pytest.param([UNWRITTEN], "file_write_failures_total", {}, 1, id="write failures"),
        pytest.param(
            [CredentialUsed(target=NAME, kind=CERTIFICATE, expires_at=NOON)],
            *("credential_expiration_timestamp_seconds", {"kind": "certificate"}, STAMP),
            id="credential expiry",
        ),
        pytest.param(
            [CredentialReloaded(target=NAME, kind=CERTIFICATE, problem=None)],
            *("credential_reloads_total", {"kind": "certificate"}, 1),
            id="reload",
        ),
        pytest.param(
            [CredentialReloaded(target=NAME, kind=CERTIFICATE, problem="x")],
            *("credential_reload_failures_total", {"kind": "certificate"}, 1),
            id="failed reload",
        ),
    ],
)
def test_each_event_moves_its_series(
    events: list[Event], series: str, labels: dict[str, str], value: float
) -> None:
    """The series of one target moves, and no other target's."""
    registry = _sampled(*events)
    assert registry.get_sample_value(f"exo_token_{series}", {"target": NAME, **labels}) == value
    other = registry.get_sample_value(f"exo_token_{series}", {"target": "b/graph", **labels})
    assert other in {None, 0}


def test_an_expiry_that_is_not_known_is_absent_and_every_counter_is_zero() -> None:
    """An alert must neither fire on 1970 nor miss the first failure."""
    registry = _sampled()
    labels = {"target": NAME}
    assert registry.get_sample_value("exo_token_expiration_timestamp_seconds", labels) is None
    for reason in Reason:
        wanted = {**labels, "reason": reason.value}
        assert registry.get_sample_value("exo_token_refresh_failures_total", wanted) == 0


def test_the_exposition_is_valid_openmetrics_without_created_series() -> None:
    """A parser of the format finds nothing wrong."""
    registry = _sampled(PUBLISHED, FAILED, UNWRITTEN)
    text = generate_openmetrics(registry).decode()  # type: ignore[no-untyped-call]  # untyped there
    families = list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]  # as above
    assert {family.name for family in families} >= {"exo_token_file_writes", "exo_token_build_info"}
    assert all(family.name.startswith("exo_token_") for family in families)
    assert b"_created" not in generate_latest(registry)


def test_a_target_is_described_once() -> None:
    """A join brings tenant and application to any other series."""
    labels = {"tenant_id": "t", "client_id": "c", "scope": "https://x/.default"}
    found = _sampled().get_sample_value(
        "exo_token_target_info", {"target": NAME, "credential": "certificate", **labels}
    )
    assert found == 1


def _health(*events: Event) -> Health:
    health = Health(steady=100.0)
    health.watch([NAME, "b/graph"])
    for event in [*events, replace(PUBLISHED, target="b/graph")]:
        health(event)
    return health


@pytest.mark.parametrize(
    ("events", "after", "why"),
    [
        pytest.param([PUBLISHED], timedelta(), None, id="written"),
        pytest.param([KEPT], timedelta(), None, id="kept"),
        pytest.param([PUBLISHED, FAILED], timedelta(), None, id="failing, but the token is good"),
        pytest.param([], timedelta(), "not yet written", id="nothing yet"),
        pytest.param(
            [FAILED],
            timedelta(),
            "not yet written; last failure throttled: Entra answered 429",
            id="nothing but failures",
        ),
        pytest.param(
            [PUBLISHED], HOUR, "expired at 2026-03-01T13:00:00+00:00", id="expired this moment"
        ),
    ],
)
def test_readiness_is_whether_every_token_is_good_now(
    events: list[Event], after: timedelta, why: str | None
) -> None:
    """Failing is not yet unready; expired or never written is."""
    health = _health(*events)
    found = [line for line in health.unready(now=NOON + after) if line.startswith(NAME)]
    assert found == ([] if why is None else [f"{NAME}: {why}"])


def test_started_stays_started() -> None:
    """The startup probe asks only whether every file was there once."""
    assert _health().unstarted() == [f"{NAME}: not yet written"]
    assert _health(PUBLISHED).unstarted() == []


def test_liveness_fails_only_when_the_loop_stands_still() -> None:
    """Two minutes without a turn of a loop that turns twice a minute."""
    health = _health(Beat(steady=100.0))
    assert health.stuck(steady=219.0) == []
    assert health.stuck(steady=221.5) == ["the loop has not turned for 122 s"]
    health(Beat(steady=221.0))
    assert health.stuck(steady=300.0) == []


@pytest.mark.parametrize(
    ("event", "level", "name"),
    [
        pytest.param(PUBLISHED, "info", "token.published", id="published"),
        pytest.param(KEPT, "info", "token.kept", id="kept"),
        pytest.param(
            TokenIgnored(target=NAME, problems=("x",)), "warning", "token.ignored", id="ignored"
        ),
        pytest.param(FAILED, "warning", "refresh.failed", id="failed"),
        pytest.param(
            CredentialReloaded(target=NAME, kind=CERTIFICATE, problem=None),
            *("info", "credential.reloaded"),
            id="reloaded",
        ),
        pytest.param(
            CredentialReloaded(target=NAME, kind=CERTIFICATE, problem="x"),
            *("error", "credential.reload_failed"),
            id="not reloaded",
        ),
        pytest.param(ClockJumped(seconds=60.04), "warning", "clock.jumped", id="jumped"),
        pytest.param(Beat(steady=1.0), None, None, id="a beat"),
        pytest.param(NextRefresh(target=NAME, at=NOON), None, None, id="the next"),
    ],
)
def test_the_log_has_a_line_for_what_a_person_wants_to_know(
    caplog: pytest.LogCaptureFixture, event: Event, level: str | None, name: str | None
) -> None:
    """Each at its level; what metrics tell better has no line."""
    with caplog.at_level(logging.INFO):
        log_event(event)
    lines = [json.loads(LogLine("sidecar", Masker()).format(each)) for each in caplog.records]
    assert [(line["level"], line["event"]) for line in lines] == ([(level, name)] if name else [])


def test_events_reach_every_listener_in_order() -> None:
    """One call tells all."""
    heard: list[object] = []
    to_all(heard.append, lambda event: heard.append((event, "second")))(PUBLISHED)
    assert heard == [PUBLISHED, (PUBLISHED, "second")]


def _standing(*, written: bool, reason: Reason | None = None) -> Standing:
    failure = Failure(reason=reason, summary="s", remedy="r") if reason else None
    return Standing(due=Due(steady=0), written=written, last_failure=failure)


DONE, OPEN = _standing(written=True), _standing(written=False)


@pytest.mark.parametrize(
    ("standings", "settled", "code"),
    [
        pytest.param([DONE, DONE], True, 0, id="all written"),
        pytest.param([DONE, OPEN], False, 75, id="one without an answer"),
        pytest.param(
            [DONE, _standing(written=False, reason=Reason.CONFIG)], True, 78, id="one hopeless"
        ),
        pytest.param(
            [DONE, _standing(written=False, reason=Reason.NETWORK)], False, 68, id="one may pass"
        ),
        pytest.param(
            [
                _standing(written=False, reason=Reason.NETWORK),
                _standing(written=False, reason=Reason.CREDENTIAL_REJECTED),
            ],
            *(False, 77),
            id="the gravest counts",
        ),
    ],
)
def test_once_ends_when_nothing_more_can_come_of_trying(
    standings: list[Standing], *, settled: bool, code: int
) -> None:
    """Written, or failed for good; the exit code is the gravest failure's."""
    by_name = {str(number): each for number, each in enumerate(standings)}
    assert is_settled(by_name) is settled
    assert exit_code_of(by_name) == code


@pytest.mark.parametrize("reason", Reason)
def test_each_class_has_its_own_code_in_once(reason: Reason) -> None:
    """A script around `once` can tell the eight apart."""
    by_name = {"x": _standing(written=False, reason=reason)}
    assert exit_code_of(by_name) == CLASSES[reason].exit_code
