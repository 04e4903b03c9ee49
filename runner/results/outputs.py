"""Writes the script's objects as CSV, JSON Lines and JSON, in flat memory."""

import csv
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from contract.runrecord import FileRecord
from runner.job.fields import Format
from runner.job.sections import Csv, Output


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Properties that the CSV has no column for have come for the first time."""

    names: tuple[str, ...]


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV Injection)."""


class _Writer(Protocol):
    def write(self, value: object) -> None: ...

    def finish(self) -> None: ...


class Outputs:
    """The output files of one run, `.part` until they are whole."""

    def __init__(self, folder: Path, declared: Output) -> None:
        self._folder = folder
        self._limit, self._largest = declared.max_records, declared.max_bytes
        self._files: dict[Format, TextIO] = {}
        self._writers: list[_Writer] = []
        self.count = 0
        self.over: str | None = None
        """Which limit of the job was met, as its key."""
        self.left_out: dict[str, int] = {}
        """Properties that the CSV has no column for, with how often each came."""
        for form in dict.fromkeys(declared.format):
            file = self._part(form).open("x", encoding="utf-8", errors="replace", newline="")
            self._files[form] = file
            self._writers.append(self._writer(form, file, declared))

    def _writer(self, form: Format, file: TextIO, declared: Output) -> _Writer:
        match form:
            case Format.CSV:
                return CsvWriter(file, declared.properties, self.left_out, declared.csv)
            case Format.JSONL:
                return JsonLinesWriter(file, declared.properties)
            case Format.JSON:
                return JsonWriter(file, declared.properties)

    def write(self, values: Iterable[object]) -> LeftOut | None:
        """Write *values*, up to the limit; tell what the CSV leaves out, the first time."""
        has_left_out = bool(self.left_out)
        self._write(values)
        return LeftOut(tuple(self.left_out)) if self.left_out and not has_left_out else None

    def _write(self, values: Iterable[object]) -> None:
        for value in values:
            if self._limit and self.count >= self._limit:
                self.over = self.over or "output.maxRecords"
                return
            if self._largest and any(
                each.buffer.tell() > self._largest for each in self._files.values()
            ):
                self.over = self.over or "output.maxBytes"
                return
            self.count += 1
            for writer in self._writers:
                writer.write(value)

    def close(self, *, is_whole: bool) -> list[FileRecord]:
        """Flush all; give each file its name if the output is whole, and say what there is."""
        records = []
        for (form, file), writer in zip(self._files.items(), self._writers, strict=True):
            with file:
                writer.finish()
                file.flush()
                os.fsync(file.fileno())
            path = self._part(form)
            if is_whole:
                path = path.rename(self._folder / f"output.{form}")
            records.append(file_record(path, self._folder, records=self.count))
        return records

    def _part(self, form: Format) -> Path:
        return self._folder / f"output.{form}.part"


class JsonLinesWriter:
    """One JSON value a line."""

    def __init__(self, file: TextIO, properties: Sequence[str]) -> None:
        self._file = file
        self._properties = properties

    def write(self, value: object) -> None:
        """Write one value."""
        if self._properties and isinstance(value, dict):
            value = {name: _of(value, name) for name in self._properties}
        self._file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")

    def finish(self) -> None:
        """Write nothing more."""


class JsonWriter:
    """One JSON array, a value a line; whole also when the run did not get to its end."""

    def __init__(self, file: TextIO, properties: Sequence[str]) -> None:
        self._file, self._properties = file, properties
        self._between = "[\n"

    def write(self, value: object) -> None:
        """Write one value."""
        if self._properties and isinstance(value, dict):
            value = {name: _of(value, name) for name in self._properties}
        self._file.write(self._between + json.dumps(value, ensure_ascii=False))
        self._between = ",\n"

    def finish(self) -> None:
        """Close the array."""
        self._file.write("[]\n" if self._between.startswith("[") else "\n]\n")


class CsvWriter:
    """RFC 4180; the columns are those declared, or those of the first object."""

    def __init__(
        self, file: TextIO, properties: Sequence[str], left_out: dict[str, int], form: Csv
    ) -> None:
        if form.bom:
            file.write("\ufeff")
        self._rows = csv.writer(file, delimiter=form.delimiter)
        self._is_safe = form.spreadsheet_safe
        self._left_out = left_out
        self._columns: list[str] = []
        self._folded: frozenset[str] = frozenset()
        if properties:
            self._head(list(properties))

    def write(self, value: object) -> None:
        """Write one value as a row; a scalar has the one property `Value`."""
        fields = value if isinstance(value, dict) else {"Value": value}
        if not self._columns:
            if not fields:
                return  # an object with no property says nothing of the columns
            self._head(list(fields))
        self._rows.writerow([self._cell(_of(fields, name)) for name in self._columns])
        for name in fields:
            if name.casefold() not in self._folded:
                self._left_out[name] = self._left_out.get(name, 0) + 1

    def _head(self, columns: list[str]) -> None:
        self._columns = columns
        self._folded = frozenset(name.casefold() for name in columns)
        self._rows.writerow([self._cell(each) for each in columns])

    def _cell(self, value: object) -> object:
        cell = _cell(value)
        risky = self._is_safe and isinstance(cell, str) and cell.startswith(_FORMULA)
        return f"'{cell}" if risky else cell

    def finish(self) -> None:
        """Write nothing more."""


def file_record(path: Path, root: Path, *, records: int | None = None) -> FileRecord:
    """Return what is to be said of the file at *path*."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    return FileRecord(path=str(path.relative_to(root)), bytes=size, sha256=digest, records=records)


def _of(fields: Mapping[str, object], name: str) -> object:
    if name in fields:
        return fields[name]
    # PowerShell's names do not differ by case alone.
    return next((value for key, value in fields.items() if key.casefold() == name.casefold()), None)


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case bool():
            return str(value)
        case _:
            return value
