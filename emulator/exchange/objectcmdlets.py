"""The cmdlets over the objects of an organization, from what is said of each kind."""

from collections.abc import Callable
from dataclasses import dataclass

from emulator.exchange.calls import IDENTITY, REQUIRED_IDENTITY, Call, Cmdlet, Output, numbered
from emulator.exchange.listchange import ListChange
from emulator.exchange.organizationobjects import KINDS, ObjectKind, is_meant
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import already_exists
from emulator.exchange.views import Row

_Run = Callable[[Call], Output]


@dataclass(frozen=True, slots=True)
class _Cmdlets:
    """The cmdlets of one kind of object."""

    kind: ObjectKind

    def all(self) -> tuple[Cmdlet, ...]:
        """Return `Get-` and the cmdlets of the verbs."""
        noun = self.kind.noun
        reader = Cmdlet(name=f"Get-{noun}", parameters=(IDENTITY,), run=self._get)
        runs: dict[str, _Run] = {
            "New": self._new,
            "Set": self._set,
            "Remove": self._remove,
            "Enable": self._switch_on,
            "Disable": self._switch_off,
        }
        writers = (
            Cmdlet(name=f"{verb}-{noun}", parameters=self._parameters(verb), run=runs[verb])
            for verb in self.kind.verbs
        )
        return (reader, *writers)

    def _parameters(self, verb: str) -> tuple[Parameter, ...]:
        plain = tuple(_parameter(name, value) for name, value in self.kind.usual.items())
        match verb:
            case "New":
                return (Parameter(name="Name", mandatory=True, position=0), *plain)
            case "Set" if self.kind.is_one:
                return (IDENTITY, *plain)
            case "Set":
                return (REQUIRED_IDENTITY, Parameter(name="Name"), *plain)
            case _:
                return (REQUIRED_IDENTITY,)

    def _get(self, call: Call) -> Output:
        return numbered(self.kind.rows(call.estate, call.text("Identity")), call.start)

    def _new(self, call: Call) -> Output:
        name = call.text("Name") or ""
        if any(is_meant(each, name) for each in self.kind.kept(call.estate).current("")):
            raise already_exists(f"The {self.kind.noun} object '{name}' already exists.")
        blank = self.kind.object_named(call.estate, {"Name": name})
        made = {**blank, **self._given(call, blank)}
        self.kind.add(call.estate, made)
        return numbered([made], call.start)

    def _set(self, call: Call) -> Output:
        old = self.kind.named(call.estate, call.text("Identity"))
        name = call.text("Name")
        renamed = {"Name": name, "Identity": name} if name else {}
        self.kind.put(call.estate, old, {**old, **self._given(call, old), **renamed})
        return iter(())

    def _remove(self, call: Call) -> Output:
        self.kind.put(call.estate, self.kind.named(call.estate, call.text("Identity")), None)
        return iter(())

    def _switch_on(self, call: Call) -> Output:
        return self._switched(call, {"State": "Enabled", "Enabled": True})

    def _switch_off(self, call: Call) -> Output:
        return self._switched(call, {"State": "Disabled", "Enabled": False})

    def _switched(self, call: Call, states: Row) -> Output:
        old = self.kind.named(call.estate, call.text("Identity"))
        changed = {name: value for name, value in states.items() if name in old}
        self.kind.put(call.estate, old, {**old, **changed})
        return iter(())

    def _given(self, call: Call, before: Row) -> Row:
        given = {n: call.arguments[n] for n in self.kind.usual if n in call.arguments}
        return {name: _value(argument, before[name]) for name, argument in given.items()}


def _parameter(name: str, usual: object) -> Parameter:
    match usual:
        case bool():
            return Parameter(name=name, kind=Kind.BOOLEAN)
        case int():
            return Parameter(name=name, kind=Kind.COUNT)
        case list():
            return Parameter(name=name, kind=Kind.MULTI)
        case _:
            return Parameter(name=name)


def _value(argument: object, before: object) -> object:
    if isinstance(argument, ListChange):
        return argument.applied(before if isinstance(before, list) else [])
    return "" if argument is None else argument


OBJECT_CMDLETS = tuple(cmdlet for kind in KINDS.values() for cmdlet in _Cmdlets(kind).all())
