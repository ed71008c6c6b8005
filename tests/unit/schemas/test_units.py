"""Quantities as people write them."""

from __future__ import annotations

import re

import pytest

from ragone.schemas import units
from ragone.schemas.errors import BoundsError, NotFiniteError, UnitError
from ragone.schemas.field import POSITIVE
from ragone.schemas.units import conversion_factor, is_unit, parse_quantity


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("20 mg/cm^2", "kg/m^2", 0.2),
        ("0.390625 um", "m", 3.90625e-7),
        ("40 W", "W", 40.0),
        ("25 degC", "K", 298.15),
        ("30 %", "1", 0.3),
        ("0.3", "1", 0.3),
        (0.3, "1", 0.3),
        (1, "1", 1.0),
        ("5 A.h", "C", 18000.0),
        (" 3.6 MJ ", "W.h", 1000.0),
        ("-1e-3 m", "mm", -1.0),
    ],
)
def test_quantity_is_read_in_the_unit_wanted(text, unit, expected):
    """Number and unit are converted to the unit of the field."""
    assert parse_quantity(text, unit, "x") == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("text", ["20", 20, 20.0])
def test_missing_unit_is_refused(text):
    """A bare number is no quantity where the field has a dimension; the message says what to write."""
    with pytest.raises(UnitError, match=r"mass_loading = .*20.* has no unit.*kg/m\^2"):
        parse_quantity(text, "kg/m^2", "mass_loading")


def test_bounds_are_those_of_the_unit_wanted():
    """Value and interval are told in the field's unit."""
    assert parse_quantity("1 mV", "V", "x", POSITIVE) == pytest.approx(1e-3)
    with pytest.raises(BoundsError, match=r"x = -0.001 \[V\] is outside \(0, inf\)"):
        parse_quantity("-1 mV", "V", "x", POSITIVE)


def test_wrong_dimension_is_refused():
    """Metres are no mass loading."""
    with pytest.raises(UnitError, match=r"mass_loading = '20 m' has the wrong dimension.*kg/m\^2"):
        parse_quantity("20 m", "kg/m^2", "mass_loading")


@pytest.mark.parametrize(
    "text", ["20 quux", "20 mg/", "20 )(", "20 m m(", "1 __import__('os')", "3 m 4", "1 lambda", "1 2"]
)
def test_unknown_unit_is_refused(text):
    """What pint does not know is refused without evaluating it."""
    with pytest.raises(UnitError):
        parse_quantity(text, "m", "x")


@pytest.mark.parametrize("text", ["", "m", "20mg/cm^2", "one m", True, None, [1], {"value": 1}])
def test_no_quantity_is_refused(text):
    """What is not a number, a space and a unit is refused, booleans too."""
    with pytest.raises(UnitError, match="is not a quantity"):
        parse_quantity(text, "m", "x")


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("30%", "1", "for example '30 %'"),
        ("20mg/cm^2", "kg/m^2", "for example '20 mg/cm^2'"),
        ("1e-3m", "m", "for example '1e-3 m'"),
        ("0,3", "1", "for example '0.3', with a point"),
        ("20,5 mg/cm^2", "kg/m^2", "for example '20.5 mg/cm^2', with a point"),
        ("10;20", "W", "for example '1 W'"),
        ("thick", "m", "for example '1 um'"),
        ("25", "K", "has no unit. It must be convertible to K, for example '25 degC'"),
        ("25 C", "K", "has the wrong dimension. It must be convertible to K, for example '25 degC'"),
        ("0.3 m", "1", "a number without a unit, or in per cent, for example 0.3 or '0.3 %'"),
        ("10 Watt", "W", "x = '10 Watt': unit 'Watt' is not known"),
    ],
)
def test_a_refusal_says_what_to_write(text, unit, said):
    """The value named, and an example in the unit that people use, with the number that was given if it can be read."""
    with pytest.raises(UnitError, match=f"x = '{re.escape(text)}'") as refused:
        parse_quantity(text, unit, "x")
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["nan m", "inf m", "-inf m", "1e999 m", float("nan"), float("inf")])
def test_not_finite_is_refused(text):
    """NaN and infinity are no quantities."""
    with pytest.raises(NotFiniteError, match="not finite"):
        parse_quantity(text, "m", "x")


def test_units_of_kpis():
    """Watt-hours may be written with a dot, and factors follow."""
    assert is_unit("W.h/L")
    assert not is_unit("W.quux/L")
    assert conversion_factor("W.h", "J") == pytest.approx(3600.0)
    assert conversion_factor("W.h/L", "J/m^3") == pytest.approx(3.6e6)


def test_what_is_taken_for_a_unit_without_pint_is_one():
    """The units of Ragone's own KPIs, which are not asked for each time."""
    assert all(conversion_factor(unit, unit) == 1 for unit in units.KNOWN)


@pytest.mark.parametrize("share", [0, 7, 14, 35, 41, 57, 69, 70, 83, 95])
def test_a_percentage_is_its_hundredth(share):
    """What is written in per cent is the same number as its hundredth, to the last bit."""
    assert parse_quantity(f"{share} %", "1", "porosity") == share / 100


def test_a_number_in_the_unit_wanted_is_kept_to_the_last_bit():
    """Nothing is rounded where nothing is converted."""
    assert parse_quantity("0.17809512345678901 kg/m^2", "kg/m^2", "loading") == 0.17809512345678901
