"""Units by their names in QUDT and UCUM."""

from __future__ import annotations

import pytest

from ragone.dataset.exchange.units import unit_terms
from ragone.schemas.kinds import KINDS
from ragone.schemas.units import KNOWN

_WITHOUT_IRI = {"A*h/V", "W/L", "ohm*m^2", "USD", "USD/(kW.h)"}  # QUDT 3.5 lists no such unit; currencies are not named
_UNITS = {spec.unit for kind in KINDS for spec in KINDS[kind].fields().values() if spec.unit} | KNOWN


@pytest.mark.parametrize("unit", sorted(_UNITS))
def test_units_of_records_have_terms(unit: str) -> None:
    """Every unit of a field or KPI has a UCUM code, and an IRI of QUDT unless QUDT has no such unit."""
    terms = unit_terms(unit)
    assert terms.ucum
    assert bool(terms.qudt) is (unit not in _WITHOUT_IRI)


@pytest.mark.parametrize(
    ("unit", "ucum"),
    [
        ("1", "1"),
        ("", "1"),
        ("W.h/L", "W.h/L"),
        ("W*h/L", "W.h/L"),
        ("W/(m*K)", "W/(m.K)"),
        ("ohm", "Ohm"),
        ("m^2", "m2"),
        ("1/m^2", "1/m2"),
        ("degC", "Cel"),
        ("%", "%"),
        ("mA.h/g", "mA.h/g"),
        ("USD/(kW.h)", "{USD}/(kW.h)"),
    ],
)
def test_codes_of_ucum(unit: str, ucum: str) -> None:
    """Units are spelled by UCUM's grammar: a point multiplies, powers follow the symbol, ohm is Ohm."""
    assert unit_terms(unit).ucum == ucum


@pytest.mark.parametrize("unit", ["ohm/s^0.5", "furlong", "kg; drop", "m^"])
def test_no_code_is_guessed(unit: str) -> None:
    """What UCUM cannot write, such as a root, and what nobody knows has no code and no IRI."""
    assert unit_terms(unit).ucum == ""
    assert unit_terms(unit).qudt == ""
