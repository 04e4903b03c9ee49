"""The settings in a configuration, read and checked by a process of its own.

What checks it (pydantic, the YAML parser) is some twelve MiB of code and models for half a
second of work; the sidecar would carry them for years.  A child gives its memory back.
"""

import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from sidecar.config.settings import Settings, settings_of
from sidecar.config.variables import unknown_in
from sidecar.errors import ConfigError

Found = Settings | tuple[str, ...]
"""The settings, or every problem."""


class Loading:
    """A configuration that is being read; the caller's imports need not wait for it."""

    def __init__(self, path: Path | None, environ: Mapping[str, str]) -> None:
        """Begin to read the one at *path*, or in *environ*.  Call it before any thread starts."""
        # Not by multiprocessing, which would stay in memory for this one child; and not by a new
        # program, which would import anew what is here already.
        self._path = path
        self._reading, writing = os.pipe()
        self._child = os.fork()
        if not self._child:
            _answer(path, environ, writing)
        os.close(writing)

    def settings(self) -> Settings:
        """Wait for what it comes to.

        Raises:
            ConfigError: with every problem that was found.
        """
        with os.fdopen(self._reading, "rb") as answer:
            sent = answer.read()
        _, status = os.waitpid(self._child, 0)
        code = os.waitstatus_to_exitcode(status)
        found: Found | None = pickle.loads(sent) if code == 0 else None  # noqa: S301 - our own child
        return _settled(found, self._path, code)


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the configuration at *path*, or in *environ*.  Call it before any thread is started.

    Raises:
        ConfigError: with every problem that was found.
    """
    return Loading(path, environ).settings()


def reload_settings(path: Path | None) -> Settings:
    """Read the configuration anew.  Threads may run: the child is a program of its own.

    Raises:
        ConfigError: with every problem that was found.
    """
    argv = [sys.executable, "-m", __name__, *([str(path)] if path else [])]
    child = subprocess.run(argv, stdout=subprocess.PIPE, check=False)  # noqa: S603 - our own program
    found: Found | None = pickle.loads(child.stdout) if child.returncode == 0 else None  # noqa: S301 - as above
    return _settled(found, path, child.returncode)


def _settled(found: Found | None, path: Path | None, code: int | None) -> Settings:
    match found:
        case Settings():
            return found
        case None:
            end = f"exit code {code}, where -9 may mean a lack of memory"
            where = path or "the environment"
            raise ConfigError([f"{where}: the process that checks it ended too early ({end})"])
        case _:
            raise ConfigError(found)


def _answer(path: Path | None, environ: Mapping[str, str], writing: int) -> NoReturn:
    """Be the child: send what was found and end, whatever happens."""
    code = 1
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(read_settings(path, environ)))
        code = 0
    except BaseException:  # noqa: BLE001 - the parent tells that the child ended too early
        traceback.print_exc()
    finally:
        os._exit(code)


def read_settings(path: Path | None, environ: Mapping[str, str]) -> Found:
    """Read and check the configuration in this process."""
    from sidecar.config.environment import config_in  # noqa: PLC0415 - see above
    from sidecar.config.file import load_config  # noqa: PLC0415 - as above
    from sidecar.config.surroundings import surroundings_of  # noqa: PLC0415 - as above

    surroundings = surroundings_of(path, environ)
    unknown = unknown_in(environ) if path else []
    try:
        config = load_config(path, surroundings) if path else config_in(environ, surroundings)
    except ConfigError as error:
        return (*error.problems, *unknown)
    return tuple(unknown) if unknown else settings_of(config)


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    sys.stdout.buffer.write(pickle.dumps(read_settings(chosen, os.environ)))
