"""What it costs to replace a token file so that nothing can be torn or lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract import volume
from contract.token import TokenDocument
from tests.bench.conftest import ratio, seconds_of, spread

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 200
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOCUMENT = TokenDocument(
    connection="contoso",
    resource="exchange",
    audience="https://outlook.office365.com",
    tenant_id="11111111-1111-4111-8111-111111111111",
    organization="contoso.onmicrosoft.com",
    client_id="22222222-2222-4222-8222-222222222222",
    environment="worldwide",
    access_token="x" * 2000,
    acquired_at=NOON,
    expires_at=NOON + timedelta(hours=1),
    refresh_at=NOON + timedelta(minutes=30),
    sequence=1,
)


def test_a_published_document_reads_as_a_written_one(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, show: Callable[..., None]
) -> None:
    """On a disk and on a memory volume, as the pod has it: the same bytes, whatever it costs."""
    memory = Path("/dev/shm")  # the volume's own kind of file system
    places = {"disk": tmp_path}
    if memory.is_dir():
        places["memory"] = memory / tmp_path_factory.getbasetemp().name / tmp_path.name
        places["memory"].mkdir(parents=True)
    rows = [("volume", "plain write", "publish", "ratio")]
    for name, folder in places.items():
        plain = folder / "plain.json"
        naive, ours = [], []
        for _ in range(ROUNDS):
            naive.append(seconds_of(lambda p=plain: p.write_text(DOCUMENT.to_json())))
            ours.append(seconds_of(lambda f=folder: volume.publish(f, DOCUMENT)))
        published = volume.document_path(folder, "contoso", "exchange")
        assert published.read_bytes() == plain.read_bytes()
        written = [
            spread((1e6 * each for each in found), "µs", digits=0) for found in (naive, ours)
        ]
        rows.append((name, *written, ratio(ours, naive)))
        published.unlink()
        plain.unlink()
    show(f"Replacing a token file, {ROUNDS} rounds in turn", *rows)
