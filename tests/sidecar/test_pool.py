"""Attempts that hang hold up no other, without a thread for each target."""

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Event

import pytest

from sidecar.refresh.pool import Pool
from sidecar.testing import until


@pytest.fixture
def gate() -> Iterator[Event]:
    """What hanging work waits for; it is opened at the end in any case."""
    gate = Event()
    yield gate
    gate.set()


def _pool(inbox: "SimpleQueue[int | BaseException]", *, most: int) -> Pool[int]:
    return Pool(2, inbox.put, most=most, patience=0.02, linger=0.05)


def test_work_is_done_while_more_hangs_than_the_pool_has_threads(gate: Event) -> None:
    """Fifty targets hang at once, and the fifty-first is served."""
    inbox: SimpleQueue[int | BaseException] = SimpleQueue()
    pool = _pool(inbox, most=51)
    for _ in range(50):
        pool.start(lambda: int(gate.wait()))
    pool.start(lambda: 7)
    assert inbox.get(timeout=20) == 7
    gate.set()
    assert [inbox.get(timeout=20) for _ in range(50)] == [1] * 50


def test_further_threads_end_when_nothing_hangs_any_more(gate: Event) -> None:
    """The pool is as small as it was."""
    inbox: SimpleQueue[int | BaseException] = SimpleQueue()
    pool = _pool(inbox, most=20)
    for _ in range(20):
        pool.start(lambda: int(gate.wait()))
    until(lambda: pool.threads == 20, "the growth")
    gate.set()
    until(lambda: pool.threads == 2, "the shrinking")
    pool.start(lambda: 3)
    assert 3 in [inbox.get(timeout=20) for _ in range(21)]


def test_quick_work_needs_no_further_thread() -> None:
    """Two hundred quick attempts at once are served by the few."""
    inbox: SimpleQueue[int | BaseException] = SimpleQueue()
    pool = Pool(2, inbox.put, most=200)
    for number in range(200):
        pool.start(lambda it=number: it)  # type: ignore[misc]  # mypy cannot infer a default
    found = sorted(each for _ in range(200) if isinstance(each := inbox.get(timeout=20), int))
    assert found == list(range(200))
    assert pool.threads <= 4


def test_a_closed_pool_has_no_threads_left() -> None:
    """What was put in before is still done."""
    inbox: SimpleQueue[int | BaseException] = SimpleQueue()
    pool = _pool(inbox, most=4)
    pool.start(lambda: 1)
    pool.close()
    assert inbox.get(timeout=20) == 1
    until(lambda: pool.threads == 0, "the end of the threads")
