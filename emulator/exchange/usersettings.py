"""What is set for each mailbox: protocols, replies, language, junk mail."""

from emulator.exchange.devicecmdlets import kept_devices
from emulator.exchange.mailboxsettings import MailboxSettings, cmdlets_of
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.plainparameters import lists, texts, truths
from emulator.exchange.users import USER, names_of
from emulator.exchange.views import Row
from emulator.exchange.wording import moment_text
from emulator.tenant.absences import absence_of
from emulator.tenant.draws import Draws
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import Mailbox
from emulator.tenant.people import person_of

_TIME_ZONES = {
    "de-DE": ("W. Europe Standard Time", "dd.MM.yyyy", "HH:mm"),
    "fr-FR": ("Romance Standard Time", "dd/MM/yyyy", "HH:mm"),
    "en-GB": ("GMT Standard Time", "dd/MM/yyyy", "HH:mm"),
    "ja-JP": ("Tokyo Standard Time", "yyyy/MM/dd", "H:mm"),
    "en-US": ("Pacific Standard Time", "M/d/yyyy", "h:mm tt"),
}


def _protocols(estate: Estate, mailbox: Mailbox) -> Row:
    draws = Draws(mailbox.seed, "protocols", mailbox.index)
    return {
        **names_of(estate, mailbox),
        "PrimarySmtpAddress": mailbox.address,
        "EmailAddresses": list(estate.addresses(mailbox)),
        "ActiveSyncEnabled": not draws.is_one_in(12),
        "OWAEnabled": not draws.is_one_in(40),
        "PopEnabled": not draws.is_one_in(3),
        "ImapEnabled": not draws.is_one_in(3),
        "MAPIEnabled": True,
        "EwsEnabled": None if draws.is_one_in(2) else True,
        "OWAforDevicesEnabled": True,
        "UniversalOutlookEnabled": True,
        "OutlookMobileEnabled": True,
        "SmtpClientAuthenticationDisabled": draws.one_of((None, True, False)),
        "OwaMailboxPolicy": "OwaMailboxPolicy-Default",
        "ActiveSyncMailboxPolicy": "Default",
        "ActiveSyncAllowedDeviceIDs": [],
        "ActiveSyncBlockedDeviceIDs": [],
        "HasActiveSyncDevicePartnership": bool(kept_devices(estate).seen(mailbox.index)),
        "IsValid": True,
    }


def _replies(_: Estate, mailbox: Mailbox) -> Row:
    absence = absence_of(mailbox)
    return {
        "Identity": mailbox.alias,
        "MailboxOwnerId": mailbox.alias,
        "AutoReplyState": absence.state,
        "StartTime": moment_text(absence.start),
        "EndTime": moment_text(absence.end),
        "InternalMessage": absence.message,
        "ExternalMessage": absence.message,
        "ExternalAudience": absence.audience,
        "DeclineAllEventsForScheduledOOF": False,
        "CreateOOFEvent": False,
        "AutoDeclineFutureRequestsWhenOOF": False,
        "OOFEventSubject": "",
        "IsValid": True,
    }


def _region(_: Estate, mailbox: Mailbox) -> Row:
    language = person_of(mailbox).language
    time_zone, date_format, time_format = _TIME_ZONES[language]
    return {
        "Identity": mailbox.alias,
        "Language": language,
        "TimeZone": time_zone,
        "DateFormat": date_format,
        "TimeFormat": time_format,
        "DefaultFolderNameMatchingUserLanguage": True,
        "IsValid": True,
    }


def _junk(_: Estate, mailbox: Mailbox) -> Row:
    draws = Draws(mailbox.seed, "junk", mailbox.index)
    return {
        "Identity": mailbox.alias,
        "MailboxOwnerId": mailbox.alias,
        "Enabled": True,
        "ContactsTrusted": False,
        "TrustedListsOnly": False,
        "TrustedSendersAndDomains": ["fabrikam.example"] if draws.is_one_in(4) else [],
        "BlockedSendersAndDomains": ["spam@northwind.example"] if draws.is_one_in(5) else [],
        "IsValid": True,
    }


def _focus(_: Estate, mailbox: Mailbox) -> Row:
    is_on = not Draws(mailbox.seed, "focused-inbox", mailbox.index).is_one_in(3)
    return {"MailboxIdentity": mailbox.alias, "FocusedInboxOn": is_on}


_TIMES = tuple(Parameter(name=name, kind=Kind.DATE) for name in ("StartTime", "EndTime"))

CAS_MAILBOX = MailboxSettings(
    noun="CASMailbox",
    made=_protocols,
    is_listed=True,
    settable=(
        *truths("ActiveSyncEnabled", "OWAEnabled", "PopEnabled", "ImapEnabled", "MAPIEnabled"),
        *truths("EwsEnabled", "OWAforDevicesEnabled", "UniversalOutlookEnabled"),
        *truths("OutlookMobileEnabled", "SmtpClientAuthenticationDisabled"),
        *texts("OwaMailboxPolicy", "ActiveSyncMailboxPolicy"),
        *lists("ActiveSyncAllowedDeviceIDs", "ActiveSyncBlockedDeviceIDs"),
    ),
)
USER_SETTINGS = cmdlets_of(
    USER,
    CAS_MAILBOX,
    MailboxSettings(
        noun="MailboxAutoReplyConfiguration",
        made=_replies,
        settable=(
            Parameter(name="AutoReplyState", choices=("Disabled", "Enabled", "Scheduled")),
            Parameter(name="ExternalAudience", choices=("None", "Known", "All")),
            *_TIMES,
            *texts("InternalMessage", "ExternalMessage", "OOFEventSubject"),
            *truths("DeclineAllEventsForScheduledOOF", "CreateOOFEvent"),
            *truths("AutoDeclineFutureRequestsWhenOOF"),
        ),
    ),
    MailboxSettings(
        noun="MailboxRegionalConfiguration",
        made=_region,
        settable=texts("Language", "TimeZone", "DateFormat", "TimeFormat"),
    ),
    MailboxSettings(
        noun="MailboxJunkEmailConfiguration",
        made=_junk,
        settable=(
            *truths("Enabled", "ContactsTrusted", "TrustedListsOnly"),
            *lists("TrustedSendersAndDomains", "BlockedSendersAndDomains"),
        ),
    ),
    MailboxSettings(noun="FocusedInbox", made=_focus, settable=truths("FocusedInboxOn")),
)
