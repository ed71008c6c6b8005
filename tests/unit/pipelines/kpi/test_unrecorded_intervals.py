"""What flowed while nothing was recorded: counted by the instrument, or as uncertain as it may be."""

import numpy as np
import pytest
from made_curves import columns, measured, simulated, step

from ragone.pipelines.curve.holes import holes_of
from ragone.pipelines.kpi import delivered_by_curve, voltage_deviation
from ragone.pipelines.kpi.differential import differential_capacity_peaks
from ragone.pipelines.kpi.resistance import pulse_resistance
from ragone.pipelines.kpi.taper import taper_corrected_charge
from ragone.schemas import KpiOutcome

REST = step(600.0, 0.0, 4.1)


def paused(pause=86400.0, **changes):
    """A rest and an hour at 2 A, a sample a minute, with a pause after half of it."""
    made = columns(REST, step(3600.0, -2.0, 3.7, 61), gap=1.0)
    made["test_time_second"] = made["test_time_second"] + np.where(np.arange(72) > 41, pause, 0.0)
    return measured(made, **changes)


def told(charge, energy=None):
    """A hole after sample 41 with what the instrument counted."""
    return {
        "after_sample": 41,
        "charge_ampere_hour": charge,
        "charge_uncertainty_ampere_hour": 1e-4,
        "energy_watt_hour": energy,
        "energy_uncertainty_watt_hour": None if energy is None else 1e-3,
    }


def unlogged_rests():
    """Four pulses of 10 s at 1 A, the first 160 s of each rest after them not recorded."""
    made = columns(*([step(10.0, -1.0, 3.8), step(1.0, 0.0, 3.8, 2)] * 4), gap=0.001)
    made["test_time_second"] = made["test_time_second"] + 170.0 * ((np.arange(52) + 2) // 13)
    return measured(made)


def test_a_pause_counts_nothing_and_may_have_been_two_amperes_all_along():
    """What was recorded, and an uncertainty that reaches to 2 A for a day: uniform from nothing, about nothing."""
    kpi = delivered_by_curve(paused())["capacity"]
    assert kpi.value == pytest.approx(2.0 * 3540 / 3600, rel=1e-2)
    assert kpi.standard_uncertainty == pytest.approx(2.0 * 86460 / 3600 / np.sqrt(3), rel=1e-3)
    assert "unrecorded interval of 86460 s after row 42" in kpi.method
    assert "up to 48.03 A.h flowed" in kpi.method


def test_what_the_instrument_counted_is_included():
    """The counter's charge, and its energy or the charge at the voltages beside the pause."""
    nothing, some = (delivered_by_curve(paused(holes=[told(q, e)])) for q, e in ((0.0, 0.0), (-1.5, None)))
    assert some["capacity"].value - nothing["capacity"].value == pytest.approx(1.5)
    assert some["energy"].value - nothing["energy"].value == pytest.approx(1.5 * 3.7)
    for kpis in (nothing, some):
        assert kpis["capacity"].standard_uncertainty < 0.01
    assert "the instrument's counter in 86460 s after row 42: included" in some["capacity"].method


def test_rests_without_rows_are_not_given_to_the_load():
    """0.0111 A.h were recorded; up to 0.19 A.h may have flowed in the four intervals that were not."""
    kpi = delivered_by_curve(unlogged_rests())["capacity"]
    assert len(holes_of(unlogged_rests())) == 4
    assert kpi.value == pytest.approx(40 / 3600, rel=1e-3)
    assert kpi.standard_uncertainty == pytest.approx(4 * 171 / 3600 / np.sqrt(3), rel=0.02)


def test_a_step_is_given_no_more_of_a_border_than_its_own_rows_are_apart():
    """A discharge by the second, a rest by the minute: the change took place within a second or two."""
    made = columns(step(100.0, -3.6, 3.7, 101), step(600.0, 0.0, 3.8), gap=60.0)
    kpi = delivered_by_curve(measured(made))["capacity"]
    assert kpi.value == pytest.approx(0.1, rel=0.01)
    assert kpi.standard_uncertainty < 0.001


def test_slow_and_slowing_recordings_have_no_holes():
    """Samples that lie further and further apart, an event's row beside others, and a simulation."""
    slowing = columns((np.geomspace(1.0, 1e4, 60), np.full(60, -1.0), np.full(60, 3.7)))
    event = columns(REST, step(3600.0, -2.0, 3.7, 61), gap=0.001)
    assert holes_of(measured(slowing)) == holes_of(measured(event)) == ()
    assert holes_of(simulated(columns(REST, step(3600.0, -2.0, 3.7, 3), gap=90000.0))) == ()


def test_no_state_of_charge_after_an_unrecorded_interval():
    """What flowed before the pulse is not known; with the instrument's counter it is."""
    steps = (step(1000.0, -3.6, 3.7, 101), step(600.0, 0.0, 3.8), step(20.0, -3.6, 3.7, 21))
    made = columns(*steps, gap=0.1)
    made["test_time_second"][101:] += 7200.0
    given = {"nominal_capacity_ampere_hour": 2.0}
    unknown = pulse_resistance(measured(made, **given))["state_of_charge.jump_2"]
    assert unknown.outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert "7200.1 s after row 101" in unknown.method
    counted = {**told(-0.5), "after_sample": 100}
    known = pulse_resistance(measured(made, holes=[counted], **given))["state_of_charge.jump_2"]
    assert known.value == pytest.approx(1 - 1.5 / 2, abs=1e-3)


def test_voltages_across_a_pause_are_not_compared():
    """The simulated discharge has no pause: equal times are not equal states."""
    kpi = voltage_deviation(paused(), paused(0.0))["voltage_rmse"]
    assert kpi.outcome is KpiOutcome.NOT_APPLICABLE
    assert "86460 s" in kpi.method


def test_no_peaks_and_no_taper_across_a_pause():
    """A sweep and a charge with a hole in it are not read as if nothing were missing."""
    sweep = columns(step(3600.0, -2.0, lambda s: 4 - s - 0.12 * np.sin(2 * np.pi * s), 201))
    taper = columns(
        step(600.0, 1.0, lambda s: 3.8 + 0.4 * s, 61), step(1800.0, lambda s: np.exp(-3 * s), 4.2, 181), gap=10
    )
    for made, stage, name in (
        (sweep, differential_capacity_peaks, "dqdv_discharge_peak_1_voltage"),
        (taper, taper_corrected_charge, "taper_corrected_charge"),
    ):
        assert stage(measured(made))[name].value is not None
        time = made["test_time_second"]
        paused = {**made, "test_time_second": time + np.where(np.arange(len(time)) > 40, 7200.0, 0.0)}
        assert stage(measured(paused))[name].value is None
