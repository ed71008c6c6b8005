"""What does a text export hold? Any table of delimited text whose header names time, voltage and current.

Covers the Battery Data Format's CSV, BioLogic's .mpt, Arbin's CSV, Maccor's, Digatron's, Landt's and Gamry's text
exports, and others of this form: lines above the header are passed over, units may stand in a row below it, the
delimiter is a comma, a semicolon or a tab, whole lines may be quoted. A header that begins with empty names is that of
the innermost layer of a report (Neware's cycles, steps and records): rows of other layers are passed over. Only the
columns needed are read, as text, so that a value that is no number can be named.

What it does not do: read columns of fixed width, UTF-16, or exports that name columns in another language.
"""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from ragone.pipelines.files.cyclers.decimals import with_points
from ragone.pipelines.files.cyclers.errors import EmptyMeasurementError, MissingColumnsError, UnreadableMeasurementError
from ragone.pipelines.files.cyclers.signatures import BIOLOGIC_TEXT, format_of
from ragone.pipelines.files.cyclers.table import RawTable
from ragone.pipelines.files.cyclers.units import is_unit
from ragone.pipelines.files.cyclers.vocabulary import (
    REQUIRED,
    Assignment,
    assign,
    frequency_column,
    is_battery_data,
    recognised,
)

_HEAD_BYTES = 1 << 18
_HEAD_LINES = 2000
_LONGEST_NUMBER = 64
_SPECTRUM = 0.9  # of all rows at some frequency
_LEAST_LAYER = 0.3  # of all rows: fewer records are no layer of a report, but rows that lack their first field
_NUMBER = re.compile(r"[-+]?\d*[.,]?\d*([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class _Layout:
    """The first line of a table, how its lines are divided, and how many of its names are empty at the beginning."""

    header_line: int
    headers: list[str]
    delimiter: str
    quoted_lines: bool

    @property
    def indent(self) -> int:
        return next((k for k, header in enumerate(self.headers) if header), 0)


def read_delimited(path: Path) -> RawTable:
    """Read a text export.

    Raises
    ------
    EmptyMeasurementError
        If there is nothing in the file, or nothing below the header.
    UnreadableMeasurementError
        If it is no text, or a row has more fields than the header.
    MissingColumnsError
        If the columns cannot be assigned.
    BadSampleError
        If commas may be decimal or between thousands.
    """
    text, encoding = _head(path)
    lines = text.splitlines()[:_HEAD_LINES]
    layout = _layout(lines, path)
    assignment, has_units = _with_unit_row(assign(layout.headers), lines[layout.header_line + 1 :], layout)
    frame = _read(path, layout, assignment, skipped=layout.header_line + 1 + has_units)
    frame, notes = _innermost(frame, layout)
    _require_no_surplus(frame.to_series(-1), len(layout.headers))
    _require_no_spectrum(frame, layout, path)
    table = frame.select([pl.col(f"column_{column.position}").alias(column.header) for column in assignment.all])
    texts = {assignment.columns[q].header for q in ("date", "state") if q in assignment.columns}
    texts |= {column.header for column in assignment.cells}
    table, words = with_points(table, [header for header in table.columns if header not in texts])
    notes += [words] if words else []
    if encoding != "UTF-8" and not "".join(layout.headers).isascii():
        notes.insert(0, f"the headers are not UTF-8; they were read as {encoding}")
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
    if all(_is_number(field) for field in headers):
        names = [field[:20] for field in headers[:5]]
        raise MissingColumnsError(f"{path} names no columns: line {number + 1} holds {names}. Add a header.")
    line = lines[number].strip()
    return _Layout(number, headers, delimiter, line.count('"') == 2 and line[0] == line[-1] == '"')


def _fields(line: str, delimiter: str) -> list[str]:
    """The fields of a line, whatever is quoted of it."""
    some_quoted = line.count('"') > 2
    fields = next(csv.reader([line], delimiter=delimiter), []) if some_quoted else line.split(delimiter)
    return [field.strip().strip('"').strip() for field in fields]


def _is_number(field: str) -> bool:
    return len(field) <= _LONGEST_NUMBER and _NUMBER.fullmatch(field) is not None


def _merit(headers: list[str]) -> tuple[int, int]:
    """Merit of a line as a header: the quantities it names, or, where it names none, its fields."""
    count = recognised(headers)
    return count, 0 if count else len(headers)


def _with_unit_row(assignment: Assignment, below: list[str], layout: _Layout) -> tuple[Assignment, bool]:
    """Units from the row below the header, where that is one of units, and whether it is."""
    fields = _fields(below[0], layout.delimiter) if below else []
    fields += [""] * (len(layout.headers) - len(fields))
    written = {quantity: fields[column.position] for quantity, column in assignment.columns.items()}
    required = [written[quantity] for quantity in REQUIRED]
    if any(field and _is_number(field) for field in required) or not any(
        field and is_unit(quantity, field) for quantity, field in zip(REQUIRED, required, strict=True)
    ):
        return assignment, False
    columns = {
        q: replace(column, unit=column.unit or written[q]) if is_unit(q, written[q]) else column
        for q, column in assignment.columns.items()
    }
    charges, energies = (
        tuple(replace(column, unit=column.unit or fields[column.position].strip("[]() ")) for column in counters)
        for counters in (assignment.charges, assignment.energies)
    )
    return replace(assignment, columns=columns, charges=charges, energies=energies), True


def _read(path: Path, layout: _Layout, assignment: Assignment, *, skipped: int) -> pl.DataFrame:
    """All columns needed as text, and one more than the header has, which must be empty."""
    width = len(layout.headers) + 1
    wanted = {column.position for column in assignment.all} | {*range(layout.indent), width - 1}
    frequency = frequency_column(layout.headers)
    wanted |= {frequency} if frequency is not None else set()
    try:
        frame = (
            pl.scan_csv(
                path,
                has_header=False,
                skip_lines=skipped,
                separator=layout.delimiter,
                quote_char=None if layout.quoted_lines else '"',
                schema={f"column_{k}": pl.String for k in range(width)},
                missing_columns="insert",
                extra_columns="ignore",
                encoding="utf8-lossy",
            )
            .select([f"column_{position}" for position in sorted(wanted)])
            .collect()
        )
    except pl.exceptions.PolarsError as cause:
        reason = str(cause).splitlines()[0][:200]
        raise UnreadableMeasurementError(f"{path} cannot be read as delimited text: {reason}.") from cause
    return frame.select(pl.all().str.strip_chars('"' if layout.quoted_lines else None).str.strip_chars())


def _innermost(frame: pl.DataFrame, layout: _Layout) -> tuple[pl.DataFrame, list[str]]:
    """The rows of the layer that the header is of, and what is said of the others."""
    if not layout.indent:
        return frame, []
    leading = [pl.col(f"column_{k}").fill_null("") == "" for k in range(layout.indent)]
    inner = frame.filter(pl.all_horizontal(leading))
    others = len(frame) - len(inner)
    if others == 0 or len(inner) < _LEAST_LAYER * len(frame):
        return frame, []
    return inner, [f"{others} rows of other layers of the report (cycles, steps) were passed over"]


def _require_no_surplus(surplus: pl.Series, width: int) -> None:
    """Raise if a row has more fields than the header, as where a comma divides both fields and decimals."""
    rows = (surplus.fill_null("") != "").arg_true()
    if len(rows):
        raise UnreadableMeasurementError(
            f"row {rows[0] + 1} has more fields than the header has names ({width}). If decimals are commas, export "
            "with points, or with semicolons between the fields."
        )


def _require_no_spectrum(frame: pl.DataFrame, layout: _Layout, path: Path) -> None:
    """Raise if most rows are of an impedance spectrum, whose current and voltage are means over some periods."""
    frequency = frequency_column(layout.headers)
    if frequency is None or frame.is_empty():
        return
    hertz = frame[f"column_{frequency}"].str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    if (hertz.fill_nan(None).fill_null(0.0) > 0).mean() > _SPECTRUM:  # type: ignore[operator]
        raise UnreadableMeasurementError(f"{path} is an impedance spectrum. Read it with: ragone impedance {path}.")


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
