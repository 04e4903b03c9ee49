"""Puts the parts of one emulator together: Entra, Exchange, the issuer, faults and journal."""

import random
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp

from emulator.clock import Clock
from emulator.control import ControlRoutes
from emulator.entra.issuers import IssuerKeys, fetch_json
from emulator.entra.keys import SigningKey
from emulator.entra.replays import Replays
from emulator.entra.routes import EntraRoutes
from emulator.entra.service import Entra
from emulator.exchange.access import TokenCheck
from emulator.exchange.routes import ExchangeRoutes
from emulator.exchange.service import Exchange
from emulator.faults import Faults
from emulator.frontdoor import FrontDoor
from emulator.issuer import PATH, LocalIssuer
from emulator.journal import Journal
from emulator.world import World

MODULE_FOLDER = Path(__file__).parent / "module"
"""Where the stub PowerShell module and the template of the downloaded one lie.

It holds one version, the field-proven 3.9.2, because PowerShell loads the highest that it finds in
or below a folder of its path.
"""
VERSIONS_FOLDER = MODULE_FOLDER.with_name("module-versions")
"""Where the module's other versions lie.  Behind `MODULE_FOLDER` on the path, they load only by
`Import-Module -RequiredVersion`; alone on the path, the highest of them loads by itself.
"""


@dataclass(slots=True, kw_only=True)
class Emulation:
    """One emulator's state; *app* serves it."""

    world: World
    url: str
    clock: Clock
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    issuer: LocalIssuer
    entra: Entra
    exchange: Exchange
    app: ASGIApp


def emulation(world: World, *, url: str, trust: Path, clock: Clock) -> Emulation:
    """Return an emulator of *world* that will be reached at *url*.

    Other issuers' keys are fetched over TLS, trusting the CA file *trust*.
    """
    key, issuer, faults, journal = SigningKey(), LocalIssuer(url + PATH, clock), Faults(), Journal()
    chance = random.Random(world.seed)  # noqa: S311  # the life of a token, not a secret

    def current() -> World:
        return whole.world

    entra = Entra(
        world=current,
        clock=clock,
        chance=chance.random,
        key=key,
        issuers=IssuerKeys(partial(fetch_json, trust=str(trust)), clock),
        replays=Replays(),
        local_issuer=issuer.url,
        lock=threading.Lock(),
    )
    exchange = Exchange(world=current, clock=clock, tokens=TokenCheck(key.public))
    routes = [
        *ControlRoutes(faults=faults, journal=journal, issuer=issuer).routes(),
        *ExchangeRoutes(exchange=exchange, world=current, module_template=_template).routes(),
        *EntraRoutes(entra=entra).routes(),
    ]
    whole = Emulation(
        world=world,
        url=url,
        clock=clock,
        faults=faults,
        journal=journal,
        issuer=issuer,
        entra=entra,
        exchange=exchange,
        app=FrontDoor(Starlette(routes=routes), faults=faults, journal=journal),
    )
    return whole


def _template() -> str:
    return (MODULE_FOLDER / "rest-cmdlets.psm1.template").read_text(encoding="utf-8")
