"""Which column is which? Headers of the Battery Data Format and of cyclers' exports, to quantity and unit.

A header is split into a name and a unit (``Test Time / s``, ``Test_Time(s)``, ``I/mA``, ``U[V]``, ``voltage_volt``,
``current_mA``); the name is compared in lower case, with anything but letters and digits as one space. Of several names
for one quantity the first listed is taken, an instantaneous value before a mean (``<I>``); further columns of that name
are kept beside it, for they must agree. A modulus (``|I|``) is none of these quantities. Without a column of time a
column of dates is its time.

What it does not do: guess from the values.

References
----------
Battery Data Alliance, Battery Data Format, columns of its ontology (release 1.3.0).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from ragone.pipelines.files.cyclers.errors import MissingColumnsError, UnreadableMeasurementError
from ragone.pipelines.files.cyclers.units import DATES, counter_unit

REQUIRED = ("time", "voltage", "current")
MOST_COLUMNS = 4096
_LONGEST_HEADER = 200
_NAMES: Mapping[str, tuple[str, ...]] = {
    "time": (
        "test time", "testtime", "total time", "totaltime", "time total", "cumulative time", "elapsed time",
        "prog time", "progtime", "program time", "corrected time", "time", "timevec", "relative time", "run time",
        "runtime", "test", "t",
    ),
    "voltage": (
        "voltage", "cell voltage", "voltage cell", "terminal voltage", "ecell", "ewe ece", "ewe", "volts", "volvec",
        "voltage measured", "potential", "cell potential", "we 1 potential", "vf", "u", "v",
    ),
    "current": (
        "current", "cell current", "i", "amps", "mamps", "currvec", "current measured", "we 1 current", "im",
    ),
    "step": ("step count", "step index", "step id", "step number", "step", "ns", "line"),
    "cycle": (
        "cycle count", "cycle index", "cycle number", "cycle no", "cycle", "cyc", "cycle c", "cycle id", "cyc count",
        "z cycle",
    ),
    "temperature": (
        "surface temperature", "temperature t1", "cell temperature", "temperature cell", "celltemp mid", "temperature",
        "aux temperature 1", "temp 1", "temp", "temp0", "t1", "temperature measured", "temperature 1",
    ),
    "ambient temperature": ("ambient temperature", "chamber temperature", "temperature chamber"),
    "state": ("state", "md", "status", "step type", "steptype", "step name", "command"),
    "date": (
        "dpt time", "date time", "datetime", "date time iso", "date time iso string", "timestamp", "time stamp", "date",
        "absolute time", "real time", "systime", "unix time", "unix time stamp", "date stamp", "time",
    ),
}  # fmt: skip
_CHARGES = (
    "amp hr", "amphr", "mamp hr", "ah", "capacity", "cap", "charge capacity", "discharge capacity", "chg cap",
    "dchg cap", "cap chg", "cap dchg", "charging capacity", "discharging capacity", "cumulative capacity", "q qo",
    "dis cap", "q charge", "q discharge", "q charge discharge", "ahaccu", "ahcha", "ahdch", "ahstep",
    "charge throughput",
)  # fmt: skip
_ENERGIES = (
    "watt hr", "watthr", "mwatt hr", "wh", "energy", "ener", "charge energy", "discharge energy", "chg energy",
    "dchg energy", "charging energy", "discharging energy", "energy charge", "energy discharge", "whaccu", "whcha",
    "whdch", "cumulative energy", "dis energy", "energy throughput",
)  # fmt: skip
_FREQUENCIES = ("freq", "frequency")
_COUNTS = ("step", "cycle", "state")
_CELLS = (
    "cell", "cell id", "cell name", "cell number", "channel", "channel id", "channel index", "channel number",
    "barcode", "battery id", "battery name", "serial number", "test id", "test name",
)  # fmt: skip
_UNIT_IN_NAME = {
    "volts": "V", "amps": "A", "mamps": "mA", "amp hr": "A.h", "mamp hr": "mA.h", "watt hr": "W.h", "mwatt hr": "mW.h",
}  # fmt: skip
_SHORT = "ms|s|sec|min|h|hr|mV|uV|V|mA|uA|nA|A|degC|mAh|Ah|mWh|Wh"
_WRITTEN = (
    re.compile(r"(?P<name>.*?)\s*[(\[{]\s*(?P<unit>[^()\[\]{}]+?)\s*[)\]}]"),
    re.compile(r"(?P<name>[^/]*?)\s*/\s*(?P<unit>[^/]+)"),
    re.compile(r"(?P<name>.*[^/]*?)\s*/\s*(?P<unit>mA\.h|A\.h|W\.h)"),
    re.compile(
        r"(?P<name>.*?)_(?P<unit>second|millisecond|minute|hour|volt|millivolt|ampere|milliampere|celsius|kelvin|"
        rf"ampere_hour|watt_hour|{_SHORT}|C|K)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?P<name>.*?[^\s,:_])[\s,:]+(?P<unit>{_SHORT})"),
)
_MEAN = re.compile(r"<(?P<name>[^<>/]+)(?P<unit>/[^<>]+)?>(?P<rest>.*)")
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
    """The columns by quantity, others of the same name, those that tell cells apart, and counters.

    `twins` are further columns of the name that was taken, by quantity; `charges` and `energies` are what the
    instrument counted.
    """

    columns: Mapping[str, Column]
    cells: tuple[Column, ...] = ()
    twins: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    charges: tuple[Column, ...] = ()
    energies: tuple[Column, ...] = ()

    @property
    def headers(self) -> list[str]:
        """All headers that are read, in the order of the file."""
        return [column.header for column in self.all]

    @property
    def all(self) -> tuple[Column, ...]:
        """All columns that are read, each once, in the order of the file."""
        twins = (column for columns in self.twins.values() for column in columns)
        found = {c.position: c for c in (*self.columns.values(), *twins, *self.cells, *self.charges, *self.energies)}
        return tuple(found[position] for position in sorted(found))


def assign(headers: Sequence[str]) -> Assignment:
    """Assign headers to quantities.

    Raises
    ------
    MissingColumnsError
        If time, voltage or current is not among them.
    UnreadableMeasurementError
        If there are too many.
    """
    if len(headers) > MOST_COLUMNS:
        raise UnreadableMeasurementError(
            f"the header names {len(headers):,} columns; {MOST_COLUMNS:,} are read at most. Export fewer."
        )
    split = [split_header(header) for header in headers]
    headers = [h if headers.index(h) == k else f"{h} (column {k + 1})" for k, h in enumerate(headers)]
    places: dict[str, list[int]] = {}
    for k, (name, _) in enumerate(split):
        places.setdefault(name, []).append(k)
    found: dict[str, list[Column]] = {}
    for quantity, names in _NAMES.items():
        for k in (k for name in names for key in (name, f"mean {name}") for k in places.get(key, ())):
            if quantity not in _COUNTS or split[k][1] in ("", "1"):  # 'Step (Sec)' is a time and no count of steps
                found.setdefault(quantity, []).append(Column(k, headers[k], split[k][1]))
    dates = found.pop("date", [])
    timed = found.setdefault("time", [replace(column, unit=column.unit or DATES) for column in dates[:1]])
    found["date"] = [column for column in dates if column.position not in {c.position for c in timed}]
    columns = {quantity: several[0] for quantity, several in found.items() if several}
    _require_all(columns, headers)
    twins = {
        quantity: same
        for quantity, several in found.items()
        if several
        and quantity != "date"
        and (same := tuple(c for c in several[1:] if split[c.position][0] == split[several[0].position][0]))
    }
    cells = tuple(Column(k, headers[k], "") for k, (name, unit) in enumerate(split) if name in _CELLS and not unit)
    return Assignment(columns, cells, twins, *_counters(headers, split))


def recognised(headers: Sequence[str]) -> int:
    """Number of time, voltage and current columns among the headers, from 0 to 3."""
    names = {split_header(header)[0].removeprefix("mean ") for header in headers[:MOST_COLUMNS]}
    missing = [quantity for quantity in REQUIRED if names.isdisjoint(_NAMES[quantity])]
    return len(REQUIRED) - len(missing) + (missing[:1] == ["time"] and not names.isdisjoint(_NAMES["date"]))


def frequency_column(headers: Sequence[str]) -> int | None:
    """Position of the frequency of an impedance spectrum, if a table has one."""
    names = [split_header(header)[0] for header in headers]
    return next((k for k, name in enumerate(names) if name in _FREQUENCIES), None)


def is_battery_data(headers: Sequence[str]) -> bool:
    """Whether the required columns are named as the Battery Data Format names them."""
    return any(wanted <= set(headers) for wanted in _BATTERY_DATA)


def split_header(header: str) -> tuple[str, str]:
    """Name and unit of a header; the unit is empty where none is written, the name where it is no quantity's."""
    written = header.strip()
    if len(written) > _LONGEST_HEADER:
        return "", ""
    mean = _MEAN.fullmatch(written)
    if mean:  # '<Ewe>/V', and '<Ewe/V>' of old exports
        name, unit = split_header(f"{mean['name']}{mean['unit'] or mean['rest']}")
        return f"mean {name}", unit
    for pattern in _WRITTEN:
        match = pattern.fullmatch(written)
        if match and _name(match["name"]):
            return _name(match["name"]), match["unit"].strip()
    name = _name(written)
    return name, _UNIT_IN_NAME.get(name, "")


