"""Runs cmdlets for callers: the API's decisions, without HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emulator.clock import Clock
from emulator.exchange.access import Caller, TokenCheck, Unauthorized
from emulator.exchange.calls import Call, Cmdlet
from emulator.exchange.cmdlets import CMDLETS
from emulator.exchange.failures import RefusedError, bad_request, forbidden, unauthorized
from emulator.exchange.paging import DEFAULT_RESULT_SIZE, Continuation, Page, page_of
from emulator.exchange.parameters import bind
from emulator.exchange.roles import has_any_role, is_allowed, unsupported_role_text
from emulator.tenant.estate import Estate
from emulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A caller who may call, in the tenant it may call."""

    caller: Caller
    estate: Estate


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Exchange Online for every tenant of a world."""

    world: Callable[[], World]
    clock: Clock
    tokens: TokenCheck
    _estates: dict[str, Estate] = field(default_factory=dict)

    def session(self, tenant_name: str, authorization: str) -> Session:
        """Return the session of who calls *tenant_name* with that Authorization header.

        Raises:
            RefusedError: 401 where the token proves nothing, 403 where it carries no known role.
        """
        tenant = self.world().tenant(tenant_name)
        caller = self.tokens.caller(authorization, tenant, now=self.clock())
        if isinstance(caller, Unauthorized) or tenant is None:
            reason = caller.reason if isinstance(caller, Unauthorized) else "Unknown tenant"
            raise RefusedError(unauthorized(reason))
        if not has_any_role(caller.roles):
            raise forbidden(unsupported_role_text(caller.client_id))
        return Session(caller=caller, estate=self.estate(tenant.id))

    def estate(self, tenant_name: str) -> Estate:
        """Return the mailboxes of that tenant.

        Raises:
            KeyError: the world has no such tenant.
        """
        tenant = self.world().tenant(tenant_name)
        if tenant is None:
            raise KeyError(tenant_name)
        return self._estates.setdefault(tenant.id, Estate(tenant))

    def reset(self) -> None:
        """Forget every change to every tenant."""
        self._estates.clear()


def first_command(cmdlet_input: object) -> Continuation:
    """Return the command that a body's `CmdletInput` asks for, from its first row.

    Raises:
        RefusedError: it names no cmdlet.
    """
    match cmdlet_input:
        case {"CmdletName": str(name), "Parameters": dict(parameters)} if name:
            return Continuation(cmdlet=name, parameters=parameters)
        case {"CmdletName": str(name)} if name:
            return Continuation(cmdlet=name, parameters={})
        case _:
            raise bad_request("The parameter CmdletInput in the request payload is not valid.")


def known_cmdlet(name: str, session: Session) -> Cmdlet:
    """Return the cmdlet of that name.

    Raises:
        RefusedError: there is none, or the caller's roles do not allow it.
    """
    cmdlet = CMDLETS.get(name.lower())
    if cmdlet is None:
        raise bad_request(
            f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, "
            "or operable program. Check the spelling of the name, or if a path was included, "
            "verify that the path is correct and try again."
        )
    if not is_allowed(name, session.caller.roles):
        raise forbidden(f"The application has no role that allows the cmdlet '{cmdlet.name}'.")
    return cmdlet


def run(command: Continuation, session: Session, *, size: int, is_first: bool) -> Page:
    """Run *command* and return the page it asks for.

    Raises:
        RefusedError: the cmdlet is unknown, does not bind, or fails.
    """
    cmdlet = known_cmdlet(command.cmdlet, session)
    arguments = bind(cmdlet.parameters, command.parameters)
    left = _result_size(arguments) if is_first else command.left
    output = cmdlet.run(Call(estate=session.estate, arguments=arguments, start=command.start))
    return page_of(output, size=size, left=left)


def _result_size(arguments: Mapping[str, object]) -> int | None:
    size = arguments.get("ResultSize", DEFAULT_RESULT_SIZE)
    return size if isinstance(size, int) else None
