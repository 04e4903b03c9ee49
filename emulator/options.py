"""What the options of `exo-emulator` take."""

import re
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import click

from emulator.durations import duration

_HOSTNAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9][a-z0-9-]{0,61}")

PATH = click.Path(path_type=Path)
PORT = click.IntRange(0, 65_535)


class DurationType(click.ParamType[timedelta]):
    """Takes `15s`, `5ms`, `1h30m`, or a number of seconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the length of time."""
        try:
            return duration(value)
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


class AddressType(click.ParamType[str]):
    """Takes an IP address."""

    name = "address"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the address."""
        try:
            return str(ip_address(str(value)))
        except ValueError:
            self.fail(f"{value!r} is not an IP address", param, ctx)


class HostnameType(click.ParamType[str]):
    """Takes a host name without a port."""

    name = "name"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the name in small letters."""
        text = str(value).lower()
        if not _HOSTNAME.fullmatch(text) or len(text) > 253:
            self.fail(f"{value!r} is not a host name", param, ctx)
        return text
