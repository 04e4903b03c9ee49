"""The settings in a configuration file, read and checked by a process of its own.

What checks it (pydantic, the YAML parser) is some twelve MiB of code and models for half a
second of work; the sidecar would carry them for years.  A child gives its memory back.
"""

from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from sidecar.config.settings import Settings, settings_of
from sidecar.errors import ConfigError


def load_settings(path: Path) -> Settings:
    """Read and check the configuration at *path*.  Call it before any thread is started.

    Raises:
        ConfigError: with every problem that was found.
    """
    context = get_context("fork")  # the other ways would import the whole program anew
    reading, writing = context.Pipe(duplex=False)
    child = context.Process(target=_load, args=(path, writing), name="configuration")
    child.start()
    writing.close()
    with reading:
        found = _received(reading)
    child.join()
    match found:
        case Settings():
            return found
        case None:
            end = f"exit code {child.exitcode}, where -9 may mean a lack of memory"
            raise ConfigError([f"{path}: the process that checks it ended too early ({end})"])
        case _:
            raise ConfigError(found)


def _received(reading: Connection) -> Settings | tuple[str, ...] | None:
    try:
        found: Settings | tuple[str, ...] = reading.recv()
    except EOFError:
        return None
    return found


def _load(path: Path, writing: Connection) -> None:
    from sidecar.config.file import load_config  # noqa: PLC0415 - see the module's docstring
    from sidecar.config.surroundings import surroundings_of  # noqa: PLC0415 - as above

    try:
        writing.send(settings_of(load_config(path, surroundings_of(path))))
    except ConfigError as error:
        writing.send(error.problems)
