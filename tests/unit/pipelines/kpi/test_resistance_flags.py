import numpy as np
import pytest
from made_curves import columns, measured, simulated, step

from ragone.pipelines.curve.transient import jumps_of
from ragone.pipelines.kpi.resistance import ohmic_resistance, polarisation_resistance, pulse_resistance
from ragone.schemas import KpiOutcome
from ragone.schemas.errors import BoundsError

OHMIC = "ohmic_resistance"


def pulses(*currents, duration=20.0, count=201, resistance=0.02):
    """Steps of these currents through a resistor, sampled every 0.1 s."""
    return columns(*(step(duration, i, 3.7 + resistance * i, count) for i in currents), gap=0.1)


def test_resistor_in_a_simulated_and_in_a_measured_curve():
    """The same number from both kinds of curve: 20 mohm, exact but for the rounding of the samples."""
    made = pulses(0.0, -5.0, 0.0)
    values = [ohmic_resistance(curve)[OHMIC].value for curve in (measured(made), simulated(made))]
    assert values == pytest.approx([0.02, 0.02], rel=1e-6)


def test_every_jump_has_its_own_and_the_mean_says_how_they_scatter():
    """Four jumps of three pulses; numbered in order of time."""
    kpis = ohmic_resistance(measured(pulses(0.0, -5.0, 0.0, 3.0, 0.0)))
    assert set(kpis) == {OHMIC, *(f"{OHMIC}.jump_{n}" for n in range(1, 5))}
    assert all(kpi.name == name for name, kpi in kpis.items())
    assert kpis[OHMIC].sample_count == 4
    assert "scatter" in kpis[OHMIC].method


def test_window_and_resolution_are_reported():
    """A reader learns where the window lies, and what counts as ohmic."""
    kpi = ohmic_resistance(measured(pulses(0.0, -5.0)))[OHMIC]
    assert "time resolution 0.1 s" in kpi.window
    assert kpi.window_start_second == pytest.approx(20.1)
    assert kpi.window_end_second > kpi.window_start_second
    assert "row 201" in kpi.definition


def test_samples_on_the_ramp_are_left_out():
    """Two rows on the way from 0 to -5 A, whose voltage lags, do not enter."""
    made = pulses(0.0, -5.0)
    made["current_ampere"][201:203] = -1.5, -3.5
    made["voltage_volt"][201:203] = 3.69, 3.65
    kpi = ohmic_resistance(measured(made))[OHMIC]
    assert kpi.value == pytest.approx(0.02, rel=1e-6)
    assert "2 left out" in kpi.window


def test_voltage_read_before_its_current_is_left_out():
    """The first row of the pulse still shows the voltage of rest."""
    made = pulses(0.0, -5.0)
    made["voltage_volt"][201] = 3.7
    kpi = ohmic_resistance(measured(made))[OHMIC]
    assert kpi.value == pytest.approx(0.02, rel=1e-6)
    assert "1 left out" in kpi.window
    assert "time resolution 0.2 s" in kpi.window


def test_drift_before_the_jump_is_carried_on():
    """A rest that still relaxes by 1 mV/s does not pass for resistance."""
    made = pulses(0.0, -5.0)
    made["voltage_volt"] = made["voltage_volt"] + 1e-3 * made["test_time_second"]
    kpi = ohmic_resistance(measured(made))[OHMIC]
    assert abs(kpi.value - 0.02) < 2 * kpi.standard_uncertainty + 1e-5


def test_coarse_sampling_gives_no_ohmic_resistance():
    """A first sample a minute after the jump is refused, with the row."""
    made = columns(step(600, 0.0, 3.7), step(600, -5.0, 3.6), gap=60.0)
    kpi = ohmic_resistance(measured(made))[OHMIC]
    assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert "row 11" in kpi.method
    assert "60 s after" in kpi.method


def test_too_few_samples_give_no_ohmic_resistance():
    """Three samples after the jump are not extrapolated."""
    made = columns(step(20, 0.0, 3.7, 201), step(0.2, -5.0, 3.6, 3), gap=0.1)
    kpi = ohmic_resistance(measured(made))[OHMIC]
    assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert "at least 5" in kpi.method


def test_flipped_sign_of_current_is_named():
    """A voltage that falls where the current rises is no resistance."""
    made = pulses(0.0, -5.0)
    made["current_ampere"] = -made["current_ampere"]
    kpi = ohmic_resistance(measured(made))[OHMIC]
    assert kpi.outcome is KpiOutcome.NOT_APPLICABLE
    assert "must be negative" in kpi.method


def constant(count=50):
    """A curve whose current never changes."""
    return measured(columns(step(100.0, -1.0, 3.6, count)))


def nothing():
    """A curve without samples."""
    made = columns(step(1.0, -1.0, 3.6, 2))
    return measured({name: values[:0] for name, values in made.items()})


@pytest.mark.parametrize("stage", [ohmic_resistance, polarisation_resistance, pulse_resistance])
@pytest.mark.parametrize("curve", [constant, nothing])
def test_curves_without_a_jump_are_flagged(stage, curve):
    """Not applicable, with the reason; nothing raises."""
    kpis = stage(curve())
    assert kpis
    for name, kpi in kpis.items():
        assert (kpi.name, kpi.outcome, kpi.value) == (name, KpiOutcome.NOT_APPLICABLE, None)


