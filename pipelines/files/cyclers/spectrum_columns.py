"""Which columns of a text export are frequency, real and imaginary part, and in which units?

Units are those asked for, else written in the header (`freq/Hz`, `Z' [mOhm]`, `real_ohm`), else in a row below it
(Gamry); `(a)` and `(b)` of ZPlot's headers are ohm. Nothing is assumed: without a unit a file is refused with the words
that help.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragone.pipelines.files.cyclers.errors import AmbiguousSeriesError, MissingColumnsError
from ragone.pipelines.files.cyclers.units import unit_pairs
from ragone.schemas.errors import UnitError, did_you_mean

QUANTITIES = ("frequency", "impedance")
LONGEST_LINE = 20_000
_LONGEST_HEADER, _MOST_LINES = 200, 20_000
_NAMES: Mapping[str, tuple[str, ...]] = {
    "frequency": ("f", "freq", "frequency"),
    "real": ("re", "rez", "real", "realz", "zre", "zreal", "z'", "z'a", "realimpedance", "impedancereal"),
    "imaginary": (
        "im", "imz", "imag", "imagz", "imaginary", "zim", "zimag", "zimg", "zimaginary", "z''", 'z"', "z''b",
        "imaginaryimpedance", "impedanceimaginary",
    ),
}  # fmt: skip
_OHMS = ("ohm", "Ohm", "OHM", "ohms", "Ohms", "\u03a9", "\u2126")
_PREFIXES = {"": 1.0, "m": 1e-3, "milli": 1e-3, "u": 1e-6, "\u00b5": 1e-6, "\u03bc": 1e-6, "k": 1e3}
_UNITS: Mapping[str, Mapping[str, float]] = {
    "frequency": {"Hz": 1.0, "hz": 1.0, "hertz": 1.0, "Hertz": 1.0, "mHz": 1e-3, "kHz": 1e3, "MHz": 1e6},
    "impedance": {prefix + ohm: factor for prefix, factor in _PREFIXES.items() for ohm in _OHMS} | {"a": 1.0, "b": 1.0},
}
_HEADER = re.compile(r"^(?P<name>.*?)\s*[\[(/_ ]\s*(?P<unit>\w+)\s*[\])]?$")
_END_OF_COMMENTS = "End Comments"  # ZPlot's line below its header
_DIVIDERS = (r"\t", ";", ",", r"\s{2,}", r"\s+")


@dataclass(frozen=True, slots=True)
class SpectrumColumn:
    """The position of a quantity in a row, the factor of its numbers, and its header as written."""

    position: int
    factor: float
    header: str


@dataclass(frozen=True, slots=True)
class SpectrumTable:
    """Frequency, real and imaginary part; the lines below the header, each with its number, and what divides them."""

    columns: Mapping[str, SpectrumColumn]
    divider: str
    lines: Sequence[tuple[int, str]]


def find_table(lines: Sequence[str], units: Mapping[str, str]) -> SpectrumTable:
    """The table of a spectrum in the lines of a file.

    Raises
    ------
    MissingColumnsError, AmbiguousSeriesError
        If no line names the columns, or one is named twice.
    UnitError
        If a unit is not known.
    """
    for number, line in enumerate(lines[:_MOST_LINES]):
        if len(line) > LONGEST_LINE:
            continue
        bare = line.strip("\r").lstrip("# ").strip('"') if line.count('"') == 2 else line.lstrip("# ")
        for divider in _DIVIDERS:
            headers = fields_of(bare, divider)
            positions = _positions(headers)
            if positions:
                below = [(row, text) for row, text in enumerate(lines[number + 1 :], 1) if text.strip()]
                return _with_units(headers, positions, divider, below, units)
    raise MissingColumnsError(
        "no line names frequency, real and imaginary part. Write a header such as "
        "'frequency_hertz,real_ohm,imaginary_ohm' or 'freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm'."
    )


def fields_of(line: str, divider: str) -> list[str]:
    """The fields of a line; blanks at its ends divide nothing unless blanks divide by themselves."""
    text = line.strip() if divider.startswith(r"\s") else line
    return [re.sub(r'^\s*"(.*)"\s*$', r"\1", field).strip() for field in re.split(divider, text)]


def parse_impedance_units(text: str) -> dict[str, str]:
    """Units by quantity, from ``quantity=unit`` pairs joined by commas: ``frequency=Hz,impedance=mOhm``.

    Raises
    ------
    UnitError
        If a pair is malformed, or its quantity or unit unknown.
    """
    units = {}
    for pair, quantity, unit in unit_pairs(text):
        if unit not in _UNITS.get(quantity, {}):
            raise UnitError(f"{pair[:60]!r} is not 'quantity=unit'. Write for example 'frequency=Hz,impedance=Ohm'.")
        units[quantity] = unit
    return units


def _positions(headers: Sequence[str]) -> dict[str, int]:
    """Positions of the quantities; none unless all are named."""
    quantities = [_quantity(header) for header in headers]
    if not set(_NAMES) <= set(quantities):
        return {}
    positions = {}
    for quantity in _NAMES:
        named = [k for k, found in enumerate(quantities) if found == quantity]
        clearer = [k for k in named if headers[k].lstrip("-").lower().startswith("z")]  # 'IMag' is of the current
        if len(clearer or named) > 1:
            names = [headers[k] for k in named[:5]]
            raise AmbiguousSeriesError(f"{names} are all a {quantity} column. Leave one spectrum in the file.")
        positions[quantity] = (clearer or named)[0]
    return positions


def _with_units(
    headers: Sequence[str],
    positions: Mapping[str, int],
    divider: str,
    below: Sequence[tuple[int, str]],
    units: Mapping[str, str],
) -> SpectrumTable:
    """The table with what takes its numbers to hertz and ohm."""
    row_of_units = fields_of(below[0][1], divider) if below else []
    row_of_units += [""] * (len(headers) - len(row_of_units))
    has_units = any(row_of_units[at] in _UNITS[_kind(q)] for q, at in positions.items())
    columns = {
        quantity: SpectrumColumn(
            at, _factor(quantity, headers[at], units, row_of_units[at] if has_units else ""), headers[at]
        )
        for quantity, at in positions.items()
    }
    rows = below[1:] if has_units else below
    if rows and rows[0][1].strip() == _END_OF_COMMENTS:
        rows = rows[1:]
    return SpectrumTable(columns, _divider_of_rows(rows, columns, divider), rows)


def _divider_of_rows(rows: Sequence[tuple[int, str]], columns: Mapping[str, SpectrumColumn], divider: str) -> str:
    """Divider of the rows: that of the header, or, where it leaves too few fields, another one."""
    width = 1 + max(column.position for column in columns.values())
    first = rows[0][1][:LONGEST_LINE] if rows else ""
    return next((d for d in (divider, *_DIVIDERS) if len(fields_of(first, d)) >= width), divider)


def _quantity(header: str) -> str:
    """Quantity that a header names; empty if none that is wanted."""
    if len(header) > _LONGEST_HEADER or "|" in header:
        return ""
    bare = re.sub(r"[^a-z'\"]", "", _split(header)[0].lower())
    return next((quantity for quantity, names in _NAMES.items() if bare in names), "")


def _split(header: str) -> tuple[str, str]:
    """Name and unit of a header; no unit if it ends in none."""
    match = _HEADER.match(header)
    if match and any(match["unit"] in units for units in _UNITS.values()):
        return match["name"], match["unit"]
    return header, ""


def _factor(quantity: str, header: str, asked: Mapping[str, str], below: str) -> float:
    """Factor from the numbers of a column to hertz or ohm, and to the sign that its header says."""
    kind = _kind(quantity)
    known = _UNITS[kind]
    name, written = _split(header)
    unit = asked.get(kind) or written or below
    if unit not in known:
        example = "Hz" if kind == "frequency" else "Ohm"
        what = f"{unit[:20]!r} is no unit of {kind}: {did_you_mean(unit[:20], known)}" if unit else "it names no unit."
        raise UnitError(
            f"column {header!r}: {what} Name the units: --units frequency=Hz,impedance=Ohm, or end the header in one, "
            f"as in '{name}/{example}'."
        )
    return -known[unit] if name.startswith(("-", "\u2212")) else known[unit]


def _kind(quantity: str) -> str:
    return "frequency" if quantity == "frequency" else "impedance"
