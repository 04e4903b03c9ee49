"""Which parts of a text are a secret."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.masking import MASK, Masker, StreamMasker

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
PASSWORD = 'pä$$ "word"/with+all&of=it'


def _masker(*values: str) -> Masker:
    masker = Masker()
    for value in values:
        masker.register(value)
    return masker


def _longer(data: bytes, shift: int) -> str:
    return base64.b64encode(b"x" * shift + data + b"y" * 3).decode()


@pytest.mark.parametrize("secret", [TOKEN, PASSWORD, "canary-opaque-value-1234"])
@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda s: s, id="plain"),
        pytest.param(json.dumps, id="JSON, ASCII"),
        pytest.param(lambda s: json.dumps(s, ensure_ascii=False), id="JSON"),
        pytest.param(lambda s: quote(s, safe=""), id="URL"),
        pytest.param(lambda s: s.encode().hex(), id="hex"),
        pytest.param(lambda s: s.encode().hex().upper(), id="HEX"),
        pytest.param(lambda s: base64.b64encode(s.encode()).decode(), id="base64"),
        pytest.param(lambda s: base64.urlsafe_b64encode(s.encode()).decode(), id="base64url"),
        pytest.param(lambda s: _longer(s.encode(), 1), id="inside base64, shifted by 1"),
        pytest.param(lambda s: _longer(s.encode(), 2), id="inside base64, shifted by 2"),
        pytest.param(lambda s: _longer(s.encode("utf-16-le"), 1), id="inside an -EncodedCommand"),
    ],
)
def test_a_secret_is_found_in_each_form_it_may_take(secret: str, written: object) -> None:
    """Each way of writing a value that a program is likely to use is recognised."""
    form = written(secret)  # type: ignore[operator]  # a callable of the table
    masked = _masker(secret).mask(f"before {form} after")
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert MASK in masked
    assert len(masked) < len(form)


@pytest.mark.parametrize("part", TOKEN.split("."), ids=["header", "claims", "signature"])
def test_each_part_of_a_token_is_a_secret(part: str) -> None:
    """A log that shows a token's last part shows what makes it valid."""
    assert part not in _masker(TOKEN).mask(f"<{part}>")


def test_what_looks_like_a_signed_token_is_masked_unregistered() -> None:
    """Somebody else's token is not ours to print."""
    assert Masker().mask(f"Bearer {TOKEN}.") == f"Bearer {MASK}."


def test_short_values_are_not_searched() -> None:
    """A password of a letter would mask every word."""
    assert _masker("a", "abcdefg").mask("abcdefg banana") == "abcdefg banana"


def test_overlapping_secrets_leave_nothing_between() -> None:
    """Two secrets that share characters become one mask."""
    assert _masker("abcdefgh", "efghijkl").mask("-abcdefghijkl-") == f"-{MASK}-"


def test_values_in_a_structure_are_masked_keys_included() -> None:
    """JSON-like values keep their shape."""
    value = {"canary-value": ["canary-value", 7, None, {"k": ("x canary-value",)}]}
    assert _masker("canary-value").mask_value(value) == {
        MASK: [MASK, 7, None, {"k": [f"x {MASK}"]}]
    }


def test_every_mask_is_counted() -> None:
    """A run can report that something tried to print secrets."""
    masker = _masker("canary-value")
    masker.mask("canary-value, canary-value and nothing")
    masker.mask("clean")
    assert masker.hits == 2


def test_a_masker_that_keeps_a_few_forgets_the_oldest() -> None:
    """A process that renews for years searches only for what it may still print."""
    masker = Masker(keep=2)
    for value in ("canary-1-value", "canary-2-value", "canary-1-value", "canary-3-value"):
        masker.register(value)
    assert masker.mask("canary-1-value canary-2-value canary-3-value") == (
        f"{MASK} canary-2-value {MASK}"
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 40, len(TOKEN)])
def test_an_unregistered_token_is_masked_across_chunks(size: int) -> None:
    """What looks like a token is held back until it is seen whole, also byte by byte."""
    text = f"xeyJ no. Bearer {TOKEN}, eyJ and.eyJ-{TOKEN}"
    stream = StreamMasker(Masker())
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    streamed = "".join([*(stream.feed(chunk) for chunk in chunks), stream.finish()])
    assert streamed == Masker().mask(text)
    assert "Bearer ***, eyJ" in streamed


def test_a_stream_does_not_hold_back_ordinary_text() -> None:
    """A progress line appears when it is written."""
    assert StreamMasker(Masker()).feed("They were here.\n") == "They were here.\n"


SECRETS = st.lists(st.text("abc.-=", min_size=8, max_size=20), min_size=1, max_size=3)


@given(data=st.data(), secrets=SECRETS)
def test_masking_a_stream_does_not_depend_on_its_chunks(
    data: st.DataObject, secrets: list[str]
) -> None:
    """However a text is cut, the stream masks what the whole text would have masked."""
    unknown = st.sampled_from(["eyJ", TOKEN, f"x{TOKEN}", TOKEN[:30]])
    words = st.text("abc.-= \neyJ", max_size=9)
    pieces = data.draw(st.lists(st.sampled_from(secrets) | words | unknown))
    text = "".join(pieces)
    borders = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    masker = _masker(*secrets)
    stream = StreamMasker(masker)
    chunks = [text[a:b] for a, b in zip([0, *borders], [*borders, len(text)], strict=True)]
    streamed = "".join([*(stream.feed(chunk) for chunk in chunks), stream.finish()])
    assert streamed == masker.mask(text)


@given(secret=st.text(min_size=8), around=st.text())
def test_a_secret_is_gone_from_any_text(secret: str, around: str) -> None:
    """Whatever the characters on both sides."""
    found = _masker(secret).mask(around + secret + around)
    assert secret not in found or secret in MASK + around + MASK
