"""The cmdlets about inbox rules."""

from dataclasses import replace

from emulator.exchange.calls import SERVER, Call, Cmdlet, Output, named_mailbox, numbered
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import already_exists, not_found
from emulator.exchange.views import Row, rule_row
from emulator.tenant.draws import Draws
from emulator.tenant.estate import Estate
from emulator.tenant.inboxrules import InboxRule, rules_of
from emulator.tenant.kept import Kept
from emulator.tenant.mailbox import Mailbox

Rules = tuple[InboxRule, ...]


def kept_rules(estate: Estate) -> Kept[int, Rules]:
    """Return the tenant's rules by the number of the mailbox."""

    def made(index: int) -> Rules:
        return tuple(rules_of(estate.tenant.seed, estate.mailbox(index)))

    return estate.kept("inbox rules", made)


def _get(call: Call) -> Output:
    mailbox = named_mailbox(call, "Mailbox")
    rules = kept_rules(call.estate).seen(mailbox.index)
    rows = [rule_row(mailbox, each) for each in rules]
    wanted = call.text("Identity")
    found = [row for row in rows if wanted is None or wanted.casefold() in _names(row)]
    if wanted and not found:
        raise not_found(wanted, SERVER)
    return numbered(found, call.start)


def _names(row: Row) -> set[str]:
    return {str(row[name]).casefold() for name in ("Identity", "Name", "RuleIdentity")}


def _new(call: Call) -> Output:
    mailbox = named_mailbox(call, "Mailbox")
    before = kept_rules(call.estate).current(mailbox.index)
    name = call.text("Name") or ""
    if any(each.name.casefold() == name.casefold() for each in before):
        raise already_exists(f"An inbox rule with the name '{name}' already exists.")
    number = Draws(mailbox.seed, f"inbox-rule/{name}", mailbox.index).below(1 << 63)
    blank = InboxRule(name=name, number=number, priority=len(before) + 1)
    rule = _changed(call, blank)
    kept_rules(call.estate).put(mailbox.index, (*before, rule))
    return numbered([rule_row(mailbox, rule)], call.start)


def _set(call: Call) -> Output:
    mailbox, rule = _named(call)
    _put(call.estate, mailbox, rule, _changed(call, rule))
    return iter(())


def _remove(call: Call) -> Output:
    mailbox, rule = _named(call)
    _put(call.estate, mailbox, rule, None)
    return iter(())


def _switch(*, on: bool) -> Cmdlet:
    def run(call: Call) -> Output:
        mailbox, rule = _named(call)
        _put(call.estate, mailbox, rule, replace(rule, enabled=on))
        return iter(())

    verb = "Enable" if on else "Disable"
    return Cmdlet(name=f"{verb}-InboxRule", parameters=(*_NAMED, _FORCE), run=run)


def _named(call: Call) -> tuple[Mailbox, InboxRule]:
    """Return the rule that is meant; an alias and a number mean one without a mailbox."""
    identity = call.text("Identity") or ""
    owner, _, name = identity.rpartition("\\")
    mailbox = named_mailbox(call, "Mailbox") if call.text("Mailbox") else _owner(call, owner)
    for rule in kept_rules(call.estate).current(mailbox.index):
        if name.casefold() in {rule.name.casefold(), str(rule.number)}:
            return mailbox, rule
    raise not_found(identity, SERVER)


def _owner(call: Call, owner: str) -> Mailbox:
    found = call.estate.found(owner)
    if len(found) != 1:
        raise not_found(call.text("Identity") or "", SERVER)
    return found[0]


def _put(estate: Estate, mailbox: Mailbox, rule: InboxRule, new: InboxRule | None) -> None:
    before = kept_rules(estate).current(mailbox.index)
    after = (new if each.number == rule.number else each for each in before)
    kept_rules(estate).put(mailbox.index, tuple(each for each in after if each is not None))


def _changed(call: Call, rule: InboxRule) -> InboxRule:
    lists = {
        "SubjectContainsWords": "subject_words",
        "ForwardTo": "forward_to",
        "ForwardAsAttachmentTo": "forward_as_attachment_to",
        "RedirectTo": "redirect_to",
    }
    changes: dict[str, object] = {}
    for name, field in lists.items():
        if change := call.change(name):
            changes[field] = tuple(change.applied(getattr(rule, field)))
    for name, field in {"MoveToFolder": "move_to_folder", "Name": "name"}.items():
        if name in call.arguments:
            changes[field] = call.text(name)
    if "DeleteMessage" in call.arguments:
        changes["delete_message"] = call.flag("DeleteMessage")
    return replace(rule, **changes)  # type: ignore[arg-type]


_FORCE = Parameter(name="Force", kind=Kind.SWITCH)
_MAILBOX = Parameter(
    name="Mailbox",
    mandatory=True,
    by_property_name=True,
    aliases=("PrimarySmtpAddress", "UserPrincipalName"),
)
_NAMED = (
    Parameter(name="Identity", mandatory=True, position=0, by_property_name=True),
    Parameter(name="Mailbox"),
)
_CONTENT = (
    Parameter(name="SubjectContainsWords", kind=Kind.MULTI),
    Parameter(name="ForwardTo", kind=Kind.MULTI),
    Parameter(name="ForwardAsAttachmentTo", kind=Kind.MULTI),
    Parameter(name="RedirectTo", kind=Kind.MULTI),
    Parameter(name="MoveToFolder"),
    Parameter(name="DeleteMessage", kind=Kind.BOOLEAN),
    _FORCE,
)
_NAME = Parameter(name="Name", mandatory=True, position=0)

RULE_CMDLETS = (
    Cmdlet(
        name="Get-InboxRule",
        parameters=(
            Parameter(name="Identity", position=0),
            _MAILBOX,
            Parameter(name="IncludeHidden", kind=Kind.SWITCH),
        ),
        run=_get,
    ),
    Cmdlet(name="New-InboxRule", parameters=(_NAME, _MAILBOX, *_CONTENT), run=_new),
    Cmdlet(name="Set-InboxRule", parameters=(*_NAMED, Parameter(name="Name"), *_CONTENT), run=_set),
    Cmdlet(name="Remove-InboxRule", parameters=(*_NAMED, _FORCE), run=_remove),
    _switch(on=True),
    _switch(on=False),
)
