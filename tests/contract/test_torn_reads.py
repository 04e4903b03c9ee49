"""Readers of a file that is replaced all the time."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from contract.token import TokenDocument
from contract.volume import document_path, publish, read

READERS = 3
LIMIT = 200.0  # seconds for 100,000 reads, on a machine however busy; readers need some four


def _read_many(path: Path, wanted: int, over: Event) -> tuple[int, int]:
    """Read *wanted* times; return how many documents were seen, and how many different ones."""
    seen = set()
    for _ in range(wanted):
        document = read(path)  # raises if there is ever no whole document
        if len(document.access_token) != 2000 or len(set(document.access_token)) != 1:
            raise AssertionError(f"sequence {document.sequence} is a mixture")
        seen.add(document.sequence)
        if over.is_set():
            raise TimeoutError("too slow")
    return wanted, len(seen)


def _report(
    queue: "multiprocessing.SimpleQueue[object]", work: Callable[..., object], *a: object
) -> None:
    try:
        queue.put(work(*a))
    except Exception as error:  # noqa: BLE001 - told to the parent, which raises
        queue.put(f"{type(error).__name__}: {error}")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "reads", [100_000, pytest.param(1_000_000, marks=pytest.mark.bench)], ids="{:,} reads".format
)
def test_no_reader_ever_sees_a_torn_document(
    tmp_path: Path, document: TokenDocument, reads: int
) -> None:
    """So many reads by three processes, while the file is replaced without a pause."""

    def write(sequence: int) -> None:
        letter = "abcdefghij"[sequence % 10]
        publish(tmp_path, replace(document, access_token=letter * 2000, sequence=sequence))

    write(0)
    # Not fork: pytest's own threads and pipes must not be in the children.
    context = multiprocessing.get_context("spawn")
    over, reports = context.Event(), context.SimpleQueue()
    path = document_path(tmp_path, document.connection, document.resource)
    readers = [
        context.Process(
            target=_report, args=(reports, _read_many, path, -(-reads // READERS), over)
        )
        for _ in range(READERS)
    ]
    for reader in readers:
        reader.start()
    started, writes = time.monotonic(), 0
    while any(reader.is_alive() for reader in readers):
        writes += 1
        write(writes)
        if time.monotonic() - started > LIMIT * max(1, reads / 400_000):
            over.set()
    found = [reports.get() for _ in readers]
    assert all(isinstance(each, tuple) for each in found), found
    assert sum(count for count, _ in found) >= reads
    assert all(different > 10 for _, different in found), found
    assert writes > 100
