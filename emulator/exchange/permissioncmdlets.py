"""The cmdlets about who may open a mailbox, or send as it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from emulator.exchange.calls import (
    IDENTITY,
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    Call,
    Cmdlet,
    Output,
    named_mailbox,
    numbered,
    the_mailbox,
)
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.views import Row, mailbox_permission_row, recipient_permission_row
from emulator.tenant.estate import Estate
from emulator.tenant.kept import Kept
from emulator.tenant.mailbox import Mailbox
from emulator.tenant.permissions import Grant, Grants, mailbox_grants, recipient_grants

_MOST_GRANTS = 64
"""No mailbox has more entries than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One of the two kinds of rights on a mailbox, and its cmdlets."""

    noun: str
    who: str
    """The name of the parameter, and of the property, that says whose rights they are."""
    rights: tuple[str, ...]
    made: Callable[[int, Mailbox, tuple[str, ...]], list[Grant]]
    shown: Callable[[Mailbox, Grant], Row]

    def kept(self, estate: Estate) -> Kept[int, Grants]:
        """Return the tenant's rights of this kind by the number of the mailbox."""

        def made(index: int) -> Grants:
            mailbox = estate.mailbox(index)
            return tuple(self.made(estate.tenant.seed, mailbox, estate.trustees(mailbox)))

        return estate.kept(self.noun, made)

    def rows(self, estate: Estate, mailbox: Mailbox, who: str | None = None) -> list[Row]:
        """Return the rows of `Get-`, of all or of one user."""
        wanted = None if who is None else _address(estate, who).casefold()
        return [
            self.shown(mailbox, each)
            for each in self.kept(estate).seen(mailbox.index)
            if wanted is None or each.trustee.casefold() == wanted
        ]

    def get(self, call: Call) -> Output:
        """List the rights on one mailbox, or on all."""
        who = call.text(self.who)
        if call.text("Identity"):
            return numbered(self.rows(call.estate, named_mailbox(call), who), call.start)
        return self._of_all(call, who)

    def _of_all(self, call: Call, who: str | None) -> Output:
        # Numbered by mailbox, so that a later page need not go through the mailboxes before it.
        for mailbox in call.estate.mailboxes(call.start // _MOST_GRANTS):
            rows = self.rows(call.estate, mailbox, who)[:_MOST_GRANTS]
            for number, row in enumerate(rows, mailbox.index * _MOST_GRANTS):
                if number >= call.start:
                    yield number, row

    def add(self, call: Call) -> Output:
        """Give somebody rights; what is there already is warned of and left."""
        mailbox, wanted = named_mailbox(call), tuple(call.texts("AccessRights"))
        trustee = the_mailbox(call.estate, call.text(self.who) or "").address
        grants = self.kept(call.estate).current(mailbox.index)
        there = next((each for each in grants if each.trustee == trustee), None)
        if there and set(wanted) <= set(there.rights):
            call.warnings.append(
                "The appropriate access control entry is already present on the object "
                f'"{mailbox.alias}" for account "{trustee}".'
            )
            return numbered([self.shown(mailbox, there)], call.start)
        rights = (*(there.rights if there else ()), *wanted)
        grant = Grant(trustee=trustee, rights=tuple(dict.fromkeys(rights)))
        others = tuple(each for each in grants if each is not there)
        self.kept(call.estate).put(mailbox.index, (*others, grant))
        return numbered([self.shown(mailbox, grant)], call.start)

    def remove(self, call: Call) -> Output:
        """Take rights away; what is not there is warned of."""
        mailbox, gone = named_mailbox(call), set(call.texts("AccessRights"))
        trustee = _address(call.estate, call.text(self.who) or "")
        grants = self.kept(call.estate).current(mailbox.index)
        there = next((g for g in grants if g.trustee.casefold() == trustee.casefold()), None)
        if there is None or not gone & set(there.rights):
            call.warnings.append(
                f'Can\'t remove the access control entry on the object "{mailbox.alias}" for '
                f'account "{trustee}" because the ACE isn\'t present.'
            )
            return iter(())
        left = tuple(each for each in there.rights if each not in gone)
        after = [replace(g, rights=left) if g is there else g for g in grants]
        self.kept(call.estate).put(mailbox.index, tuple(each for each in after if each.rights))
        return iter(())

    def cmdlets(self, listing: tuple[Parameter, ...], *more: Parameter) -> tuple[Cmdlet, ...]:
        """Return `Get-` with the parameters *listing*, `Add-` with those and *more*, `Remove-`."""
        change = (
            REQUIRED_IDENTITY,
            Parameter(name=self.who, mandatory=True),
            Parameter(name="AccessRights", kind=Kind.STRINGS, choices=self.rights, mandatory=True),
        )
        reading = (*listing, RESULT_SIZE, Parameter(name=self.who))
        return (
            Cmdlet(name=f"Get-{self.noun}", parameters=reading, run=self.get),
            Cmdlet(name=f"Add-{self.noun}", parameters=(*change, *more), run=self.add),
            Cmdlet(name=f"Remove-{self.noun}", parameters=(*change, *more), run=self.remove),
        )


def _address(estate: Estate, who: str) -> str:
    """Return whom *who* means; whoever is no mailbox of the tenant goes by that very name."""
    match estate.found(who):
        case [mailbox]:
            return mailbox.address
        case _:
            return who


MAILBOX_PERMISSION = Permission(
    noun="MailboxPermission",
    who="User",
    rights=(
        "FullAccess",
        "ExternalAccount",
        "DeleteItem",
        "ReadPermission",
        "ChangePermission",
        "ChangeOwner",
    ),
    made=mailbox_grants,
    shown=mailbox_permission_row,
)
RECIPIENT_PERMISSION = Permission(
    noun="RecipientPermission",
    who="Trustee",
    rights=("SendAs",),
    made=recipient_grants,
    shown=recipient_permission_row,
)
PERMISSION_CMDLETS = (
    *MAILBOX_PERMISSION.cmdlets(
        (REQUIRED_IDENTITY,),
        Parameter(name="AutoMapping", kind=Kind.BOOLEAN),
        Parameter(name="InheritanceType"),
    ),
    *RECIPIENT_PERMISSION.cmdlets((IDENTITY,)),
)
