"""What does a text export hold? Any table of delimited text whose header names time, voltage and current.

Covers the Battery Data Format's CSV, BioLogic's .mpt, Arbin's CSV and Maccor's text exports, and others of this form:
lines above the header are passed over, the delimiter is a comma, a semicolon or a tab, and decimals may be commas where
the delimiter is none. Only the columns needed are read, as text, so that a value that is no number can be named.

What it does not do: read columns of fixed width, UTF-16, or exports that name columns in another language.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.measurement.errors import EmptyMeasurementError, MissingColumnsError, UnreadableMeasurementError
from pipelines.measurement.signatures import BIOLOGIC_TEXT, format_of
from pipelines.measurement.table import RawTable
from pipelines.measurement.vocabulary import assign, is_battery_data, recognised

_HEAD_BYTES = 1 << 18
_HEAD_LINES = 2000
_NUMBER = re.compile(r"[-+]?\d*\.?\d*([eE][-+]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the table begins and how its lines are divided."""

    header_line: int
    headers: list[str]
    delimiter: str
    decimal_comma: bool


def read_delimited(path: Path) -> RawTable:
    """Read a text export.

    Raises
    ------
    EmptyMeasurementError
        If there is nothing in the file, or nothing below the header.
    UnreadableMeasurementError
        If it is no text, or a row has more fields than the header.
    MissingColumnsError, AmbiguousSeriesError
        If the columns cannot be assigned.
    """
    text, encoding = _head(path)
    layout = _layout(text.splitlines()[:_HEAD_LINES], path)
    assignment = assign(layout.headers)
    frame = _read(path, layout)
    _require_no_surplus(frame.to_series(-1), len(layout.headers))
    chosen = [pl.col(f"column_{column.position}").alias(column.header) for column in assignment.all]
    table = frame.select(chosen).select(pl.all().str.strip_chars())
    notes = []
    if encoding != "UTF-8" and not "".join(layout.headers).isascii():
        notes.append(f"the headers are not UTF-8; they were read as {encoding}")
    if layout.decimal_comma:
        table = table.select(pl.all().str.replace(",", ".", literal=True))
        notes.append("decimal commas were read as points")
    reader = f"polars {pl.__version__} as {encoding}"
    return RawTable(table, assignment, _format(text, layout.headers), reader, notes=tuple(notes))


def _head(path: Path) -> tuple[str, str]:
    """The beginning of the file as text, and its encoding."""
    with path.open("rb") as file:
        content = file.read(_HEAD_BYTES)
    if not content.strip():
        raise EmptyMeasurementError(f"{path} is empty. Export it again.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableMeasurementError(f"{path} is UTF-16. Save it as UTF-8.")
    if b"\0" in content:
        raise UnreadableMeasurementError(
            f"{path} is no text: it looks like {format_of(content)}. Give it its own suffix."
        )
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(content), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1"


def _layout(lines: list[str], path: Path) -> _Layout:
    """The first line that names time, voltage and current, or else the one that comes nearest."""
    divided = [(number, d, _fields(line, d)) for number, line in enumerate(lines) for d in "\t;," if d in line]
    if not divided:
        raise UnreadableMeasurementError(f"{path} is no table: no line is divided by commas, semicolons or tabs.")
    number, delimiter, headers = max(divided, key=lambda found: _merit(found[2]))
    if all(_NUMBER.fullmatch(field) for field in headers):
        raise MissingColumnsError(f"{path} names no columns: line {number + 1} holds {headers[:5]}. Add a header.")
    return _Layout(number, headers, delimiter, delimiter != "," and _has_decimal_commas(lines[number + 1 :], delimiter))


def _fields(line: str, delimiter: str) -> list[str]:
    return [field.strip().strip('"').strip() for field in line.split(delimiter)]


def _merit(headers: list[str]) -> tuple[int, int]:
    """How good a header a line is: the quantities it names, or, where it names none, its fields."""
    count = recognised(headers)
    return count, 0 if count else len(headers)


def _has_decimal_commas(lines: list[str], delimiter: str) -> bool:
    fields = [field for line in lines[:100] for field in _fields(line, delimiter)]
    points = any("." in field and _NUMBER.fullmatch(field) for field in fields)
    return not points and any(_DECIMAL_COMMA.fullmatch(field) for field in fields)


def _read(path: Path, layout: _Layout) -> pl.DataFrame:
    """All columns needed as text, and one more than the header has, which must be empty."""
    width = len(layout.headers) + 1
    try:
        return (
            pl.scan_csv(
                path,
                has_header=False,
                skip_lines=layout.header_line + 1,
                separator=layout.delimiter,
                schema={f"column_{k}": pl.String for k in range(width)},
                missing_columns="insert",
                extra_columns="ignore",
                encoding="utf8-lossy",
            )
            .select(_needed(layout))
            .collect()
        )
    except pl.exceptions.PolarsError as cause:
        reason = str(cause).splitlines()[0]
        raise UnreadableMeasurementError(f"{path} cannot be read as delimited text: {reason}.") from cause


def _needed(layout: _Layout) -> list[str]:
    positions = {column.position for column in assign(layout.headers).all} | {len(layout.headers)}
    return [f"column_{position}" for position in sorted(positions)]


def _require_no_surplus(surplus: pl.Series, width: int) -> None:
    """Raise if a row has more fields than the header, as where a comma divides both fields and decimals."""
    rows = (surplus.fill_null("").str.strip_chars() != "").arg_true()
    if len(rows):
        raise UnreadableMeasurementError(
            f"row {rows[0] + 1} has more fields than the header has names ({width}). If decimals are commas, export "
            "with points, or with semicolons between the fields."
        )


def _format(text: str, headers: list[str]) -> str:
    if text.startswith(BIOLOGIC_TEXT):
        return "BioLogic EC-Lab text"
    if is_battery_data(headers):
        return "Battery Data Format CSV"
    names = {header.lower().split("(")[0].strip().replace(" ", "_") for header in headers}
    if {"test_time", "step_index", "cycle_index"} <= names:
        return "Arbin CSV"
    if names & {"rec#", "rec"}:
        return "Maccor text"
    return "delimited text"
