"""What the options of `exo-emulator` take, and what its exit codes mean."""

import re
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import click

from emulator.durations import duration

_HOSTNAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9][a-z0-9-]{0,61}")

SERVE_CODES = """\b
Exit codes:
  0   stopped by SIGTERM or Ctrl-C
  2   the command line is wrong
  69  a port is in use, or not ours to take
  73  the state folder cannot be written, is damaged or is another program's
  78  the world is wrong

What to set is said on stdout, what is wrong on stderr."""
EXAMPLES = """\b
Examples:
  exo-emulator serve                     serve a sample tenant; prints what to set
  exo-emulator serve --world world.yaml  serve your own tenants
  exo-emulator check world.yaml          say what is wrong in a world file
  exo-emulator selftest                  say whether this installation works"""
CHECK_CODES = """\b
Exit codes:
  0   it can be served
  78  it cannot"""
SELFTEST_CODES = """\b
Exit codes:
  0   every check that was made is good
  1   a check failed
  2   the command line is wrong
  73  no emulator serves from the state folder"""

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
