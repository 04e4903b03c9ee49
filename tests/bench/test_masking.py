"""What masking costs as tokens are renewed."""

import base64
import json
import random
from collections.abc import Callable

import pytest

from contract.masking import Masker, _forms
from tests.bench.conftest import ratio, seconds_of, spread

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 5
LINES = [
    json.dumps(
        {
            "kind": "verbose",
            "time": "2026-01-01T00:00:00.000Z",
            "message": f"user{number}@contoso.com has {number} items in 3 folders",
        }
    )
    for number in range(300)
]
BATCH = json.dumps(
    [
        {
            "Identity": f"user{number}",
            "Guid": f"11111111-1111-4111-8111-{number:012}",
            "DistinguishedName": f"CN=user{number},OU=contoso.onmicrosoft.com,DC=EURPR01A001",
        }
        for number in range(500)
    ]
)


def _tokens(count: int) -> list[str]:
    chance = random.Random(7)  # noqa: S311 - sample data, the same in each run

    def part(size: int) -> str:
        return base64.urlsafe_b64encode(chance.randbytes(size)).decode().rstrip("=")

    head = part(80)  # the same as long as Entra signs with the same key
    return [f"eyJ{head}.eyJ{part(1200)}.{part(256)}" for _ in range(count)]


def _one_by_one(needles: tuple[str, ...], text: str) -> list[str]:
    return [needle for needle in needles if needle in text]


def test_clean_text_stays_as_it_is_for_any_number_of_tokens(show: Callable[..., None]) -> None:
    """The indexed search, beside looking for each form of each token in each text."""
    rows = [("tokens", "forms", "a line: one by one", "a line: masked", "ratio",
             "500 objects: one by one", "500 objects: masked", "ratio")]  # fmt: skip
    for count in (1, 10, 100):
        tokens, masker = _tokens(count), Masker()
        for token in tokens:
            masker.register(token)
        needles = tuple({form for token in tokens for form in _forms(token)})
        assert masker.mask(f"a {tokens[-1]} b") == "a *** b"
        assert [masker.mask(text) for text in (*LINES, BATCH)] == [*LINES, BATCH]
        row = [f"{count}", f"{len(needles):,}"]
        for texts in (LINES, [BATCH]):
            naive, ours = [], []
            for _ in range(ROUNDS):
                naive.append(seconds_of(lambda t=texts, n=needles: [_one_by_one(n, x) for x in t]))
                ours.append(seconds_of(lambda t=texts, m=masker: [m.mask(x) for x in t]))
            scale = 1e6 / len(texts)
            row += [spread((scale * each for each in found), "µs") for found in (naive, ours)]
            row.append(ratio(ours, naive))
        rows.append(tuple(row))
    show(f"Masking text without a secret, {ROUNDS} rounds in turn", *rows)
