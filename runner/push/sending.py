"""Sends the end of a run to a Pushgateway and to a ping address, once each."""

import ssl
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from contract.runrecord import Result
from runner.job.sections import Ping, Push, Pushgateway

JOB = "exo-jobs"
"""The label `job` of what is pushed; the job's own name is the label `task`."""


class NotPushedError(Exception):
    """Somebody could not be told; the sentence quotes no more of an address than its host."""


def push(asked: Push, result: Result) -> Iterator[NotPushedError]:
    """Tell everyone whom *asked* names, and yield what went wrong.  Never raises."""
    tellings: list[Callable[[], None]] = []
    if asked.pushgateway is not None:
        gateway = asked.pushgateway
        tellings.append(lambda: to_gateway(gateway, result))
    if asked.ping is not None:
        ping = asked.ping
        tellings.append(lambda: to_ping(ping, result))
    for tell in tellings:
        try:
            tell()
        except NotPushedError as error:
            yield error


def to_gateway(gateway: Pushgateway, result: Result) -> None:
    """Add the run's gauges to those that the gateway has of this job.

    Raises:
        NotPushedError: the gateway did not take them.
    """
    from prometheus_client import pushadd_to_gateway  # noqa: PLC0415 - few jobs push

    from runner.push.gauges import registry_of  # noqa: PLC0415

    bearer = _read(gateway.token_file) if gateway.token_file else None

    def handler(
        url: str, method: str, timeout: float | None, headers: list[tuple[str, str]], data: bytes
    ) -> Callable[[], None]:
        more = [("Authorization", f"Bearer {bearer}")] if bearer else []
        request = Request(url, data=data, headers=dict([*headers, *more]), method=method)  # noqa: S310 - the spec's schemes
        return lambda: _send(request, timeout or 0, gateway.ca_file)

    pushadd_to_gateway(
        gateway.url,
        job=JOB,
        registry=registry_of(result),
        grouping_key={"task": result.job, **gateway.labels},
        timeout=gateway.timeout.total_seconds(),
        handler=handler,
    )


def to_ping(ping: Ping, result: Result) -> None:
    """Call `<url>/<exit code>` with the run's gist as body, as healthchecks.io defines it.

    Source: healthchecks.io, "Signaling failures": 0 is a success, 1 to 255 a failure.

    Raises:
        NotPushedError: the address did not answer with success.
    """
    url = ping.url or _read(ping.url_file or "")
    if urlsplit(url).scheme not in {"http", "https"}:
        raise NotPushedError(f"{ping.url_file} holds no http:// or https:// address")
    request = Request(  # noqa: S310 - checked just above
        f"{url.rstrip('/')}/{result.exit_code:d}",
        data=result.termination_message().encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    _send(request, ping.timeout.total_seconds(), ping.ca_file)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise NotPushedError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def _send(request: Request, timeout: float, ca_file: str | None) -> None:
    host = request.host
    try:
        context = ssl.create_default_context(cafile=ca_file)
        opener = build_opener(HTTPSHandler(context=context), ProxyHandler())
        with opener.open(request, timeout=timeout):
            pass
    except HTTPError as error:
        raise NotPushedError(f"{host} answers {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise NotPushedError(f"{host}: {type(error).__name__}") from None
