"""An emulator for tests: a real HTTPS server on loopback, in this process.

```python
with running(sample_world(tokenLifetime="15s")) as emulator:
    print(emulator.url, emulator.ca_file)
```
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import trustme

from emulator import sample
from emulator.applications import Application, ClientSecret, FederatedCredential
from emulator.clock import Clock, Clocks, system_clock
from emulator.credentials import ClientCertificate
from emulator.credentials import new_client_certificate as _new_client_certificate
from emulator.emulation import MODULE_FOLDER, Emulation, emulation
from emulator.faults import Cut, Drip, Fault, Faults
from emulator.issuer import LocalIssuer
from emulator.journal import Entry, Journal
from emulator.sample import CLIENT_ID, DOMAINS, OBJECT_ID, ORGANIZATION, TENANT_ID
from emulator.servernames import LOCAL_NAMES, LOOPBACK, url
from emulator.serving import serving
from emulator.sockets import Sockets, bound_sockets
from emulator.world import Tenant, World

__all__ = [
    "CLIENT_ID",
    "DOMAINS",
    "MODULE_FOLDER",
    "OBJECT_ID",
    "ORGANIZATION",
    "SAMPLE_CERTIFICATE",
    "TENANT_ID",
    "Application",
    "ClientCertificate",
    "ClientSecret",
    "Cut",
    "Drip",
    "Emulator",
    "Entry",
    "Fault",
    "FederatedCredential",
    "Tenant",
    "World",
    "new_client_certificate",
    "running",
    "sample_world",
]

SAMPLE_CERTIFICATE = _new_client_certificate(now=system_clock())
"""Registered on the application of `sample_world`; made once a process."""


def new_client_certificate(
    *, life: timedelta = timedelta(days=365), name: str = "exo-jobs"
) -> tuple[str, str]:
    """Return (certificate PEM, key PEM) of a new self-signed certificate valid from now."""
    made = _new_client_certificate(now=system_clock(), life=life, name=name)
    return made.certificate, made.key


def sample_world(
    *, certificate: str = "", mailboxes: int = 50, seed: int = 7, **overrides: object
) -> World:
    """Return a world whose application trusts *certificate*, or `SAMPLE_CERTIFICATE`.

    *overrides* set members of `World`, such as `token_lifetime="15s"`.
    """
    trusted = certificate or SAMPLE_CERTIFICATE.certificate
    return sample.sample_world(certificate=trusted, mailboxes=mailboxes, seed=seed, **overrides)


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator."""

    state: Emulation
    sockets: Sockets
    ca_file: Path
    """PEM of the CA that the server's certificate is from."""

    @property
    def url(self) -> str:
        """Authority host and Exchange host in one: `https://127.0.0.1:<port>`."""
        return self.state.url

    @property
    def proxy_url(self) -> str:
        """An HTTP proxy that leads Microsoft's own addresses here, and nowhere else."""
        return self.sockets.proxy_url

    @property
    def metadata_url(self) -> str:
        """The instance metadata service (IMDS), without TLS."""
        return self.sockets.metadata_url

    @property
    def connection_uri(self) -> str:
        """What `Connect-ExchangeOnline -ConnectionUri` takes."""
        return f"{self.url}/powershell-liveid/"

    @property
    def world(self) -> World:
        """What is emulated now."""
        return self.state.world

    @property
    def faults(self) -> Faults:
        """The failures still to come; add to them."""
        return self.state.faults

    @property
    def journal(self) -> Journal:
        """What was asked so far."""
        return self.state.journal

    @property
    def issuer(self) -> LocalIssuer:
        """Mints workload-identity tokens that `sample_world` trusts."""
        return self.state.issuer

    @property
    def clocks(self) -> Clocks:
        """The emulated time; `clocks.whole.shift = timedelta(hours=1)` lets tokens expire."""
        return self.state.clocks

    def reset(self) -> None:
        """Go back to the beginning, in a few milliseconds; see `Emulation.reset`."""
        self.state.reset()

    def set_token_lifetime(self, seconds: float | None) -> None:
        """Let tokens issued from now on live so long; `None` is 60 to 90 minutes."""
        life = None if seconds is None else timedelta(seconds=seconds)
        self.state.world = self.state.world.model_copy(update={"token_lifetime": life})


@contextmanager
def running(
    world: World | None = None, *, ca: trustme.CA | None = None, clock: Clock = system_clock
) -> Iterator[Emulator]:
    """Serve *world* until the block ends."""
    authority = ca or trustme.CA()
    with (
        tempfile.TemporaryDirectory(prefix="exo-emulator-") as name,
        bound_sockets() as sockets,
    ):
        folder = Path(name)
        ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(ca_file))
        address = url(address=LOOPBACK, hostnames=(), port=sockets.port)
        state = emulation(world or sample_world(), url=address, trust=ca_file, clock=clock)
        with serving(state.app, sockets, authority, folder, own_names=LOCAL_NAMES):
            yield Emulator(state, sockets, ca_file)
