"""Which spectrum does a text export of an impedance analyser hold?

A table of delimited text whose header names frequency, real and imaginary part: `freq/Hz`, `Re(Z)/Ohm`, `-Im(Z)/Ohm`,
`Z' [mOhm]`, `frequency_hertz`, `real_ohm`, Gamry's `Freq` with a row of units below it... Lines above the header are
passed over, and rows of direct current before the sweep, which have no frequency, are left out. Instruments write the
imaginary part with either sign, and headers do not always say so: the sign is checked against the real part, which by
the Kramers-Kronig relations rises towards low frequency where the imaginary part is negative.

What it does not do: guess units, read modulus and phase, tell two sweeps of one file apart.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.decimals import with_points
from ragone.pipelines.files.cyclers.errors import (
    AmbiguousSeriesError,
    BadSampleError,
    EmptyMeasurementError,
    FileTooLargeError,
    MeasurementNotFoundError,
    MissingColumnsError,
    UnreadableMeasurementError,
)
from ragone.pipelines.files.cyclers.signatures import format_of
from ragone.pipelines.files.cyclers.spectrum_columns import LONGEST_LINE, SpectrumTable, fields_of, find_table
from ragone.pipelines.files.regular import FileMissingError, InputFileError, OversizedFileError, read_regular
from ragone.schemas import Impedance, ImpedanceOutcome

LARGEST_BYTES = 16 * 2**20  # a spectrum has some hundred rows
_MOST_ROWS = 100_000
_FLAT = 0.01  # of the largest modulus: a real part that varies by less says nothing
_CONTRADICTION = 0.5  # share of the spectrum's weight by which the real part must contradict a sign


def read_impedance(
    path: str | Path,
    *,
    state_of_charge: float | None = None,
    temperature_kelvin: float | None = None,
    source: str = "",
    licence: str = "unknown",
    units: Mapping[str, str] | None = None,
) -> Impedance:
    """Read a measured spectrum.

    Parameters
    ----------
    path
        A text file; see the module.
    state_of_charge
        Of the cell [-], if known.
    temperature_kelvin
        Of the cell [K], if known.
    source
        Title and address of the data; the file's name if empty.
    licence
        SPDX identifier.
    units
        Of frequency and impedance, which outrank those of the file.

    Returns
    -------
    Impedance
        Frequencies falling, capacitive imaginary part negative; what was turned or sorted stands in its `method`.

    Raises
    ------
    MeasurementNotFoundError, FileTooLargeError, EmptyMeasurementError, UnreadableMeasurementError
        If there is no file, or it holds no table of text.
    MissingColumnsError, UnitError
        If frequency, real or imaginary part, or its unit, is not in the header.
    BadSampleError
        If a value is no number, a frequency not positive, or a real part negative.
    AmbiguousSeriesError
        If a column or a frequency occurs twice.
    """
    path = Path(path)
    content = _content(path)
    try:
        table = find_table(_text(content, path).splitlines(), units or {})
    except MissingColumnsError as cause:
        raise MissingColumnsError(f"{path}: {cause}") from cause
    (frequency, real, imaginary), left_out = _numbers(table, path)
    order, sorting = _falling(frequency)
    notes = [*left_out, *sorting]
    frequency, real, imaginary = frequency[order], real[order], imaginary[order]
    if _contradicts(real, imaginary):
        imaginary = -imaginary
        notes.append(f"{table.columns['imaginary'].header!r} has the other sign than its header says: reversed")
    return Impedance(
        outcome=ImpedanceOutcome.COMPLETED,
        frequency_hertz=frequency,
        real_ohm=real,
        imaginary_ohm=imaginary + 0.0,  # no negative zeros
        state_of_charge=state_of_charge,
        temperature_kelvin=temperature_kelvin,
        source=source or os.fsencode(path.name).decode("utf-8", "replace"),
        licence=licence,
        source_sha256=hashlib.sha256(content).hexdigest(),
        method="; ".join(
            ["delimited text", ", ".join(repr(column.header) for column in table.columns.values()), *notes]
        ),
    )


def _content(path: Path) -> bytes:
    try:
        content = read_regular(path, LARGEST_BYTES, "a spectrum")
    except FileMissingError as cause:
        raise MeasurementNotFoundError(f"{path} is not a file. Give the path of a text export.") from cause
    except OversizedFileError as cause:
        raise FileTooLargeError(f"{cause} Export one spectrum only.") from cause
    except InputFileError as cause:
        raise UnreadableMeasurementError(str(cause)) from cause
    if not content.strip():
        raise EmptyMeasurementError(f"{path} is empty. Export it again.")
    return content


def _text(content: bytes, path: Path) -> str:
    if b"\0" in content or format_of(content) != "text":
        raise UnreadableMeasurementError(f"{path} is no text in UTF-8. Export it as text.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _numbers(table: SpectrumTable, path: Path) -> tuple[NDArray[np.float64], list[str]]:
    """Frequency, real and imaginary part, shape (3, n), and what is said of rows without a frequency."""
    lines = _rows_of_table(table)
    if not lines:
        raise EmptyMeasurementError(f"{path} has no row below its header. Export it again.")
    if len(lines) > _MOST_ROWS:
        raise FileTooLargeError(
            f"{path} has {len(lines):,} rows; a spectrum has at most {_MOST_ROWS:,}. Export one only."
        )
    long = next((row for row, line in lines if len(line) > LONGEST_LINE), None)
    if long is not None:
        raise BadSampleError(
            f"row {long} of {path} has more than {LONGEST_LINE:,} characters. Correct or remove the row."
        )
    rows = np.array([row for row, _ in lines])
    values, words = _values(table, rows, [fields_of(line, table.divider) for _, line in lines])
    sweep = values[:, 0] != 0
    if not sweep.any():
        raise BadSampleError(f"frequency = 0 in every row of {path}. The columns are exchanged, or it holds no sweep.")
    without = int(np.flatnonzero(sweep)[0])
    rows, values = rows[without:], values[without:]
    for quantity, column, good in (
        ("frequency", values[:, 0], values[:, 0] > 0),
        ("real part", values[:, 1], values[:, 1] >= 0),
    ):
        if not good.all():
            at = int(np.flatnonzero(~good)[0])
            raise BadSampleError(
                f"{quantity} = {column[at]:g} in row {rows[at]} of {path} is not that of a cell. Remove the row; if "
                "all rows are so, the columns are exchanged or the sign is."
            )
    words += [f"{without} rows of direct current, without a frequency, left out"] if without else []
    return np.ascontiguousarray(values.T), words


def _rows_of_table(table: SpectrumTable) -> Sequence[tuple[int, str]]:
    """The lines of the table; it ends where an indented one (Gamry's) is followed by a line that is not."""
    if not table.lines or not table.lines[0][1].startswith("\t"):
        return table.lines
    end = next((k for k, (_, line) in enumerate(table.lines) if not line.startswith("\t")), len(table.lines))
    return table.lines[:end]


def _values(
    table: SpectrumTable, rows: NDArray[np.int64], fields: Sequence[Sequence[str]]
) -> tuple[NDArray[np.float64], list[str]]:
    """The numbers in hertz and ohm, shape (n, 3), and what was done with commas in them."""
    texts = pl.DataFrame(
        {q: [row[c.position] if c.position < len(row) else "" for row in fields] for q, c in table.columns.items()}
    )
    texts, words = with_points(texts, texts.columns)
    values = np.empty((len(rows), len(table.columns)))
    for k, (quantity, column) in enumerate(table.columns.items()):
        numbers = texts[quantity].cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
        with np.errstate(over="ignore"):
            values[:, k] = numbers * column.factor
        wrong = np.flatnonzero(~np.isfinite(values[:, k]))
        if len(wrong):
            raise BadSampleError(
                f"{column.header!r} in row {rows[wrong[0]]} is {texts[quantity][int(wrong[0])][:60]!r}, not a number. "
                "Correct or remove the row."
            )
    return values, [words] if words else []


def _falling(frequency: NDArray[np.float64]) -> tuple[NDArray[np.intp], list[str]]:
    """The order in which frequencies fall, and what was done."""
    order = np.argsort(-frequency, kind="stable")
    repeated = np.flatnonzero(np.diff(frequency[order]) == 0)
    if len(repeated):
        first, second = sorted(int(i) + 1 for i in order[repeated[0] : repeated[0] + 2])
        raise AmbiguousSeriesError(
            f"{frequency[first - 1]:g} Hz occurs in rows {first} and {second}: two sweeps or two cells in one file. "
            "Leave one spectrum in the file."
        )
    sorted_already = bool((np.diff(order) == 1).all())
    return order, [] if sorted_already else ["rows sorted by falling frequency"]


def _contradicts(real: NDArray[np.float64], imaginary: NDArray[np.float64]) -> bool:
    """Whether the real part falls towards low frequency where the imaginary part is negative, by and large.

    Where the real part says nothing, a cell that stores charge is capacitive at the lowest frequency.
    """
    if np.ptp(real) < _FLAT * np.hypot(real, imaginary).max():
        return bool(imaginary[-1] > real[-1])
    weights = np.diff(real) * (imaginary[1:] + imaginary[:-1])
    return bool(weights.sum() > _CONTRADICTION * np.abs(weights).sum() > 0)
