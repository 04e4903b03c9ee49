"""By which names a server is reached, and what its certificate says."""

import socket
import ssl

import pytest
import requests

from emulator.clouds import all_hosts
from emulator.servernames import certificate_names, own_names, url
from tests.emulator.served import running_in

ANY = "0.0.0.0"  # noqa: S104  # only read here
URLS = {
    "loopback": ("127.0.0.1", (), "https://127.0.0.1:1"),
    "every address": (ANY, (), "https://127.0.0.1:1"),
    "every address of either kind": ("::", (), "https://127.0.0.1:1"),
    "one address": ("10.1.2.3", (), "https://10.1.2.3:1"),
    "one of version 6": ("fd00::1", (), "https://[fd00::1]:1"),
    "a name": (ANY, ("emulator.tests.svc", "other"), "https://emulator.tests.svc:1"),
}


@pytest.mark.parametrize(("address", "names", "found"), URLS.values(), ids=URLS)
def test_the_url_is_what_a_client_can_use(address, names, found):
    """A name before an address, and never one that means every interface."""
    assert url(address=address, hostnames=names, port=1) == found


def test_an_unspecified_address_is_no_name():
    """0.0.0.0 stands in no certificate; each name stands there once."""
    assert own_names(ANY, ("localhost", "a")) == ("127.0.0.1", "localhost", "::1", "a")


def test_regions_are_covered():
    """The hosts that redirects lead to have names with a star."""
    names = certificate_names(own_names("127.0.0.1", ()))
    assert {"*.outlook.office365.com", "*.ps.compliance.protection.outlook.com"} <= set(names)
    assert "*.admin.protection.outlook.com" in names


@pytest.mark.behaviour("control.names")
def test_the_certificate_has_every_name(tmp_path):
    """Each host of each cloud, regions, and the names given; a client checks each by TLS."""
    names = [*all_hosts(), "eur05.outlook.office365.com", "emulator.tests.svc", "localhost"]
    with running_in(tmp_path / "state", "--hostname", "emulator.tests.svc") as running:
        port = int(str(running.guide["url"]).rpartition(":")[2])
        context = ssl.create_default_context(cafile=str(running.folder / "ca.pem"))
        for name in names:
            with (
                socket.create_connection(("127.0.0.1", port)) as client,
                context.wrap_socket(client, server_hostname=name),
            ):
                pass
        assert running.guide["url"] == f"https://emulator.tests.svc:{port}"


@pytest.mark.behaviour("control.hostname")
def test_the_projected_token_is_good_under_a_name_that_nobody_resolves(tmp_path):
    """The emulator needs no network to read its own issuer's keys."""
    with running_in(tmp_path / "state", "--hostname", "emulator.tests.svc") as running:
        port = int(str(running.guide["url"]).rpartition(":")[2])
        address = f"https://127.0.0.1:{port}/{running.guide['tenantId']}/oauth2/v2.0/token"
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                address,
                verify=str(running.folder / "ca.pem"),
                data={
                    "client_id": running.guide["clientId"],
                    "scope": "https://outlook.office365.com/.default",
                    "grant_type": "client_credentials",
                    "client_assertion_type": (
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
                    ),
                    "client_assertion": (running.folder / "projected-token").read_text(),
                },
            )
    assert answer.status_code == 200, answer.text
    assert str(running.guide["issuer"]).startswith("https://emulator.tests.svc:")
