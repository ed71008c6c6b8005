"""Which spectrum does a text export of an impedance analyser hold?

A table of delimited text whose header names frequency, real and imaginary part, each with its unit: `freq/Hz`,
`Re(Z)/Ohm`, `-Im(Z)/Ohm`, `Z' [mOhm]`, `frequency_hertz`, `real_ohm`... Lines above the header are passed over.
Instruments write the imaginary part with either sign, and headers do not always say so: the sign is checked against
the real part, which by the Kramers-Kronig relations rises towards low frequency where the imaginary part is negative.

What it does not do: guess units, read modulus and phase, tell two sweeps of one file apart.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.measurement.errors import (
    AmbiguousSeriesError,
    BadSampleError,
    EmptyMeasurementError,
    FileTooLargeError,
    MeasurementNotFoundError,
    MissingColumnsError,
    UnreadableMeasurementError,
)
from schemas import Impedance, ImpedanceOutcome
from schemas.errors import UnitError

LARGEST_BYTES = 16 * 2**20  # a spectrum has some hundred rows
_DELIMITERS = "\t;,"
_NAMES: Mapping[str, tuple[str, ...]] = {
    "frequency": ("f", "freq", "frequency"),
    "real": ("re", "rez", "real", "realz", "zre", "zreal", "z'", "realimpedance", "impedancereal"),
    "imaginary": ("im", "imz", "imag", "imagz", "imaginary", "zim", "zimag", "zimaginary", "z''", 'z"'),
}
_OHMS = ("ohm", "Ohm", "OHM", "ohms", "Ohms", "\u03a9", "\u2126")
_PREFIXES = {"": 1.0, "m": 1e-3, "milli": 1e-3, "u": 1e-6, "\u00b5": 1e-6, "\u03bc": 1e-6, "k": 1e3}
_UNITS: Mapping[str, Mapping[str, float]] = {
    "frequency": {"Hz": 1.0, "hz": 1.0, "hertz": 1.0, "Hertz": 1.0, "mHz": 1e-3, "kHz": 1e3, "MHz": 1e6},
    "resistance": {prefix + ohm: factor for prefix, factor in _PREFIXES.items() for ohm in _OHMS},
}
_HEADER = re.compile(r"^(?P<name>.*?)\s*[\[(/_ ]\s*(?P<unit>\w+)\s*[\])]?$")
_FLAT = 0.01  # of the largest modulus: a real part that varies by less says nothing
_CONTRADICTION = 0.5  # share of the spectrum's weight by which the real part must contradict a sign


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a quantity stands in a row, what its numbers are multiplied with, and its header as written."""

    position: int
    factor: float
    header: str


Columns = Mapping[str, _Column]


def read_impedance(
    path: str | Path,
    *,
    state_of_charge: float | None = None,
    temperature_kelvin: float | None = None,
    source: str = "",
    licence: str = "unknown",
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
    columns, delimiter, lines = _header(_text(content, path).splitlines(), path)
    frequency, real, imaginary = _numbers(columns, delimiter, lines, path)
    order, notes = _falling(frequency)
    frequency, real, imaginary = frequency[order], real[order], imaginary[order]
    if _contradicts(real, imaginary):
        imaginary = -imaginary
        notes.append(f"{columns['imaginary'].header!r} has the other sign than its header says: reversed")
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
        method="; ".join(["delimited text", ", ".join(repr(column.header) for column in columns.values()), *notes]),
    )


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise MeasurementNotFoundError(f"{path} is not a file. Give the path of a text export.")
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise FileTooLargeError(
            f"{path} has {size:,} bytes; a spectrum has at most {LARGEST_BYTES:,}. Export one only."
        )
    content = path.read_bytes()
    if not content.strip():
        raise EmptyMeasurementError(f"{path} is empty. Export it again.")
    return content


