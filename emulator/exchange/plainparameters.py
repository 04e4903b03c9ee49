"""Parameters that set the property of their name.  Pure."""

from emulator.exchange.parameters import Kind, Parameter


def texts(*names: str) -> tuple[Parameter, ...]:
    """Return parameters for texts."""
    return tuple(Parameter(name=name) for name in names)


def truths(*names: str) -> tuple[Parameter, ...]:
    """Return parameters for truths."""
    return tuple(Parameter(name=name, kind=Kind.BOOLEAN) for name in names)


def lists(*names: str) -> tuple[Parameter, ...]:
    """Return parameters for lists, which can be added to and removed from."""
    return tuple(Parameter(name=name, kind=Kind.MULTI) for name in names)
