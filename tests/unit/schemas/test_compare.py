"""How a reproduced record is judged."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ragone.schemas import Verdict, compare, judge


def test_deviation_within_tolerance(example):
    """A KPI that moved by less than its tolerance is within, and the largest deviation is named."""
    found = compare(example("kpi", value=640.0), example("kpi", value=640.0 * (1 + 4e-6)))
    assert judge(found) is Verdict.WITHIN
    assert found[0].field == "value"
    assert found[0].relative == pytest.approx(4e-6, rel=1e-6)
    assert found[0].absolute == pytest.approx(2.56e-3, rel=1e-6)
    assert str(found[0]).startswith("value: deviates by 0.00256")


def test_deviation_beyond_tolerance(example):
    """A KPI that moved by more is different."""
    found = compare(example("kpi", value=640.0), example("kpi", value=640.0 * (1 + 4e-5)))
    assert judge(found) is Verdict.DIFFERENT


def test_exact_fields_allow_nothing(example):
    """Without a tolerance the last bit counts."""
    found = compare(example("design", porosity=0.3), example("design", porosity=math.nextafter(0.3, 1)))
    assert judge(found) is Verdict.DIFFERENT


def test_one_bad_field_decides(example):
    """One field beyond its tolerance makes the record different, whatever the others do."""
    found = compare(example("kpi"), example("kpi", value=640.0 + 1e-4, name="power_density"))
    assert [d.within for d in found] == [False, True]
    assert judge(found) is Verdict.DIFFERENT


def test_infinite_equals_only_itself(example):
    """An infinite tortuosity equals an infinite one, and no finite one."""
    infinite = example("transport", pore_tortuosity_factor=math.inf)
    assert compare(infinite, example("transport", pore_tortuosity_factor=math.inf)) == ()
    for pair in ((infinite, example("transport")), (example("transport"), infinite)):
        assert judge(compare(*pair)) is Verdict.DIFFERENT


def test_null_equals_only_null(example):
    """An unknown uncertainty is not a number that happens to be close."""
    assert judge(compare(example("kpi", standard_uncertainty=None), example("kpi"))) is Verdict.DIFFERENT
    assert judge(compare(example("kpi"), example("kpi", standard_uncertainty=None))) is Verdict.DIFFERENT


def test_series_of_another_length(example):
    """A discharge with another number of samples is different, and both shapes are told."""
    columns = ("test_time_second", "voltage_volt", "current_ampere")
    shorter = example("discharge", **{name: np.zeros(2) for name in columns})
    found = compare(example("discharge"), shorter)
    assert [d.field for d in found] == list(columns)
    assert all("(3,) became (2,)" in str(d) for d in found)


def test_worst_sample_decides(example):
    """In a series the largest deviation is reported, each sample against its own magnitude."""
    voltages = np.array([4.1, 3.7, 2.5])
    near = example("discharge", voltage_volt=voltages * (1 + np.array([0.0, 5e-6, 1e-6])))
    (found,) = compare(example("discharge"), near)
    assert found.within
    assert found.relative == pytest.approx(5e-6, rel=1e-3)
    far = example("discharge", voltage_volt=voltages + np.array([0.0, 0.0, 1e-3]))
    assert judge(compare(example("discharge"), far)) is Verdict.DIFFERENT


def test_zero_is_judged_absolutely(example):
    """Where the record holds zero only the absolute tolerance counts."""
    assert judge(compare(example("kpi", value=0.0), example("kpi", value=1e-10))) is Verdict.WITHIN
    assert judge(compare(example("kpi", value=0.0), example("kpi", value=1e-8))) is Verdict.DIFFERENT


def test_another_kind_is_different(example):
    """A record of another kind is never equal."""
    assert judge(compare(example("kpi"), example("design"))) is Verdict.DIFFERENT


def test_the_tolerance_is_relative_to_what_was_recorded(example):
    """A new value that is larger by just over the tolerance is outside, though within that of its own size."""
    name = "pore_tortuosity_factor"
    relative = type(example("transport")).fields()[name].tolerance.relative
    recorded = example("transport", **{name: 2.0})
    above = example("transport", **{name: 2.0 * (1 + relative * (1 + relative / 2))})
    below = example("transport", **{name: 2.0 * (1 - relative * (1 - relative / 2))})
    assert [d.within for d in compare(recorded, above)] == [False]
    assert [d.within for d in compare(recorded, below)] == [True]
