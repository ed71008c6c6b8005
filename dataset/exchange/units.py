"""Which unit is meant? The terms of QUDT and UCUM for every unit that a record may have.

UCUM codes are composed of their parts, so that any product, quotient and whole power of known symbols has one. QUDT
gives each unit a name of its own: those of Ragone's fields and KPIs stand in a table, and a unit that QUDT 3.5 does not
list has no IRI, rather than a guessed one.

References
----------
QUDT.org, units vocabulary, http://qudt.org/vocab/unit/. Schadow and McDonald, The Unified Code for Units of Measure,
https://ucum.org/ucum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUDT = "http://qudt.org/vocab/unit/"
_NAMES = {
    "1": "UNITLESS",
    "1/m": "PER-M",
    "1/m^2": "PER-M2",
    "A": "A",
    "A.h": "A-HR",
    "A.h/kg": "A-HR-PER-KiloGM",
    "A.h/m^2": "A-HR-PER-M2",
    "F": "F",
    "H": "H",
    "Hz": "HZ",
    "J/K": "J-PER-K",
    "K": "K",
    "S/m": "S-PER-M",
    "V": "V",
    "W": "W",
    "W.h": "W-HR",
    "W.h/L": "W-HR-PER-L",
    "W.h/kg": "W-HR-PER-KiloGM",
    "W/(m.K)": "W-PER-M-K",
    "W/K": "W-PER-K",
    "W/kg": "W-PER-KiloGM",
    "degC": "DEG_C",
    "h": "HR",
    "kg": "KiloGM",
    "kg/m^2": "KiloGM-PER-M2",
    "kg/m^3": "KiloGM-PER-M3",
    "m": "M",
    "m^2": "M2",
    "m^2/s": "M2-PER-SEC",
    "m^3": "M3",
    "mA.h/g": "MilliA-HR-PER-GM",
    "mV": "MilliV",
    "mol/m^3": "MOL-PER-M3",
    "ohm": "OHM",
    "s": "SEC",
}
_SPELLINGS = {"": "1", "dimensionless": "1", "percent": "%"}
_SYMBOLS = {"ohm": "Ohm", "degC": "Cel", "um": "um", "%": "%", "1": "1", "USD": "{USD}"}
_ATOM = re.compile(r"[fpnumcdkMGT]?(?:[mgsAVWKSFHCJLNh]|Hz|Ohm|Pa|mol)|Cel|%|1|\{USD\}")
_FACTOR = re.compile(r"([A-Za-z%]+|1)(?:\^(-?\d+))?")


@dataclass(frozen=True, slots=True)
class UnitTerms:
    """The names of a unit elsewhere: its IRI in QUDT and its UCUM code; each is empty where there is none."""

    qudt: str
    ucum: str


def unit_terms(unit: str) -> UnitTerms:
    """Return what QUDT and UCUM call a unit that is spelled as fields and KPIs spell it, such as ``W.h/L``."""
    plain = _SPELLINGS.get(unit, unit).replace("*", ".").replace(" ", "")
    name = _NAMES.get(plain)
    return UnitTerms(_QUDT + name if name else "", _ucum(plain))


def _ucum(unit: str) -> str:
    """The UCUM code of a unit; empty if a part has none, such as a root."""
    parts = re.split(r"([./()])", unit)
    written = [part if part in ("", ".", "/", "(", ")") else _factor(part) for part in parts]
    return "" if None in written else "".join(part or "" for part in written)


def _factor(text: str) -> str | None:
    found = _FACTOR.fullmatch(text)
    if found is None:
        return None
    symbol = _SYMBOLS.get(found[1], found[1])
    return f"{symbol}{found[2] or ''}" if _ATOM.fullmatch(symbol) else None
