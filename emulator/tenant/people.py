"""What the directory says of the people behind the mailboxes.  Pure."""

from dataclasses import dataclass

from emulator.tenant.draws import Draws
from emulator.tenant.mailbox import Kind, Mailbox

_DEPARTMENTS = (
    "Sales, EMEA",
    "Research & Development",
    "Finance",
    "Größen & Maße",
    "IT",
    'Press "Office"',
    "人事",
    "",
)
_TITLES = (
    "Engineer",
    "Senior Accountant",
    "Head of Sales, DACH",
    "Leiterin Einkauf",
    "Administrator",
    "",
)
_OFFICES = (
    ("Hamburg", "Germany", "de-DE"),
    ("Lyon", "France", "fr-FR"),
    ("Leeds", "United Kingdom", "en-GB"),
    ("Ōsaka", "Japan", "ja-JP"),
    ("Boston", "United States", "en-US"),
    ("Austin", "United States", "en-US"),
    ("Chicago", "United States", "en-US"),
    ("Seattle", "United States", "en-US"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who works behind a mailbox, and where."""

    department: str
    title: str
    city: str
    country: str
    language: str
    """Of the mailbox, as a culture's name; folders are named in it."""
    phone: str
    is_blocked: bool
    """Whether sign-in is blocked, as it is for every mailbox without a person."""


def person_of(mailbox: Mailbox) -> Person:
    """Return who is behind *mailbox*."""
    draws = Draws(mailbox.seed, "people", mailbox.index)
    city, country, language = draws.one_of(_OFFICES)
    is_user = mailbox.kind is Kind.USER
    return Person(
        department=draws.one_of(_DEPARTMENTS) if is_user else "",
        title=draws.one_of(_TITLES) if is_user else "",
        city=city,
        country=country,
        language=language,
        phone=f"+49 40 {draws.below(9_000_000) + 1_000_000}" if draws.is_one_in(2) else "",
        is_blocked=draws.is_one_in(25) or not is_user,
    )
