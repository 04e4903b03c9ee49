"""What the server prints at its start works as it stands there."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.clock import system_clock
from emulator.introduction import introduction
from emulator.sample import CLIENT_ID, sample_application
from emulator.serve import Order, Served, sample_world, serving_order
from emulator.sockets import Ports
from emulator.testing import Tenant, World

SIGNED_IN = """\
import os
from azure.identity import EnvironmentCredential
print(len(EnvironmentCredential().get_token("https://outlook.office365.com/.default").token))
"""


def ordered(**changes: object) -> Order:
    """Return what to serve: the sample, in a folder for this run only."""
    world = sample_world(mailboxes=4, seed=7, settings={})
    usual = {"world": world, "ports": Ports(), "folder": None}
    return Order(**{**usual, "projected_token_life": timedelta(hours=1), **changes})


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The sample, in this process."""
    with serving_order(ordered(), clock=system_clock) as started:
        yield started


@pytest.fixture(scope="module")
def text(served: Served) -> str:
    """What would be printed."""
    return introduction(served.guide, served.tenant, is_kept=False)


def run(served: Served, shell: str) -> str:
    """Run a line in bash with the environment file read; return what it prints."""
    script = f"set -eu; . {served.guide.folder / 'environment.sh'}; {shell}"
    done = subprocess.run(
        ["bash", "-c", script],
        env={"PATH": os.environ["PATH"], "HOME": str(served.guide.folder)},
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.behaviour("control.introduction")
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_each_printed_curl_gets_a_token(served: Served, text: str):
    """By Microsoft's address through the proxy, and by the emulator's own."""
    commands = [line.split(maxsplit=1)[1] for line in text.splitlines() if "  curl  " in line]
    assert len(commands) == 2
    for command in commands:
        assert '"access_token"' in run(served, f"{command} -sS")


def test_bash_has_what_python_needs(served: Served):
    """azure-identity's EnvironmentCredential signs in by the environment file alone."""
    python = Path(sys.executable)
    assert int(run(served, f"{python} -c '{SIGNED_IN}'")) > 500


@pytest.mark.skipif("PWSH" not in os.environ, reason="PWSH names no PowerShell")
def test_powershell_has_what_it_needs(served: Served, tmp_path: Path):
    """A pwsh that was started with the environment finds Exchange and the module here."""
    script = tmp_path / "script.ps1"
    url = f"https://login.microsoftonline.com/{served.guide.tenant_id}/oauth2/v2.0/token"
    script.write_text(
        f"""
        $ErrorActionPreference = 'Stop'
        $form = @{{
            client_id = $env:AZURE_CLIENT_ID; grant_type = 'client_credentials'
            scope = 'https://outlook.office365.com/.default'
            client_secret = Get-Content -Raw '{served.guide.folder / "client-secret"}'
        }}
        $token = (Invoke-RestMethod -Method Post -Uri '{url}' -Body $form).access_token
        $organization = '{served.guide.organization}'
        Connect-ExchangeOnline -AccessToken $token -Organization $organization -ShowBanner:$false
        @(Get-EXOMailbox).Count
        """
    )
    pwsh = os.environ["PWSH"]
    assert run(served, f"{pwsh} -NoProfile -NonInteractive -File {script}").strip() == "4"


def test_another_cloud_has_its_own_addresses():
    """The tenant's cloud decides what is printed."""
    tenant = Tenant(
        id="99999999-9999-4999-8999-999999999999",
        domains=("fabrikam.onmicrosoft.com",),
        cloud="gccHigh",
        applications=(sample_application(()),),
    )
    order = ordered(world=World(tenants=(tenant,)))
    with serving_order(order, clock=system_clock) as started:
        text = introduction(started.guide, started.tenant, is_kept=True)
    assert "https://login.microsoftonline.us/99999999" in text
    assert "-ExchangeEnvironmentName O365USGovGCCHigh" in text
    assert "scope=https://outlook.office365.us/.default" in text
    assert "microsoftonline.com" not in text
    assert CLIENT_ID in text


@pytest.mark.behaviour("control.remote")
@pytest.mark.parametrize(("is_open", "status"), [(False, 403), (True, 200)])
def test_other_machines_are_let_in_by_an_option(is_open: bool, status: int):  # noqa: FBT001
    """Who asks from another address is refused, unless the order says otherwise."""
    with serving_order(ordered(remote_control=is_open), clock=system_clock) as started:
        assert asyncio.run(asked_from("192.0.2.7", started)) == status


async def asked_from(client: str, served: Served) -> int:
    """Ask for the world as if from *client*; return the status."""
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/_emulator/world",
        "raw_path": b"/_emulator/world",
        "query_string": b"",
        "root_path": "",
        "scheme": "https",
        "headers": [(b"host", b"emulator")],
        "client": (client, 1),
        "server": ("127.0.0.1", 2),
    }
    await served.played.app(scope, receive, send)
    return int(sent[0]["status"])


def test_it_listens_at_an_address_of_version_6():
    """The URL has brackets, and the certificate the address."""
    try:
        with serving_order(ordered(address="::1"), clock=system_clock) as started:
            assert started.guide.url.startswith("https://[::1]:")
            assert started.guide.proxy_url.startswith("http://[::1]:")
            command = f"curl -sS --noproxy '*' --cacert $SSL_CERT_FILE -g {started.guide.url}/x"
            assert run(started, command) is not None
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
