"""Fixtures for tests of Exchange automation: `pip install exo-jobs[emulator]`, and ask for one.

```python
def test_report(exo_emulator, exo_emulator_env):
    run_my_report()  # asks login.microsoftonline.com and outlook.office365.com, meets the emulator
    assert [entry.cmdlet for entry in exo_emulator.journal if entry.cmdlet] == ["Get-Mailbox"]


def test_throttled(exo_emulator, exo_emulator_env):
    exo_emulator.faults.add(Fault(cmdlet="Get-Mailbox", status=429))
    ...
```

- `exo_emulator`: an `emulator.testing.Emulator`, as it was at its beginning. The server lives as
  long as the test session; world, mailboxes, faults, journal and clocks are reset for each test.
- `exo_emulator_env`: the environment of the test, set so that programs which know nothing of the
  emulator use Microsoft's addresses: proxy, trust, the metadata service, and what azure-identity's
  EnvironmentCredential reads. It is a mapping too, for `subprocess`.
- `exo_emulator_credentials`: an `emulator.guide.Guide`: tenant, application, and a folder with
  every kind of credential (certificate as PEM, encrypted PEM and PFX, secret, projected token).
- `exo_emulator_world`: override it, with scope "session", to have other tenants.

A test run that asks for none of them imports nothing of the emulator.
"""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from emulator.guide import Guide
    from emulator.serve import Served
    from emulator.testing import Emulator
    from emulator.world import World

_MAILBOXES = 50


@pytest.fixture(scope="session")
def exo_emulator_world() -> "World":
    """Who is emulated: the sample tenant contoso with fifty mailboxes."""
    from emulator.serve import sample_world  # noqa: PLC0415  # see the end of the module's text

    return sample_world(mailboxes=_MAILBOXES, seed=7, settings={})


@pytest.fixture(scope="session")
def exo_emulator_session(exo_emulator_world: "World") -> "Iterator[Served]":
    """The server behind `exo_emulator`; tests ask for that one."""
    from emulator.clock import system_clock  # noqa: PLC0415  # as above
    from emulator.serve import Order, serving_order  # noqa: PLC0415  # as above
    from emulator.sockets import Ports  # noqa: PLC0415  # as above

    with tempfile.TemporaryDirectory(prefix="exo-emulator-") as name:
        order = Order(
            world=exo_emulator_world,
            ports=Ports(),
            folder=Path(name) / "state",
            projected_token_life=timedelta(days=1),
        )
        with serving_order(order, clock=system_clock) as served:
            yield served


@pytest.fixture
def exo_emulator(exo_emulator_session: "Served") -> "Emulator":
    """An emulator of Entra ID and Exchange Online, as at its beginning."""
    from emulator.testing import Emulator  # noqa: PLC0415  # as above

    served = exo_emulator_session
    served.played.reset()
    return Emulator(served.played, served.sockets, served.guide.ca_file)


@pytest.fixture
def exo_emulator_credentials(
    exo_emulator_session: "Served",
    exo_emulator: "Emulator",  # noqa: ARG001  # for its reset
) -> "Guide":
    """Whom to sign in as, and with what."""
    return exo_emulator_session.guide


@pytest.fixture
def exo_emulator_env(
    exo_emulator_credentials: "Guide", monkeypatch: pytest.MonkeyPatch
) -> Mapping[str, str]:
    """The variables by which unmodified programs use the emulator, set for this test."""
    guide = exo_emulator_credentials
    wanted = {**guide.environment(), **guide.credentials()}
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)
    return wanted