def _text(content: bytes, path: Path) -> str:
    if b"\0" in content:
        raise UnreadableMeasurementError(f"{path} is no text in UTF-8. Export it as text.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _header(lines: list[str], path: Path) -> tuple[Columns, str, list[str]]:
    """The columns, what divides them, and the lines below them."""
    for number, line in enumerate(lines):
        for delimiter in _DELIMITERS:
            columns = _columns(_fields(line.lstrip("# "), delimiter))
            if len(columns) == len(_NAMES):
                return columns, delimiter, lines[number + 1 :]
    raise MissingColumnsError(
        f"{path} has no line that names frequency, real and imaginary part. Write a header such as "
        "'frequency_hertz,real_ohm,imaginary_ohm' or 'freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm'."
    )


def _fields(line: str, delimiter: str) -> list[str]:
    return [re.sub(r'^\s*"(.*)"\s*$', r"\1", field).strip() for field in line.split(delimiter)]


def _columns(headers: Sequence[str]) -> dict[str, _Column]:
    """The columns that the headers name, by quantity; none unless all are named."""
    quantities = [_quantity(header) for header in headers]
    if not set(_NAMES) <= set(quantities):
        return {}
    for quantity in _NAMES:
        named = [header for header, found in zip(headers, quantities, strict=True) if found == quantity]
        if len(named) > 1:
            raise AmbiguousSeriesError(f"{named} are all a {quantity} column. Leave one spectrum in the file.")
    positions = {quantity: quantities.index(quantity) for quantity in _NAMES}
    return {q: _Column(at, _factor(q, headers[at]), headers[at]) for q, at in positions.items()}


def _quantity(header: str) -> str:
    """What a header names; empty if nothing that is wanted."""
    bare = re.sub(r"[^a-z'\"]", "", _split(header)[0].lower())
    return next((quantity for quantity, names in _NAMES.items() if bare in names), "")


def _split(header: str) -> tuple[str, str]:
    """Name and unit of a header; no unit if it ends in none."""
    match = _HEADER.match(header)
    if match and any(match["unit"] in units for units in _UNITS.values()):
        return match["name"], match["unit"]
    return header, ""


def _factor(quantity: str, header: str) -> float:
    """What takes the numbers of a column to hertz or ohm, and to the sign that its header says."""
    units = _UNITS["frequency" if quantity == "frequency" else "resistance"]
    name, unit = _split(header)
    if unit not in units:
        raise UnitError(f"column {header!r} has no unit that is known; end its header in one, as in '{name}/Ohm'.")
    return -units[unit] if name.startswith(("-", "\u2212")) else units[unit]


def _numbers(columns: Columns, delimiter: str, lines: list[str], path: Path) -> NDArray[np.float64]:
    """Frequency, real and imaginary part; shape (3, n)."""
    rows = [(row, line) for row, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise EmptyMeasurementError(f"{path} has no row below its header. Export it again.")
    table = np.array([_row(row, _fields(line, delimiter), columns, delimiter) for row, line in rows])
    for quantity, values, good in (
        ("frequency", table[:, 0], table[:, 0] > 0),
        ("real part", table[:, 1], table[:, 1] >= 0),
    ):
        if not good.all():
            at = int(np.flatnonzero(~good)[0])
            raise BadSampleError(
                f"{quantity} = {values[at]:g} in row {rows[at][0]} of {path} is not that of a cell. Remove the row; if "
                "all rows are so, the columns are exchanged or the sign is."
            )
    return np.ascontiguousarray(table.T)


def _row(row: int, fields: list[str], columns: Columns, delimiter: str) -> list[float]:
    numbers = []
    for quantity in _NAMES:
        column = columns[quantity]
        text = fields[column.position] if column.position < len(fields) else ""
        try:
            number = float(text if delimiter == "," else text.replace(",", "."))
        except ValueError:
            number = np.nan
        if not np.isfinite(number):
            raise BadSampleError(
                f"{column.header!r} in row {row} is {text!r}, not a number. Correct or remove the row."
            )
        numbers.append(number * column.factor)
    return numbers


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