def _name(text: str) -> str:
    """Letters and digits in lower case; a modulus (``|I|``) is called one."""
    modulus = "modulus " if "|" in text else ""
    return modulus + " ".join(re.findall(r"[^\W_]+", text.lower()))


def _counters(headers: Sequence[str], split: Sequence[tuple[str, str]]) -> tuple[tuple[Column, ...], ...]:
    """The columns that count charge, and those that count energy; by unit where a header names one."""
    charges: list[Column] = []
    energies: list[Column] = []
    for k, (name, unit) in enumerate(split):
        known = counter_unit(unit)
        named = name in _CHARGES or name in _ENERGIES
        if named and (known or not unit):
            is_energy = known[0] == "energy" if known else name in _ENERGIES
            (energies if is_energy else charges).append(Column(k, headers[k], unit))
    return tuple(charges), tuple(energies)


def _require_all(columns: Mapping[str, Column], headers: Sequence[str]) -> None:
    missing = [quantity for quantity in REQUIRED if quantity not in columns]
    if not missing:
        return
    known = {name: quantity for quantity in missing for name in _NAMES[quantity]}
    close = [
        (h, near[0]) for h in headers[:200] if (near := get_close_matches(split_header(h)[0], known, n=1, cutoff=0.75))
    ]
    hints = "; ".join(f"is {header!r} the {known[name]}? Then call it {name!r}" for header, name in close)
    found = ", ".join(repr(header[:_LONGEST_HEADER]) for header in headers[:30]) or "none"
    raise MissingColumnsError(
        f"no column is {' or '.join(missing)}; found are {found}. {hints + '. ' if hints else ''}"
        f"Expected are {_EXPECTED}."
    )
