"""Fades of records of many cycles: which cycles count, what each delivered, and how surely."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from cycled_cells import CAPACITY, RESISTANCE, measurement

from ragone.pipelines.ageing import fade_of_curve, find_cycle_life
from ragone.pipelines.ageing.errors import AgeingError
from ragone.schemas import FadeOutcome, Record

FALLING = [1.1 - 0.01 * n for n in range(8)]


@pytest.mark.parametrize("counted", [True, False])
def test_each_cycle_has_its_capacity_and_resistance(counted: bool) -> None:
    """As the file counts cycles, or found from the reversals of the current."""
    fade = fade_of_curve(measurement(FALLING, counted=counted))
    assert fade.cycle_count.tolist() == list(range(1, 9))
    assert fade.discharging_capacity_ampere_hour == pytest.approx(np.array(FALLING), rel=1e-5)
    assert fade.charging_capacity_ampere_hour == pytest.approx(np.array(FALLING), rel=1e-5)
    assert fade.internal_resistance_ohm == pytest.approx(np.full(8, RESISTANCE), rel=1e-6)
    assert fade.outcome is FadeOutcome.RECORD_ENDS
    assert ("as the file counts" if counted else "found from the current") in fade.method


def test_a_check_up_is_no_jump_of_the_capacity() -> None:
    """A slow cycle gives more; it is left out and named, or is the fade if asked for."""
    currents = [0.11 if n in (0, 4) else CAPACITY for n in range(8)]
    capacities = [1.2 if n in (0, 4) else one for n, one in enumerate(FALLING)]
    cell = measurement(capacities, currents=currents)
    fade = fade_of_curve(cell)
    assert fade.cycle_count.tolist() == [2, 3, 4, 6, 7, 8]
    assert "formation (1)" in fade.method
    assert "check-up) (5)" in fade.method
    slow = fade_of_curve(cell, cycles="check-ups")
    assert slow.discharging_capacity_ampere_hour == pytest.approx([1.2, 1.2], rel=1e-5)
    with pytest.raises(AgeingError, match="no check-ups"):
        fade_of_curve(measurement(FALLING), cycles="check-ups")


def test_partial_and_incomplete_cycles_are_left_out() -> None:
    """A discharge that did not go as far as the others is no low capacity."""
    lows = [3.0 if n in (2, 7) else 2.0 for n in range(8)]
    capacities = [0.5 if n in (2, 7) else one for n, one in enumerate(FALLING)]
    fade = fade_of_curve(measurement(capacities, lows=lows))
    assert fade.cycle_count.tolist() == [1, 2, 4, 5, 6, 7]
    assert "(partial) (3)" in fade.method
    assert "incomplete at the end of the record (8)" in fade.method


def test_cycles_that_only_discharge_are_of_one_kind() -> None:
    """A record of discharges, as some publish it; and one cycle more that holds no discharge is said."""
    whole = measurement(FALLING)
    kept = ((whole.step_count % 3 != 1) & (whole.cycle_count < 8)) | (whole.step_count == 22)
    columns = ("test_time_second", "voltage_volt", "current_ampere", "step_count", "cycle_count")
    cut = measurement(FALLING, **{name: getattr(whole, name)[kept] for name in columns})
    fade = fade_of_curve(cut)
    assert fade.discharging_capacity_ampere_hour == pytest.approx(np.array(FALLING[:7]), rel=1e-5)
    assert "1 without a recorded discharge" in fade.method
    assert "not charged" in fade.method


def test_the_error_is_that_of_the_integral() -> None:
    """Without noise it is small; with noise of the current it holds the deviation in most cycles."""
    exact = fade_of_curve(measurement(FALLING))
    assert exact.discharging_capacity_error_ampere_hour.max() < 1e-4
    many = [1.0] * 60
    noisy = fade_of_curve(measurement(many, noise=0.02))
    off = np.abs(noisy.discharging_capacity_ampere_hour - 1.0)
    assert np.mean(off < noisy.discharging_capacity_error_ampere_hour) > 0.8


def test_a_hole_makes_its_cycle_uncertain_and_no_other() -> None:
    """Rows that are missing in one discharge: what flowed in them is not known."""
    whole = measurement(FALLING)
    kept = np.ones(len(whole.test_time_second), bool)
    start = (3 * 3 + 2) * 60  # the discharge of the fourth cycle
    kept[start + 10 : start + 50] = False
    columns = ("test_time_second", "voltage_volt", "current_ampere", "step_count", "cycle_count")
    cut = measurement(FALLING, **{name: getattr(whole, name)[kept] for name in columns})
    error = fade_of_curve(cut).discharging_capacity_error_ampere_hour
    assert error[3] > 0.3
    assert np.delete(error, 3).max() < 1e-3


def test_a_life_is_read_off_a_measured_fade() -> None:
    """Down to 80 % of the first cycle, confirmed by three cycles; a record that ends before is censored."""
    capacities = [1.0 - 0.01 * n for n in range(30)]
    life = find_cycle_life(fade_of_curve(measurement(capacities, rows=20)))
    assert life.lower == pytest.approx(21, abs=0.1)
    assert life.outcome.is_event
    assert not find_cycle_life(fade_of_curve(measurement(capacities[:15], rows=20))).outcome.is_event


def test_a_record_that_never_discharges_is_refused() -> None:
    """The sign of the current may be wrong."""
    cell = measurement(FALLING)
    with pytest.raises(AgeingError, match="sign"):
        fade_of_curve(measurement(FALLING, current_ampere=np.abs(cell.current_ampere)))


def test_a_simulated_protocol_has_a_fade(example: Callable[..., Record]) -> None:
    """Its outcome is that of the simulation, and there is no source."""
    cell = measurement(FALLING, rows=20)
    count = len(cell.test_time_second)
    columns = ("test_time_second", "voltage_volt", "current_ampere", "step_count", "cycle_count")
    cycling = example(
        "cycling",
        temperature_kelvin=np.full(count, 300.0),
        variable_names=(),
        variables=np.empty((0, count)),
        **{name: getattr(cell, name) for name in columns},
    )
    fade = fade_of_curve(cycling)
    assert fade.outcome is FadeOutcome.BUDGET
    assert fade.largest_temperature_kelvin.tolist() == [300.0] * 8
    assert fade.source == ""
