"""Which name the n-th person of a tenant has.  Pure.

Names repeat, as in any large organization: the same display name may belong to several people.
The numbering is an affine permutation, so that all holders of a name can be listed without
looking at every mailbox.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import gcd

_ROMAN_FIRST = [
    "Amélie",
    "Andrea",
    "Björn",
    "Carlos",
    "Chloé",
    "Daniel",
    "Elif",
    "Emma",
    "Fatima",
    "François",
    "Grace",
    "Hannah",
    "Ingrid",
    "Jakub",
    "James",
    "José",
    "Karin",
    "Lars",
    "Léa",
    "Lucía",
    "Magda",
    "Maria",
    "Mehmet",
    "Nadia",
    "Noah",
    "Oliver",
    "Paula",
    "Renée",
    "Søren",
    "Thomas",
    "Ursula",
    "Zoë",
]
_ROMAN_LAST = [
    "Andersson",
    "Bauer",
    "Carter",
    "D'Angelo",
    "da Silva",
    "de Vries",
    "Eriksson",
    "Fischer",
    "García",
    "González",
    "Hughes",
    "Ivanova",
    "Jensen",
    "Kaya",
    "Kowalska",
    "Lefèvre",
    "Martin",
    "Müller",
    "Nakamura",
    "Nguyễn",
    "O'Brien",
    "O'Neill",
    "Özdemir",
    "Pérez",
    "Rossi",
    "Schäfer",
    "Singh",
    "Strauß",
    "Taylor",
    "van den Berg",
    "Weber",
    "Young",
]
_WRITTEN = (
    (
        (("Иван", "ivan"), ("Ольга", "olga"), ("Дмитрий", "dmitry"), ("Анна", "anna")),
        (("Петров", "petrov"), ("Соколова", "sokolova"), ("Кузнецов", "kuznetsov")),
    ),
    (
        (("美咲", "misaki"), ("健太", "kenta"), ("陽子", "yoko")),
        (("佐藤", "sato"), ("鈴木", "suzuki"), ("高橋", "takahashi")),
    ),
    (
        (("Νίκος", "nikos"), ("Ελένη", "eleni")),
        (("Παπαδόπουλος", "papadopoulos"), ("Γεωργίου", "georgiou")),
    ),
    (
        (("ليلى", "layla"), ("عمر", "omar")),
        (("حداد", "haddad"), ("منصور", "mansour")),
    ),
)
_STEP = 769  # a prime, so that neighbours have unlike names


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A name as its bearer writes it, and as an address can hold it."""

    first: str
    last: str
    display: str
    ascii: str


def name_of(seed: int, index: int) -> PersonName:
    """Return the name of the person numbered *index*."""
    names = _all_names()
    return names[(_step() * index + seed) % len(names)]


def indices_named(seed: int, display: str, count: int) -> Iterator[int]:
    """List who of the first *count* persons is displayed as *display*, whatever the case."""
    total = len(_all_names())
    inverse = pow(_step(), -1, total)
    first = sorted(
        ((n - seed) * inverse) % total for n in _numbers_by_name().get(display.casefold(), ())
    )
    for start in range(0, count, total):
        yield from (start + offset for offset in first if start + offset < count)


def _step() -> int:
    return next(step for step in range(_STEP, _STEP * 2) if gcd(step, len(_all_names())) == 1)


@cache
def _all_names() -> tuple[PersonName, ...]:
    roman = [
        PersonName(first=f, last=n, display=f"{f} {n}", ascii=f"{_plain(f)}.{_plain(n)}")
        for f in _ROMAN_FIRST
        for n in _ROMAN_LAST
    ]
    written = [
        PersonName(first=f, last=n, display=f"{f} {n}", ascii=f"{plain_f}.{plain_n}")
        for firsts, lasts in _WRITTEN
        for f, plain_f in firsts
        for n, plain_n in lasts
    ]
    return (*roman, *written)


@cache
def _numbers_by_name() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, name in enumerate(_all_names()):
        found.setdefault(name.display.casefold(), []).append(number)
    return found


def _plain(text: str) -> str:
    bare = text.replace("ß", "ss").replace("ø", "o").replace("đ", "d")
    decomposed = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode()
    return "".join(letter for letter in decomposed.lower() if letter.isalnum())
