"""Runs cmdlets for callers: the API's decisions, without HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from emulator.clock import Clock
from emulator.exchange.access import PERMISSION, Caller, TokenCheck, Unauthorized
from emulator.exchange.binding import bind
from emulator.exchange.calls import Call, Cmdlet
from emulator.exchange.changes import lookup_before, warnings_of
from emulator.exchange.endpoints import HOSTED, Hosted, Service
from emulator.exchange.failures import (
    RefusedError,
    bad_request,
    forbidden,
    not_hosted,
    unauthorized,
)
from emulator.exchange.paging import DEFAULT_RESULT_SIZE, Continuation, Page, page_of
from emulator.exchange.parameters import Arguments
from emulator.exchange.roles import (
    has_any_compliance_role,
    has_any_role,
    unsupported_role_text,
)
from emulator.tenant.estate import Estate
from emulator.tenant.kept import Pace
from emulator.world import Tenant, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A caller who may call one service, in the tenant it may call."""

    caller: Caller
    tenant: Tenant
    estate: Estate
    service: Service = Service.EXCHANGE
    now: datetime
    hosted: Hosted = HOSTED[Service.EXCHANGE]
    """What the service runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Exchange Online, and Security & Compliance, for every tenant of a world."""

    world: Callable[[], World]
    clock: Clock
    tokens: TokenCheck
    _estates: dict[str, Estate] = field(default_factory=dict)

    def session(
        self,
        tenant_name: str,
        authorization: str,
        *,
        service: Service = Service.EXCHANGE,
        host: str = "",
        permission: str = PERMISSION,
    ) -> Session:
        """Return the session of who calls *tenant_name* with that Authorization header.

        Raises:
            RefusedError: 401 where the token proves nothing, 403 where it carries no known role.
        """
        tenant = self.world().tenant(tenant_name)
        caller = self.tokens.caller(
            authorization,
            tenant,
            now=self.clock(),
            service=service,
            host=host,
            permission=permission,
        )
        if isinstance(caller, Unauthorized) or tenant is None:
            reason = caller.reason if isinstance(caller, Unauthorized) else "Unknown tenant"
            raise RefusedError(unauthorized(reason))
        known = has_any_role if service is Service.EXCHANGE else has_any_compliance_role
        if not known(caller.roles):
            raise forbidden(unsupported_role_text(caller.client_id))
        return Session(
            caller=caller,
            tenant=tenant,
            estate=self.estate(tenant.id),
            service=service,
            now=self.clock(),
            hosted=HOSTED[service],
        )

    def estate(self, tenant_name: str) -> Estate:
        """Return the mailboxes of that tenant.

        Raises:
            KeyError: the world has no such tenant.
        """
        tenant = self.world().tenant(tenant_name)
        if tenant is None:
            raise KeyError(tenant_name)
        pace = Pace(self.clock, lambda: self.world().exchange.staleness)
        return self._estates.setdefault(tenant.id, Estate(tenant, pace))

    def reset(self) -> None:
        """Forget every change to every tenant."""
        self._estates.clear()


def first_command(cmdlet_input: object) -> Continuation:
    """Return the command that a body's `CmdletInput` asks for, from its first row.

    Raises:
        RefusedError: it names no cmdlet.
    """
    match cmdlet_input:
        case {"CmdletName": str(name), "Parameters": dict() | None as parameters} if name:
            return Continuation(cmdlet=name, parameters=parameters or {})
        case {"CmdletName": str(name), **others} if name and "Parameters" not in others:
            return Continuation(cmdlet=name, parameters={})
        case _:
            raise bad_request("The parameter CmdletInput in the request payload is not valid.")


def known_cmdlet(name: str, session: Session) -> Cmdlet:
    """Return the cmdlet of that name.

    Raises:
        RefusedError: there is none here, or the caller's roles do not allow it.
    """
    cmdlet = session.hosted.cmdlets.get(name.lower())
    if cmdlet is not None and session.hosted.allows(name, session.caller.roles):
        return cmdlet
    if cmdlet is not None or session.service is Service.COMPLIANCE:
        shown = cmdlet.name if cmdlet else name
        raise forbidden(f"The application has no role that allows the cmdlet '{shown}'.")
    if name.lower() in HOSTED[Service.COMPLIANCE].cmdlets:
        raise not_hosted(name)
    raise bad_request(
        f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, "
        "or operable program. Check the spelling of the name, or if a path was included, "
        "verify that the path is correct and try again."
    )


def exported(patterns: str, session: Session) -> list[Cmdlet]:
    """Return the cmdlets that the caller may run and the comma-separated *patterns* choose."""
    likes = [each.strip().lower() for each in patterns.split(",") if each.strip()] or ["*"]
    hosted, roles = session.hosted, session.caller.roles
    return [
        cmdlet
        for name, cmdlet in hosted.cmdlets.items()
        if hosted.allows(name, roles) and any(fnmatchcase(name, like) for like in likes)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a cmdlet put out: a page of rows, and what it had to say beside them."""

    page: Page
    warnings: list[str]
    errors: list[str]


def run(command: Continuation, session: Session, *, size: int, is_first: bool) -> Ran:
    """Run *command* and return the page it asks for.

    Raises:
        RefusedError: the cmdlet is unknown, does not bind, or fails.
    """
    cmdlet = known_cmdlet(command.cmdlet, session)
    arguments = bind(cmdlet.parameters, command.parameters)
    left = _result_size(arguments) if is_first else command.left
    call = Call(estate=session.estate, arguments=arguments, start=command.start, now=session.now)
    page = page_of(cmdlet.run(call), size=size, left=left)
    warnings = [*call.warnings, *warnings_of(cmdlet.name, arguments)]
    return Ran(page=page, warnings=warnings, errors=call.errors)


def check(command: Continuation, session: Session) -> None:
    """Find out whether a change could be made, and change nothing.

    Raises:
        RefusedError: the cmdlet is unknown or not allowed, does not bind, or its object is not
            there.
    """
    cmdlet = known_cmdlet(command.cmdlet, session)
    arguments = bind(cmdlet.parameters, command.parameters)
    _look_up(cmdlet, arguments, session)


def _look_up(cmdlet: Cmdlet, arguments: Arguments, session: Session) -> None:
    lookup = lookup_before(cmdlet, arguments, session.hosted.cmdlets)
    if lookup is not None:
        call = Call(estate=session.estate, arguments=lookup.arguments, now=session.now)
        output = lookup.cmdlet.run(call)
        next(iter(output), None)


def _result_size(arguments: Mapping[str, object]) -> int | None:
    size = arguments.get("ResultSize", DEFAULT_RESULT_SIZE)
    return size if isinstance(size, int) else None
