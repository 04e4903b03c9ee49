"""How what a client sent binds to a cmdlet's parameters.  Pure.

The texts are PowerShell's own, because Exchange binds in PowerShell and reports what it says.
"""

from collections.abc import Mapping

from emulator.exchange.conversions import converted
from emulator.exchange.failures import bad_request
from emulator.exchange.listchange import ListChange
from emulator.exchange.parameters import COMMON, Arguments, Kind, Parameter


def bind(parameters: tuple[Parameter, ...], sent: Mapping[str, object]) -> Arguments:
    """Return what was *sent* as arguments of the right types.

    Raises:
        RefusedError: a parameter is unknown, given twice, missing, or of the wrong type.
    """
    arguments: dict[str, object] = {}
    for name, value in sent.items():
        if name.startswith("@") or "@odata" in name or name.lower() in COMMON:
            continue
        parameter = next((each for each in parameters if each.answers_to(name)), None)
        if parameter is None:
            raise bad_request(f"A parameter cannot be found that matches parameter name '{name}'.")
        if parameter.name in arguments:
            raise bad_request(
                "Cannot bind parameter because parameter "
                f"'{parameter.name}' is specified more than once."
            )
        if value is not None:
            arguments[parameter.name] = converted(parameter, value)
        elif parameter.kind is Kind.STRING:
            arguments[parameter.name] = None  # Set-* cmdlets clear a property by $null
        elif parameter.kind is Kind.MULTI:
            arguments[parameter.name] = ListChange(instead=())
    _require(parameters, arguments)
    return arguments


def _require(parameters: tuple[Parameter, ...], arguments: Arguments) -> None:
    missing = [p.name for p in parameters if p.mandatory and not arguments.get(p.name)]
    if missing:
        raise bad_request(
            "Cannot process command because of one or more missing mandatory parameters: "
            f"{' '.join(missing)}."
        )
