"""Which column is which? Headers of the Battery Data Format and of cyclers' exports, to quantity and unit.

A header is split into a name and a unit (``Test Time / s``, ``Test_Time(s)``, ``I/mA``, ``U[V]``, ``voltage_volt``);
the name is compared in lower case, with anything but letters and digits as one space. Of several names for one quantity
the first listed is taken; two columns of the same name are ambiguous.

What it does not do: guess from the values, or read a clock time of day as test time.

References
----------
Battery Data Alliance, Battery Data Format, columns of its ontology (release 1.3.0).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pipelines.measurement.errors import AmbiguousSeriesError, MissingColumnsError

REQUIRED = ("time", "voltage", "current")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "time": (
        "test time", "testtime", "total time", "totaltime", "cumulative time", "time", "timevec", "relative time",
        "run time", "test", "t",
    ),
    "voltage": ("voltage", "ecell", "ewe ece", "ewe", "volts", "volvec", "voltage measured", "potential", "u"),
    "current": ("current", "i", "amps", "mamps", "currvec", "current measured"),
    "step": ("step count", "step index", "step id", "step", "ns", "line"),
    "cycle": ("cycle count", "cycle index", "cycle number", "cycle", "cyc", "cycle c", "cycle id", "z cycle"),
    "temperature": (
        "surface temperature", "temperature t1", "cell temperature", "temperature cell", "celltemp mid", "temperature",
        "aux temperature 1", "temp 1", "temp", "t1", "temperature measured",
    ),
    "ambient temperature": ("ambient temperature", "chamber temperature", "temperature chamber"),
    "state": ("state", "md"),
}  # fmt: skip
_COUNTS = ("step", "cycle", "state")
_CELLS = (
    "cell", "cell id", "cell name", "cell number", "channel", "channel id", "channel index", "channel number",
    "barcode", "battery id", "battery name", "serial number", "test id", "test name",
)  # fmt: skip
_UNIT_IN_NAME = {"volts": "V", "amps": "A", "mamps": "mA"}
_WRITTEN = (
    re.compile(r"(?P<name>.*?)\s*[(\[]\s*(?P<unit>[^()\[\]]+?)\s*[)\]]"),
    re.compile(r"(?P<name>[^/]*?)\s*/\s*(?P<unit>[^/]+)"),
    re.compile(
        r"(?P<name>.*?)_(?P<unit>second|millisecond|minute|hour|volt|millivolt|ampere|milliampere|celsius|kelvin)"
    ),
)
_BATTERY_DATA = (
    {"test_time_second", "voltage_volt", "current_ampere"},
    {"Test Time / s", "Voltage / V", "Current / A"},
)
_EXPECTED = "'test_time_second', 'voltage_volt' and 'current_ampere', or their labels in another format"


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read: where it stands, its header as written, and the unit that the header names, or ""."""

    position: int
    header: str
    unit: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """The columns by quantity, and those that tell cells, channels or tests apart."""

    columns: Mapping[str, Column]
    cells: tuple[Column, ...]

    @property
    def headers(self) -> list[str]:
        """All headers that are read, in the order of the file."""
        return [column.header for column in sorted(self.all, key=lambda column: column.position)]

    @property
    def all(self) -> tuple[Column, ...]:
        """All columns that are read."""
        return (*self.columns.values(), *self.cells)


def assign(headers: Sequence[str]) -> Assignment:
    """Assign headers to quantities.

    Raises
    ------
    MissingColumnsError
        If time, voltage or current is not among them.
    AmbiguousSeriesError
        If two columns have the name that would be taken.
    """
    split = [_split(header) for header in headers]
    columns = {}
    for quantity, names in _NAMES.items():
        found = [k for name in names for k, found in enumerate(split) if _is(quantity, name, *found)]
        if not found:
            continue
        same = [headers[k] for k in found if split[k][0] == split[found[0]][0]]
        if len(same) > 1:
            raise AmbiguousSeriesError(
                f"{len(same)} columns are {quantity}: {', '.join(map(repr, same))}. One file must hold one cell and "
                f"name one {quantity}: rename the others in a copy of the file."
            )
        columns[quantity] = Column(found[0], headers[found[0]], split[found[0]][1])
    _require_all(columns, headers)
    cells = tuple(Column(k, headers[k], "") for k, (name, unit) in enumerate(split) if name in _CELLS and not unit)
    return Assignment(columns, cells)


def recognised(headers: Sequence[str]) -> int:
    """How many of time, voltage and current are among the headers."""
    names = {_split(header)[0] for header in headers}
    return sum(not names.isdisjoint(_NAMES[quantity]) for quantity in REQUIRED)


def is_battery_data(headers: Sequence[str]) -> bool:
    """Whether the required columns are named as the Battery Data Format names them."""
    return any(wanted <= set(headers) for wanted in _BATTERY_DATA)


def _is(quantity: str, name: str, written: str, unit: str) -> bool:
    """Whether a header names a quantity; ``Step (Sec)`` is a time and no count of steps."""
    return written == name and (quantity not in _COUNTS or unit in ("", "1"))


def _split(header: str) -> tuple[str, str]:
    """Name and unit of a header; the unit is empty where none is written."""
    for pattern in _WRITTEN:
        match = pattern.fullmatch(header.strip())
        if match:
            return _name(match["name"]), match["unit"]
    name = _name(header)
    return name, _UNIT_IN_NAME.get(name, "")


def _name(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def _require_all(columns: Mapping[str, Column], headers: Sequence[str]) -> None:
    missing = [quantity for quantity in REQUIRED if quantity not in columns]
    if not missing:
        return
    known = {name: quantity for quantity in missing for name in _NAMES[quantity]}
    close = [(h, near[0]) for h in headers if (near := get_close_matches(_split(h)[0], known, n=1, cutoff=0.75))]
    hints = "; ".join(f"is {header!r} the {known[name]}? Then call it {name!r}" for header, name in close)
    found = ", ".join(repr(header) for header in headers[:30]) or "none"
    raise MissingColumnsError(
        f"no column is {' or '.join(missing)}; found are {found}. {hints + '. ' if hints else ''}"
        f"Expected are {_EXPECTED}."
    )
