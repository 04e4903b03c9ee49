"""Puts the parts of one emulator together: Entra, Exchange, the issuer, faults and journal."""

import random
import ssl
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp

from emulator.clock import Clock, Clocks
from emulator.control import ControlRoutes
from emulator.entra.issuers import IssuerKeys, fetch_json
from emulator.entra.keys import SigningKey
from emulator.entra.registrations import Registrations
from emulator.entra.routes import EntraRoutes
from emulator.entra.service import Entra
from emulator.exchange.access import TokenCheck
from emulator.exchange.routes import ExchangeRoutes
from emulator.exchange.service import Exchange
from emulator.exchange.throttling import Throttle
from emulator.exchange.transience import Transience
from emulator.faults import Fault, Faults
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What the two issuers of tokens sign with."""

    entra: SigningKey
    issuer: SigningKey
    """Of the workload-identity tokens."""


@dataclass(slots=True, kw_only=True)
class Emulation:
    """One emulator's state; *app* serves it."""

    world: World
    """What is emulated now; `first_world` is what it began with."""
    url: str
    clocks: Clocks
    faults: Faults
    journal: Journal = field(default_factory=Journal)
    issuer: LocalIssuer
    entra: Entra
    exchange: Exchange
    throttle: Throttle
    transience: Transience
    chance: random.Random = field(repr=False)
    app: ASGIApp
    first_world: World = field(init=False)
    first_faults: tuple[Fault, ...] = ()
    """What is scripted from the beginning, and again after each reset."""

    def __post_init__(self) -> None:
        """Remember the beginning."""
        self.first_world = self.world
        self._script()

    def reset(self) -> None:
        """Go back to the beginning: world, mailboxes, faults, journal, clocks and all counts.

        Keys stay, so that tokens issued before are still good.
        """
        self.world = self.first_world
        self.faults.clear()
        self.clocks.reset()
        self.entra.reset()
        self.exchange.reset()
        self.throttle.reset()
        self.transience.reset()
        self.chance.seed(self.world.seed)
        self.journal.clear()
        self._script()

    def _script(self) -> None:
        for fault in self.first_faults:
            self.faults.add(fault)


def emulation(  # noqa: PLR0913  # what differs between the command and a test
    world: World,
    *,
    url: str,
    trust: Path,
    clock: Clock,
    keys: Keys | None = None,
    faults: tuple[Fault, ...] = (),
    remote_control: bool = False,
) -> Emulation:
    """Return an emulator of *world* that will be reached at *url*, and signs with *keys*.

    *faults* are scripted from the beginning.

    Other issuers' keys are fetched over TLS, trusting the CA file *trust*.  With *remote_control*,
    the control addresses answer to any client, else to those on this machine.
    """
    clocks, signing = Clocks.by(clock), keys or Keys(entra=SigningKey(), issuer=SigningKey())
    issuer, key = LocalIssuer(url + PATH, clocks.whole, signing.issuer), signing.entra
    queue, journal = Faults(clocks.whole), Journal()
    chance = random.Random(world.seed)  # noqa: S311  # the life of a token, not a secret

    def current() -> Emulation:
        return whole

    entra = Entra(
        world=lambda: whole.world,
        clock=clocks.entra,
        chance=chance.random,
        key=key,
        issuers=IssuerKeys(
            partial(_issuer_document, issuer, str(_issuer_trust(world, trust))), clocks.entra
        ),
        registrations=Registrations(world),
        local_issuer=issuer.url,
    )
    exchange = Exchange(
        world=lambda: whole.world, clock=clocks.exchange, tokens=TokenCheck(key.public)
    )
    throttle = Throttle(world=lambda: whole.world, clock=clocks.exchange)
    transience = Transience(world=lambda: whole.world)
    routes = [
        *ControlRoutes(emulation=current, is_remote=remote_control).routes(),
        *ExchangeRoutes(
            exchange=exchange,
            world=lambda: whole.world,
            throttle=throttle,
            transience=transience,
            module_template=_template,
        ).routes(),
        *EntraRoutes(entra=entra).routes(),
    ]
    app = FrontDoor(
        app=Starlette(routes=routes),
        faults=queue,
        journal=journal,
        clock=clocks.whole,
        date=clocks.at,
    )
    whole = Emulation(
        world=world,
        url=url,
        clocks=clocks,
        faults=queue,
        first_faults=faults,
        journal=journal,
        issuer=issuer,
        entra=entra,
        exchange=exchange,
        throttle=throttle,
        transience=transience,
        chance=chance,
        app=app,
    )
    return whole


def _issuer_trust(world: World, trust: Path) -> Path:
    """Write whom other issuers are trusted by beside *trust*: it, the world's and the machine's."""
    system = ssl.get_default_verify_paths().cafile
    texts = [trust.read_text(encoding="ascii"), *world.entra.issuer_trust]
    texts += [Path(system).read_text(encoding="utf-8", errors="ignore")] if system else []
    bundle = trust.with_name("issuer-trust.pem")
    bundle.write_text("\n".join(texts), encoding="utf-8")
    return bundle


def _issuer_document(issuer: LocalIssuer, trust: str, url: str) -> object:
    return issuer.document(url) or fetch_json(url, trust=trust)


def _template() -> str:
    return (MODULE_FOLDER / "rest-cmdlets.psm1.template").read_text(encoding="utf-8")