def test_pulse_without_a_rest_is_flagged_with_its_row():
    """The second pulse follows the first at once; the first keeps its values."""
    kpis = pulse_resistance(measured(pulses(0.0, -5.0, -2.0)), times_second=(10.0,))
    assert kpis["resistance_10s.jump_1"].value == pytest.approx(0.02, rel=1e-4)
    for name in ("resistance_10s.jump_2", "state_of_charge.jump_2"):
        assert kpis[name].outcome is KpiOutcome.NOT_APPLICABLE
        assert "row 402: the pulse follows -5 A, not a rest" in kpis[name].method
    flagged = polarisation_resistance(measured(pulses(0.0, -5.0, -2.0)))["polarisation_resistance.jump_2"]
    assert flagged.outcome is KpiOutcome.NOT_APPLICABLE


def test_state_of_charge_of_each_pulse():
    """1 A.h of 2 A.h drawn between the pulses; by the record's capacity, or by the one given."""
    made = columns(*(step(3600.0, i, 3.7 + 0.02 * i, 361) for i in (0.0, -1.0, 0.0, -1.0)))
    kpis = pulse_resistance(simulated(made))
    assert kpis["state_of_charge.jump_1"].value == pytest.approx(1.0, abs=1e-9)
    assert kpis["state_of_charge.jump_3"].value == pytest.approx(0.5, abs=1e-3)
    other = pulse_resistance(simulated(made), initial_state_of_charge=0.8, capacity_ampere_hour=4.0)
    assert other["state_of_charge.jump_3"].value == pytest.approx(0.55, abs=1e-3)
    unknown = pulse_resistance(measured(made))["state_of_charge.jump_1"]
    assert unknown.outcome is KpiOutcome.NOT_APPLICABLE
    assert "capacity_ampere_hour" in unknown.method


def test_time_beyond_the_pulse_has_no_resistance():
    """A pulse of 20 s has none at 30 s."""
    kpi = pulse_resistance(measured(pulses(0.0, -5.0)), times_second=(30.0,))["resistance_30s"]
    assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE


def test_nothing_is_read_between_samples_that_lie_far_apart():
    """At 1 s between samples of 10 ms and of 40 s nothing is known; at 40 s it is."""
    time = np.array([0.0, 10.0, 20.0, 30.0, 30.01, 70.0, 110.0, 150.0, 190.0])
    current = np.where(time > 30, -5.0, 0.0)
    curve = measured(
        {
            "test_time_second": time,
            "current_ampere": current,
            "voltage_volt": 3.7 + 0.02 * current,
            "step_count": np.where(time > 30, 2, 1),
            "cycle_count": np.ones(len(time), int),
        }
    )
    kpis = pulse_resistance(curve, times_second=(1.0, 40.0))
    assert kpis["resistance_1s"].outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert "lie 40 s apart" in kpis["resistance_1s"].method
    assert kpis["resistance_40s"].value == pytest.approx(0.02, rel=1e-6)


def test_times_must_be_positive():
    """A resistance at zero time is the ohmic one, and extrapolated."""
    with pytest.raises(BoundsError, match="above 0"):
        pulse_resistance(constant(), times_second=(0.0,))


def test_resistor_has_no_polarisation():
    """Nothing relaxes, so that there is no polarisation resistance to quote."""
    kpi = polarisation_resistance(measured(pulses(0.0, -5.0)))["polarisation_resistance"]
    assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert kpi.value is None


def whole_seconds(every, start=60.0):
    """A relaxation of 2 s and one of 400 s after a step, on a clock of whole seconds with two rows at the step."""
    time = np.arange(0.0, 3600.0, every)
    voltage = 3.7 - 0.01 + 0.02 * np.expm1(-time / 2) + 0.06 * np.expm1(-time / 400)
    rest = np.arange(0.0, start + every, every)
    return measured(
        {
            "test_time_second": np.concatenate([rest, rest[-1] + time]),
            "current_ampere": np.concatenate([np.zeros(len(rest)), -np.ones(len(time))]),
            "voltage_volt": np.round(np.concatenate([np.full(len(rest), 3.7), voltage]), 4),
            "step_count": np.concatenate([np.ones(len(rest), int), np.full(len(time), 2)]),
            "cycle_count": np.ones(len(rest) + len(time), int),
        }
    )


def test_no_time_constant_below_the_first_interval_is_told():
    """Of 2 s and 400 s, seen every minute, only the slower one; the faster one's resistance is told, not its time."""
    kpis = polarisation_resistance(whole_seconds(60.0))
    fast, slow = kpis["time_constant_1.jump_1"], kpis["time_constant_2.jump_1"]
    assert fast.value is None
    assert "none below 60 s" in fast.method
    assert slow.value == pytest.approx(400.0, abs=3 * slow.standard_uncertainty)
    assert kpis["resistance_1.jump_1"].value == pytest.approx(0.02, abs=3e-3)
    assert "time resolution 0.5 s" in slow.window


def test_rows_of_one_tick_are_not_of_one_moment():
    """Two rows at the same whole second leave the moment of the step open by half a second."""
    jump = jumps_of(whole_seconds(1.0))[0]
    assert (jump.time[0] - jump.rise, jump.half_gap) == (0.0, 0.5)
    kpi = ohmic_resistance(whole_seconds(1.0))[OHMIC]
    assert kpi.standard_uncertainty is None or kpi.standard_uncertainty > 0.03 * kpi.value


def test_a_row_out_of_order_is_no_jump():
    """A row of rest that lasts no time, written before the last of the pulse: two jumps, not four."""
    made = pulses(0.0, -5.0, 0.0)
    end = 402
    made["current_ampere"][end - 1] = 0.0
    made["test_time_second"][end - 1] = made["test_time_second"][end]
    made["current_ampere"][end] = -5.0
    made["voltage_volt"][end] = 3.6
    assert len(jumps_of(measured(made))) == 2
