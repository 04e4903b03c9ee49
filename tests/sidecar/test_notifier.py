"""Renewals are told to a webhook and to whoever watches a file; renewal never waits for it."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from sidecar.moment import Moment
from sidecar.observe.events import NotificationFailed, NotificationSent, Notified, TokenPublished
from sidecar.observe.listeners import listeners_of
from sidecar.observe.notifier import Notifier, NotifyError
from sidecar.testing import running, until

FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Configure = Callable[..., Path]


@dataclass(slots=True)
class Hook:
    """A web server that remembers what it was told."""

    address: str = ""
    bodies: list[dict[str, object]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """What to answer, one after another; 204 when there is none left."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook on loopback."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            hook.bodies.append(json.loads(self.rfile.read(length)))
            self.send_response(hook.statuses.pop(0) if hook.statuses else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    hook.address = f"http://127.0.0.1:{server.server_port}/renewed"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield hook
    server.shutdown()
    server.server_close()
    thread.join()


def _configured(configure: Configure, notify: str) -> Path:
    config = configure(a=FEDERATED)
    config.write_text(f"{config.read_text()}\nnotify: {notify}\n")
    return config


def test_a_webhook_and_a_file_learn_of_every_renewal(
    configure: Configure, tmp_path: Path, hook: Hook
) -> None:
    """The POST says which token it is and never the token; the file's time moves; both count."""
    touched = tmp_path / "renewed"
    config = _configured(configure, f"{{webhook: '{hook.address}', touchFile: '{touched}'}}")
    with running(config, tmp_path, {"HTTP_PROXY": "http://127.0.0.1:1"}) as sidecar:
        until(lambda: len(hook.bodies) >= 2)
        sent = 'exo_token_notifications_total{target="a/exchange"}'
        until(lambda: (sidecar.sample(sent) or 0) >= 4)
        (published, *_) = sidecar.events("token.published")
        metrics = sidecar.get("/metrics")[1]
    assert [each["sequence"] for each in hook.bodies[:2]] == [1, 2]
    assert hook.bodies[0].keys() == {"target", "sequence", "acquired_at", "expires_at"}
    assert hook.bodies[0]["target"] == published["target"]
    assert 'exo_token_notification_failures_total{target="a/exchange"} 0.0' in metrics
    assert touched.exists()


def test_a_deaf_webhook_is_tried_again_and_holds_up_nothing(
    configure: Configure, tmp_path: Path, hook: Hook
) -> None:
    """It answers 503 once and a redirect once: told in the log, counted, and then it knows."""
    hook.statuses += [503, 302]
    config = _configured(configure, f"{{webhook: '{hook.address}'}}")
    with running(config, tmp_path) as sidecar:
        until(lambda: sidecar.events("notification.failed"))
        (failed, *_) = sidecar.events("notification.failed")
        assert (failed["listener"], failed["target"]) == ("webhook", "a/exchange")
        assert str(failed["problem"]).endswith("answered 503")
        until(lambda: sidecar.sample('exo_token_notifications_total{target="a/exchange"}'))
        until(lambda: len(sidecar.events("token.published")) >= 2)
        assert sidecar.events("refresh.failed") == []


@dataclass(slots=True)
class Ear:
    """A listener that is deaf at first, on a clock that moves only when it waits."""

    deaf: int
    heard: list[int] = field(default_factory=list)
    tries: list[float] = field(default_factory=list)
    reports: list[Notified] = field(default_factory=list)
    steady: float = 0.0
    coming: list[tuple[float, TokenPublished]] = field(default_factory=list)

    def __call__(self, notice: TokenPublished) -> None:
        """Hear it, or not."""
        self.tries.append(self.steady)
        if len(self.tries) <= self.deaf:
            raise NotifyError("deaf")
        self.heard.append(notice.sequence)

    def read(self) -> Moment:
        """Return the present moment."""
        return Moment(wall=NOON + timedelta(seconds=self.steady), steady=self.steady)

    def wait(self, seconds: float) -> TokenPublished | None:
        """Advance to the next renewal, or by *seconds*."""
        if self.coming and self.coming[0][0] <= self.steady + seconds:
            self.steady, notice = self.coming.pop(0)
            return notice
        self.steady += seconds
        return None

    def listen(self, *coming: tuple[float, int], until: float) -> None:
        """Let renewals come at these seconds with these numbers."""
        self.coming = [(at, _notice(number)) for at, number in coming]
        notifier = Notifier(clock=self, report=self.reports.append, chance=lambda: 0.99)
        notifier.listeners = {"ear": self}
        while self.steady < until:
            notifier.turn()


def _notice(sequence: int) -> TokenPublished:
    end = NOON + timedelta(hours=1)
    return TokenPublished(
        target="a/x", acquired_at=NOON, expires_at=end, sequence=sequence, seconds=0.1
    )


def test_tries_come_apart_further_and_further() -> None:
    """One second, two, four: up to a minute."""
    ear = Ear(deaf=9)
    ear.listen((0, 1), until=400)
    pauses = [round(b - a) for a, b in zip(ear.tries, ear.tries[1:], strict=False)]
    assert pauses == [1, 2, 4, 8, 16, 32, 59, 59, 59]
    assert ear.heard == [1]
    failed = [each for each in ear.reports if isinstance(each, NotificationFailed)]
    assert (len(failed), ear.reports[-1]) == (9, NotificationSent(target="a/x", listener="ear"))


def test_a_newer_token_takes_the_place_of_one_that_was_never_told() -> None:
    """Only the last renewal matters to whoever reads the file."""
    ear = Ear(deaf=3)
    ear.listen((0, 1), (5, 2), until=100)
    assert ear.heard == [2]


def test_a_listener_that_is_no_longer_named_is_forgotten() -> None:
    """After a reload, what was pending for it is dropped."""
    ear = Ear(deaf=1)
    ear.coming = [(0.0, _notice(1))]
    notifier = Notifier(clock=ear, report=ear.reports.append, chance=lambda: 0.5)
    notifier.listeners = {"ear": ear}
    notifier.turn()
    notifier.listeners = {}
    notifier.turn()
    notifier.turn()
    assert (len(ear.tries), ear.heard) == (1, [])


def test_a_file_that_cannot_be_touched_is_told(tmp_path: Path) -> None:
    """The folder is not there: the file is named."""
    (touch,) = listeners_of(None, tmp_path / "nowhere" / "file").values()
    with pytest.raises(NotifyError, match="cannot be touched: No such file"):
        touch(_notice(1))


def test_touching_moves_the_time_of_a_file_that_is_there(tmp_path: Path) -> None:
    """Its bytes stay as they are."""
    file = tmp_path / "file"
    file.write_text("x")
    os.utime(file, (1, 1))
    (touch,) = listeners_of(None, file).values()
    touch(_notice(1))
    assert file.stat().st_mtime > 1
    assert file.read_text() == "x"


def test_nobody_at_the_webhook_is_told() -> None:
    """Refused connections are a failure like any other."""
    (post,) = listeners_of("http://127.0.0.1:1/", None).values()
    with pytest.raises(NotifyError, match="does not answer"):
        post(_notice(1))
