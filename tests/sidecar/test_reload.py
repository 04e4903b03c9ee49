"""A running sidecar takes a changed configuration or refuses it, and ends with fresh tokens."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.volume import document_path, read
from emulator.testing import Emulator, Fault
from sidecar.config.watching import Sight
from sidecar.refresh.agenda import Due, Standing
from sidecar.testing import Sidecar, running, until

FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
TOKEN = "/oauth2/v2.0/token"
SUCCESSFUL = "exo_token_config_last_reload_successful"
Configure = Callable[..., Path]


def _hang_up(sidecar: Sidecar) -> None:
    sidecar.process.send_signal(signal.SIGHUP)


def test_a_changed_file_is_taken_without_being_told(
    folder: Path, configure: Configure, tmp_path: Path
) -> None:
    """A connection more: its token is written, metrics and probes know it, and nothing restarts."""
    with running(configure(a=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published", target="a/exchange"))
        before = sidecar.sample('exo_token_file_writes_total{target="a/exchange"}')
        configure(a=FEDERATED, b=FEDERATED)
        until(lambda: sidecar.events("token.published", target="b/exchange"))
        (reloaded,) = sidecar.events("config.reloaded")
        assert reloaded["targets"] == ["a/exchange", "b/exchange"]
        assert sidecar.sample(SUCCESSFUL) == 1
        assert sidecar.get("/readyz") == (200, "ok\n")
        after = sidecar.sample('exo_token_file_writes_total{target="a/exchange"}')
        assert before is not None
        assert after is not None
        assert after >= before
        assert sidecar.err.read_text() == ""
    assert read(document_path(folder / "tokens", "b", "exchange")).sequence >= 1


def test_a_target_that_is_gone_is_no_longer_asked_for_nor_shown(
    configure: Configure, tmp_path: Path
) -> None:
    """After SIGHUP, a removed connection has no series and no part in readiness."""
    with running(configure(a=FEDERATED, b=FEDERATED), tmp_path) as sidecar:
        until(lambda: len({each["target"] for each in sidecar.events("token.published")}) == 2)
        configure(a=FEDERATED)
        _hang_up(sidecar)
        until(lambda: sidecar.events("config.reloaded"))
        assert 'target="b/exchange"' not in sidecar.get("/metrics")[1]
        assert sidecar.get("/readyz")[0] == 200


def test_a_wrong_configuration_is_refused_and_the_old_one_goes_on(
    configure: Configure, tmp_path: Path
) -> None:
    """Every problem is told, the metric is 0, tokens are renewed; a right one is taken later."""
    config = configure(a=FEDERATED)
    right = config.read_text()
    with running(config, tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        assert sidecar.sample(SUCCESSFUL) == 1
        config.write_text(right + "\ncanary: 1\n")
        until(lambda: sidecar.events("config.refused"))
        (refused, *_) = sidecar.events("config.refused")
        assert [str(each).partition(": ")[2] for each in refused["problems"]] == [  # type: ignore[attr-defined]
            "canary: unknown key"
        ]
        assert sidecar.sample(SUCCESSFUL) == 0
        count = len(sidecar.events("token.published"))
        until(lambda: len(sidecar.events("token.published")) > count)
        config.write_text(right)
        until(lambda: sidecar.sample(SUCCESSFUL) == 1)


def test_the_servers_address_cannot_change_while_it_runs(
    configure: Configure, tmp_path: Path
) -> None:
    """The kubelet asks at the address that the pod was started with."""
    config = configure(a=FEDERATED)
    with running(config, tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        config.write_text(config.read_text().replace("{port: 0}", "{port: 1}"))
        _hang_up(sidecar)
        until(lambda: sidecar.events("config.refused"))
        (refused, *_) = sidecar.events("config.refused")
        assert refused["problems"] == ["server: cannot change while the sidecar runs; restart it"]


def test_a_pause_that_was_asked_for_outlives_a_reload(
    configure: Configure, tmp_path: Path, emulator: Emulator
) -> None:
    """Retry-After is not shortened by reading the configuration anew."""
    emulator.faults.add(Fault(path=TOKEN, status=429, headers={"Retry-After": "600"}, times=None))
    with running(configure(a=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("refresh.failed", reason="throttled"))
        _hang_up(sidecar)
        until(lambda: sidecar.events("config.reloaded"))
        time.sleep(1.5)  # longer than the floor between two attempts
        assert sidecar.sample('exo_token_refresh_attempts_total{target="a/exchange"}') == 1


def test_at_the_end_a_token_that_would_not_outlive_the_pod_is_renewed(
    folder: Path, configure: Configure, tmp_path: Path, emulator: Emulator
) -> None:
    """Tokens of twenty seconds, a grace period of thirty: SIGTERM brings one more, then exit 0."""
    emulator.set_token_lifetime(20)
    with running(configure(a=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        assert sidecar.stop() == 0
        assert len(sidecar.events("token.published")) == 2
    assert read(document_path(folder / "tokens", "a", "exchange")).sequence == 2


def test_at_the_end_a_token_that_lives_long_enough_is_left_alone(
    configure: Configure, tmp_path: Path, emulator: Emulator
) -> None:
    """An hour is longer than any grace period: nothing is asked."""
    emulator.set_token_lifetime(3600)
    with running(configure(a=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        assert sidecar.stop() == 0
        assert len(sidecar.events("token.published")) == 1


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT], ids=str)
def test_a_second_signal_ends_at_once(
    configure: Configure, tmp_path: Path, emulator: Emulator, second: signal.Signals
) -> None:
    """The last renewal hangs; who asks twice does not wait for it, and the code is still 0."""
    emulator.set_token_lifetime(20)
    with running(configure(a=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        emulator.faults.add(Fault(path=TOKEN, delay=15, times=None))
        attempts = 'exo_token_refresh_attempts_total{target="a/exchange"}'
        sidecar.process.send_signal(signal.SIGTERM)
        until(lambda: sidecar.sample(attempts) == 2)
        began = time.monotonic()
        assert sidecar.stop(second) == 0
        assert time.monotonic() - began < 4  # without it, the last renewal has ten seconds


def test_a_new_look_sees_other_bytes_and_nothing_else(tmp_path: Path) -> None:
    """A touched file has not changed; one that vanished is no change until it is back."""
    file = tmp_path / "config"
    file.write_text("a")
    sight = Sight(file)
    assert sight.has_changed()
    file.touch()
    assert not sight.has_changed()
    file.unlink()
    assert not sight.has_changed()
    file.write_text("a")
    assert not sight.has_changed()
    file.write_text("bc")
    assert sight.has_changed()


def test_what_a_target_went_through_is_carried_over() -> None:
    """Its failures, its last attempt and the number of its document outlive a reload."""
    before = Standing(due=Due(steady=50), sequence=7, failures=3, started=9.5)
    after = Standing(due=Due(steady=10), sequence=6).carried_from(before)
    assert (after.sequence, after.failures, after.due.steady) == (7, 3, 10)
    assert after.due.earliest == 10.5
