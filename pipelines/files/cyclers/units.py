"""In which unit is a column? Factors and offsets to seconds, volts, amperes and kelvin, by the spellings of headers.

Headers spell units as instruments do (``Sec``, ``øC``, bare ``C`` for a temperature), which no general parser of units
reads rightly; so the few that occur are listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ragone.pipelines.files.cyclers.errors import ImplausibleUnitError
from ragone.schemas.errors import UnitError, did_you_mean

CLOCK = "h:min:s"
DATES = "dates"
TARGET = {"time": "s", "voltage": "V", "current": "A", "temperature": "K", "ambient temperature": "K"}

_MICRO = ("u", "\u00b5", "\u03bc")
_TIME = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}
_VOLTAGE = {
    **dict.fromkeys(("V", "volt", "volts"), 1.0),
    **dict.fromkeys(("mV", "millivolt", "millivolts"), 1e-3),
    **dict.fromkeys([f"{micro}V" for micro in _MICRO], 1e-6),
}
_CURRENT = {
    **dict.fromkeys(("A", "amp", "amps", "ampere", "amperes"), 1.0),
    **dict.fromkeys(("mA", "milliamp", "milliamps", "milliampere", "milliamperes"), 1e-3),
    **dict.fromkeys([f"{micro}A" for micro in _MICRO], 1e-6),
    **dict.fromkeys(("nA",), 1e-9),
}
_CHARGE = {
    **dict.fromkeys(("Ah", "A.h", "A*h", "AHr", "Amp-hr", "ampere_hour"), 1.0),
    **dict.fromkeys(("mAh", "mA.h", "mA*h", "mAHr", "mAmp-hr"), 1e-3),
    **dict.fromkeys([f"{micro}A{dot}h" for micro in _MICRO for dot in ("", ".")], 1e-6),
    **dict.fromkeys(("C", "A.s", "As"), 1 / 3600),
    "mC": 1e-3 / 3600,
}
_ENERGY = {
    **dict.fromkeys(("Wh", "W.h", "W*h", "WHr", "Watt-hr", "watt_hour"), 1.0),
    **dict.fromkeys(("mWh", "mW.h", "mW*h", "mWHr"), 1e-3),
    **dict.fromkeys([f"{micro}W{dot}h" for micro in _MICRO for dot in ("", ".")], 1e-6),
    **dict.fromkeys(("J", "W.s", "Ws"), 1 / 3600),
}
_CELSIUS = ("degC", "\u00b0C", "\u00f8C", "\u00baC", "C", "Cel", "celsius", "\u2103")
_DEGREE_C = re.compile(r"[^A-Za-z0-9%]*C|\?|\ufffd")  # the degree sign in whatever encoding, or what is left of it
_SPELLINGS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "time": {unit: (factor, 0.0) for unit, factor in _TIME.items()},
    "voltage": {unit: (factor, 0.0) for unit, factor in _VOLTAGE.items()},
    "current": {unit: (factor, 0.0) for unit, factor in _CURRENT.items()},
    "temperature": {
        **dict.fromkeys(_CELSIUS, (1.0, 273.15)),
        **dict.fromkeys(("K", "kelvin"), (1.0, 0.0)),
    },
}
_PLAUSIBLE = {"time": (-6e8, 6e8), "voltage": (-5.0, 10.0), "current": (-5e3, 5e3), "temperature": (200.0, 500.0)}
_FAR = {"voltage": 100.0, "temperature": 0.0}  # beyond this another unit is likely, below it another quantity
_CLOCKS = ("h:min:s", "h:min:s.ms", "h:m:s", "hh:mm:ss", "hh:mm:ss.ms", "hh:mm:ss.ss")


def conversion(quantity: str, unit: str, where: str) -> tuple[float, float]:
    """Factor and offset that take values of a quantity to its target unit.

    Raises
    ------
    UnitError
        If the unit is none of this quantity.
    """
    if quantity == "time" and unit.lower() in _CLOCKS:
        return 1.0, 0.0  # such values are text, and read as seconds
    known = _SPELLINGS[_kind(quantity)]
    unit = _plain(unit)
    if unit in known:
        return known[unit]
    if known is _SPELLINGS["temperature"] and _DEGREE_C.fullmatch(unit):
        return known["degC"]
    lowered = [spelling for spelling in known if spelling.lower() == unit.lower()]
    if len({known[spelling] for spelling in lowered}) == 1:
        return known[lowered[0]]
    usual = "degC" if known is _SPELLINGS["temperature"] else TARGET[quantity]
    raise UnitError(
        f"{unit[:60]!r} of {where} is no unit of {quantity}: {did_you_mean(unit[:60], known)} If the header is wrong, "
        f"say which it is: --units {_kind(quantity)}={usual}."
    )


def is_unit(quantity: str, unit: str) -> bool:
    """Whether a text is a unit of a quantity."""
    try:
        return bool(_plain(unit)) and bool(conversion(quantity, unit, ""))
    except (UnitError, KeyError):
        return False


def counter_unit(unit: str) -> tuple[str, float] | None:
    """Whether a unit is one of charge or of energy, and its factor to A.h or W.h; none if of neither."""
    for quantity, known in (("charge", _CHARGE), ("energy", _ENERGY)):
        close = [spelling for spelling in known if unit == spelling or unit.lower() == spelling.lower() != "c"]
        if close:
            return quantity, known[unit if unit in known else close[0]]
    return None


def unit_pairs(text: str) -> list[tuple[str, str, str]]:
    """Each ``quantity=unit`` of a text that joins them by commas, and its two parts; an empty unit where one lacks."""
    pairs = [part.strip() for part in text.split(",") if part.strip()]
    return [(pair, pair.partition("=")[0].strip(), pair.partition("=")[2].strip()) for pair in pairs]


def parse_units(text: str) -> dict[str, str]:
    """Units by quantity, from ``quantity=unit`` pairs joined by commas: ``voltage=mV,time=h``.

    Raises
    ------
    UnitError
        If a pair is malformed, or its quantity or unit unknown.
    """
    units = {}
    for pair, quantity, unit in unit_pairs(text):
        if not unit or quantity not in _SPELLINGS:
            raise UnitError(f"{pair!r} is not 'quantity=unit'. Write for example 'voltage=mV,current=mA,time=h'.")
        conversion(quantity, unit, f"{pair!r}")
        units[quantity] = unit
    return units


def assumed_unit(quantity: str, largest: float) -> str:
    """The unit of a column whose header names none: SI, and degC unless the numbers can only be kelvin."""
    if _kind(quantity) == "temperature":
        return "K" if largest > 200.0 else "degC"
    return TARGET[quantity]


def require_plausible(quantity: str, low: float, high: float, given: str, where: str) -> None:
    """Raise `ImplausibleUnitError` unless converted values are such as one cell can have; times count from the first.

    `given` says which unit they were read in, `where` which column they are of.
    """
    name = _kind(quantity)
    limits, unit = _PLAUSIBLE[name], TARGET[quantity]
    if limits[0] <= low and high <= limits[1]:
        return
    smaller = "K" if name == "temperature" else f"m{unit}"
    if max(-low, high) > _FAR.get(name, limits[1]):
        advice = (
            f"If the unit is another, name it, for example --units {name}={smaller}; if a row is broken, correct it."
        )
    else:
        advice = "If a row is broken, correct it; if the column is of something else, rename it in a copy of the file."
    raise ImplausibleUnitError(
        f"{quantity} runs from {low:g} to {high:g} {unit} ({where}, read in {given}); {limits[0]:g} to {limits[1]:g} "
        f"{unit} was expected of one cell. {advice}"
    )


def _plain(unit: str) -> str:
    """A unit without brackets, without the reference of a potential ('V vs. Ref.') and without a closing point."""
    return re.sub(r"\s+vs\b.*", "", unit.strip().strip("[](){}<>").strip()).removesuffix(".")


def _kind(quantity: str) -> str:
    return "temperature" if quantity.endswith("temperature") else quantity
