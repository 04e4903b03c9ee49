"""How calendars treat meeting requests: rooms answer by themselves."""

from emulator.exchange.mailboxsettings import MailboxSettings, cmdlets_of
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.plainparameters import lists, truths
from emulator.exchange.views import Row
from emulator.tenant.draws import Draws
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import Kind as MailboxKind
from emulator.tenant.mailbox import Mailbox

_ANSWERING = ("None", "AutoUpdate", "AutoAccept")


def _processing(_: Estate, mailbox: Mailbox) -> Row:
    draws = Draws(mailbox.seed, "calendar-processing", mailbox.index)
    is_room = mailbox.kind in {MailboxKind.ROOM, MailboxKind.EQUIPMENT}
    return {
        "Identity": mailbox.alias,
        "AutomateProcessing": "AutoAccept" if is_room else "AutoUpdate",
        "AllowConflicts": False,
        "AllowRecurringMeetings": True,
        "BookingWindowInDays": draws.one_of((180, 365, 90)),
        "MaximumDurationInMinutes": 1_440,
        "MinimumDurationInMinutes": 0,
        "EnforceSchedulingHorizon": True,
        "ScheduleOnlyDuringWorkHours": False,
        "ConflictPercentageAllowed": 0,
        "MaximumConflictInstances": 0,
        "ForwardRequestsToDelegates": True,
        "DeleteAttachments": True,
        "DeleteComments": is_room,
        "DeleteSubject": is_room,
        "AddOrganizerToSubject": is_room,
        "RemovePrivateProperty": True,
        "ProcessExternalMeetingMessages": False,
        "AllBookInPolicy": True,
        "AllRequestInPolicy": False,
        "AllRequestOutOfPolicy": False,
        "BookInPolicy": [],
        "RequestInPolicy": [],
        "RequestOutOfPolicy": [],
        "ResourceDelegates": [],
        "AddAdditionalResponse": False,
        "AdditionalResponse": "",
        "TentativePendingApproval": True,
        "IsValid": True,
    }


CALENDAR_SETTINGS = cmdlets_of(
    MailboxSettings(
        noun="CalendarProcessing",
        made=_processing,
        settable=(
            Parameter(name="AutomateProcessing", choices=_ANSWERING),
            *truths("AllowConflicts", "AllowRecurringMeetings", "EnforceSchedulingHorizon"),
            *truths("ScheduleOnlyDuringWorkHours", "ForwardRequestsToDelegates"),
            *truths("DeleteAttachments", "DeleteComments", "DeleteSubject"),
            *truths("AddOrganizerToSubject", "RemovePrivateProperty"),
            *truths("ProcessExternalMeetingMessages", "AllBookInPolicy", "AllRequestInPolicy"),
            *truths("AllRequestOutOfPolicy", "AddAdditionalResponse", "TentativePendingApproval"),
            *lists("BookInPolicy", "RequestInPolicy", "RequestOutOfPolicy", "ResourceDelegates"),
            Parameter(name="AdditionalResponse"),
            *(
                Parameter(name=name, kind=Kind.COUNT)
                for name in (
                    "BookingWindowInDays",
                    "MaximumDurationInMinutes",
                    "MinimumDurationInMinutes",
                    "ConflictPercentageAllowed",
                    "MaximumConflictInstances",
                )
            ),
        ),
    )
)
