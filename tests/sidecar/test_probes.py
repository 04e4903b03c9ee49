"""The small HTTP server, over real sockets."""

import socket
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection

import pytest

from sidecar.observe.probes import Page, serving, verdict


@pytest.fixture
def port() -> Iterator[int]:
    """A server with a good and a bad page."""
    routes = {
        "/livez": lambda _: verdict([]),
        "/readyz": lambda _: verdict(["a: expired", "b: expired"]),
        "/accept": lambda accept: Page(
            status=HTTPStatus.OK, content_type="x/y", body=accept.encode()
        ),
    }
    with serving("127.0.0.1", 0, routes) as bound:
        yield bound


def _ask(port: int, method: str, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode(), dict(response.getheaders())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        pytest.param("GET", "/livez", 200, "ok\n", id="good"),
        pytest.param("GET", "/livez?verbose", 200, "ok\n", id="a query is ignored"),
        pytest.param("GET", "/readyz", 503, "a: expired\nb: expired\n", id="bad, with reasons"),
        pytest.param("HEAD", "/readyz", 503, "", id="HEAD has no body"),
        pytest.param("GET", "/", 404, "here are /livez, /readyz, /accept\n", id="unknown"),
        pytest.param("GET", "/livez/", 404, "here are /livez, /readyz, /accept\n", id="slash"),
        pytest.param("POST", "/livez", 405, "only GET and HEAD here\n", id="POST"),
        pytest.param("DELETE", "/nope", 405, "only GET and HEAD here\n", id="DELETE"),
        pytest.param("BREW", "/livez", 501, None, id="no such method"),
    ],
)
def test_a_page_has_its_status_and_text(
    port: int, method: str, path: str, status: int, body: str | None
) -> None:
    """Statuses are those that a kubelet and a person expect."""
    found, text, headers = _ask(port, method, path)
    assert found == status
    assert body is None or text == body
    assert (headers.get("Allow") == "GET, HEAD") == (status == 405)


def test_a_route_sees_what_the_client_accepts(port: int) -> None:
    """Prometheus chooses the format by it."""
    assert _ask(port, "GET", "/accept", Accept="application/openmetrics-text")[1] == (
        "application/openmetrics-text"
    )


def test_a_silent_client_holds_up_neither_others_nor_the_end() -> None:
    """Thirty-two clients that say nothing, and stopping is still quick."""
    with serving("127.0.0.1", 0, {"/livez": lambda _: verdict([])}) as port:
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        assert _ask(port, "GET", "/livez")[0] == 200
    for each in silent:
        each.close()


def test_a_dripping_client_is_cut_off() -> None:
    """A byte now and then does not hold a thread for ever."""
    with (
        serving("127.0.0.1", 0, {}, patience=0.1) as port,
        socket.create_connection(("127.0.0.1", port)) as slow,
    ):
        slow.settimeout(10)
        deadline = time.monotonic() + 10
        cut = False
        while not cut:
            assert time.monotonic() < deadline
            try:
                slow.sendall(b"G")
                slow.settimeout(0.1)
                cut = slow.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                cut = True


def test_a_crowd_is_turned_away_and_room_is_made_again() -> None:
    """The thirty-third client at once gets nothing, and the server stays."""
    with serving("127.0.0.1", 0, {"/livez": lambda _: verdict([])}) as port:
        crowd = [socket.create_connection(("127.0.0.1", port)) for _ in range(33)]
        crowd[32].settimeout(5)
        assert crowd[32].recv(1) == b""
        for each in crowd:
            each.close()
        deadline = time.monotonic() + 10
        answered = 0
        while answered != 200:
            assert time.monotonic() < deadline
            try:
                answered = _ask(port, "GET", "/livez")[0]
            except OSError:
                continue


def test_a_port_in_use_is_an_error_of_the_system(port: int) -> None:
    """The caller says so in one sentence."""
    with pytest.raises(OSError, match="in use"), serving("127.0.0.1", port, {}):
        raise AssertionError("two servers on one port")


def test_a_server_on_ipv6_answers_there() -> None:
    """Clusters may have no IPv4."""
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with (
        serving("::1", 0, {"/livez": lambda _: verdict([])}) as port,
        socket.create_connection(("::1", port), timeout=5) as client,
    ):
        client.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.0 200")
