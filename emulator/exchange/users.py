"""What the directory says of a user (Get-User), and by what names a mailbox goes."""

from emulator.exchange.mailboxsettings import MailboxSettings
from emulator.exchange.plainparameters import texts
from emulator.exchange.views import Row
from emulator.exchange.wording import moment_text
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import Mailbox
from emulator.tenant.people import person_of


def names_of(estate: Estate, mailbox: Mailbox) -> Row:
    """Return by what names the mailbox goes."""
    return {
        "Identity": mailbox.alias,
        "Id": mailbox.alias,
        "Name": mailbox.alias,
        "DisplayName": mailbox.display_name,
        "DistinguishedName": estate.distinguished_name(mailbox),
        "Guid": mailbox.guid,
        "ExternalDirectoryObjectId": mailbox.directory_id,
        "UserPrincipalName": mailbox.upn,
        "RecipientTypeDetails": mailbox.kind.value,
    }


def _user(estate: Estate, mailbox: Mailbox) -> Row:
    person = person_of(mailbox)
    return {
        **names_of(estate, mailbox),
        "RecipientType": "UserMailbox",
        "FirstName": mailbox.first_name,
        "LastName": mailbox.last_name,
        "Title": person.title,
        "Department": person.department,
        "Company": "",
        "Office": "",
        "City": person.city,
        "CountryOrRegion": person.country,
        "Phone": person.phone,
        "MobilePhone": "",
        "Manager": None,
        "Notes": "",
        "AccountDisabled": person.is_blocked,
        "AuthenticationPolicy": None,
        "WindowsEmailAddress": mailbox.address,
        "WindowsLiveID": mailbox.upn,
        "IsDirSynced": False,
        "WhenCreated": moment_text(mailbox.created),
        "WhenChangedUTC": moment_text(mailbox.created),
        "IsValid": True,
    }


USER = MailboxSettings(
    noun="User",
    made=_user,
    is_listed=True,
    settable=(
        *texts("DisplayName", "FirstName", "LastName", "Title", "Department", "Company", "Office"),
        *texts("City", "CountryOrRegion", "Phone", "MobilePhone", "Manager", "Notes"),
        *texts("AuthenticationPolicy"),
    ),
)
