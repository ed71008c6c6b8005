"""Differential capacity of curves that have none, or that hold more than a sweep."""

import numpy as np
import pytest
from made_curves import columns, measured, simulated, step

from ragone.pipelines.curve.steps import StepKind, steps_of
from ragone.pipelines.kpi.differential import capacity_beyond_cut_off, differential_capacity_peaks
from ragone.pipelines.kpi.differential.crossing import charge_at
from ragone.pipelines.kpi.differential.density import charges
from ragone.pipelines.kpi.differential.samples import charge_passed, slowest, sweeps
from ragone.schemas import KpiOutcome
from ragone.schemas.errors import BoundsError


def wave(share):
    """Falls from 4 V to 3 V with a plateau in the middle."""
    return 4 - share - 0.12 * np.sin(2 * np.pi * share)


DISCHARGE = step(3600.0, -2.0, wave, count=401)


def test_all_charge_is_kept():
    """Of a falling, a noisy and a constant voltage; the density integrates to it."""
    passed = np.linspace(0, 2, 301)
    noisy = 4 - 0.5 * passed + 0.01 * np.random.default_rng(0).standard_normal(301)
    for voltage in (4 - 0.5 * passed, noisy, np.where(passed < 1, 3.5, 4 - 0.5 * passed)):
        found = charges(voltage, passed, 0.0)
        assert found.mass.sum() == pytest.approx(2.0, rel=1e-9)
    flat = charges(4 - 0.5 * passed, passed, 0.0)
    inside = (flat.centres > 3.1) & (flat.centres < 3.9)
    assert flat.density(0.01)[inside] == pytest.approx(2.0, rel=1e-3)


def test_a_plateau_is_a_peak():
    """Of a simulated curve: at the inflection, with the charge about it, its bandwidth said."""
    kpis = differential_capacity_peaks(simulated(columns(DISCHARGE)))
    assert kpis["dqdv_discharge_peak_1_voltage"].value == pytest.approx(3.5, abs=5e-3)
    assert "chosen from the data" in kpis["dqdv_discharge_peak_1_voltage"].method
    assert kpis["dqdv_discharge_peak_1_height"].value == pytest.approx(2 / (1 - 0.12 * 2 * np.pi), rel=0.05)
    assert "dqdv_discharge_peak_2_voltage" not in kpis


def test_accuracy_as_stated_moves_the_peak_only():
    """It is added to the voltage's uncertainty, not to that of height and charge."""
    plain, stated = (
        differential_capacity_peaks(simulated(columns(DISCHARGE)), voltage_uncertainty_volt=u) for u in (0.0, 0.02)
    )
    more = stated["dqdv_discharge_peak_1_voltage"].standard_uncertainty
    assert more**2 - plain["dqdv_discharge_peak_1_voltage"].standard_uncertainty ** 2 == pytest.approx(4e-4, rel=1e-6)
    for what in ("height", "area"):
        name = f"dqdv_discharge_peak_1_{what}"
        assert stated[name].standard_uncertainty == plain[name].standard_uncertainty


@pytest.mark.parametrize(
    ("curve", "outcome"),
    [
        (measured(columns(step(3600.0, -1.0, lambda s: 4 - s, count=20))), KpiOutcome.NOT_APPLICABLE),
        (measured(columns(step(3600.0, -1.0, lambda s: 4 - 0.05 * s, count=200))), KpiOutcome.NOT_APPLICABLE),
        (simulated(columns(step(3600.0, -1.0, lambda s: 4 - s, count=200))), KpiOutcome.NOT_IDENTIFIABLE),
    ],
    ids=["few samples", "narrow", "featureless"],
)
def test_curves_without_peaks(curve, outcome):
    """The three KPIs of a first peak without a value, for discharge and charge each."""
    kpis = differential_capacity_peaks(curve)
    assert len(kpis) == 6
    assert {k.outcome for name, k in kpis.items() if "discharge" in name} == {outcome}
    assert {k.outcome for name, k in kpis.items() if "_charge" in name} == {KpiOutcome.NOT_APPLICABLE}


def test_a_hold_is_cut_off_the_sweep():
    """Constant voltage in the same step would be a peak of its own."""
    share = np.linspace(0, 1, 400)
    charge = step(3600.0, 1.0, lambda s: np.minimum(3 + 2 * s, 4.2), count=400)
    (sweep,) = sweeps([measured(columns(charge))], StepKind.CHARGE)
    assert sweep.step.voltage[-1] == pytest.approx(4.2, abs=5e-3)
    assert len(sweep.step.time) == pytest.approx(np.sum(3 + 2 * share < 4.2), abs=2)
    assert len(sweep.whole.time) == 400


def test_the_slowest_of_the_wide_sweeps_is_taken():
    """A slower sweep of a small part is not."""
    narrow = step(3600.0, -0.1, lambda s: 4 - 0.3 * s, count=100)
    fast, slow = (step(3600.0, -c, lambda s: 4 - s, count=100) for c in (3.0, 1.0))
    found = slowest(sweeps([measured(columns(narrow, fast, slow))], StepKind.DISCHARGE))
    assert found.mean_current == pytest.approx(1.0)


def test_one_of_both_sweeps_is_missing():
    """Not applicable; the method names it."""
    kpis = capacity_beyond_cut_off((simulated(columns(DISCHARGE)),))
    assert {k.outcome for k in kpis.values()} == {KpiOutcome.NOT_APPLICABLE}
    assert "no charge of a finished curve sweeps 0.1 V" in kpis["hysteresis"].method
    broken = simulated(columns(DISCHARGE, step(3600.0, 2.0, lambda s: 3 + s, count=400)), outcome="the solver gave up")
    assert capacity_beyond_cut_off((broken,))["hysteresis"].outcome is KpiOutcome.NOT_APPLICABLE
    with pytest.raises(BoundsError, match="discharge_share"):
        capacity_beyond_cut_off((broken,), discharge_share=1.2)


def test_featureless_sweeps_have_no_shift():
    """Where dQ/dV is the same everywhere, every shift fits."""
    down, up = step(3600.0, -1.0, lambda s: 4 - s, count=400), step(3600.0, 1.0, lambda s: 3.1 + s, count=400)
    kpis = capacity_beyond_cut_off((simulated(columns(down, up)),))
    assert kpis["hysteresis"].outcome is KpiOutcome.NOT_IDENTIFIABLE


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_the_charge_at_a_voltage(sign):
    """Exact between the samples of a parabola, rising or falling; its error shrinks as samples are averaged."""
    made = columns(step(3600.0, sign, lambda s: 3.5 + sign * (0.2 * s + 0.3 * s**2), count=400))
    (exact,) = steps_of(measured(made))
    assert charge_at(exact, 0.0, 3.5 + sign * 0.175) == (pytest.approx(0.5, abs=1e-9), 0.0)
    assert charge_at(exact, 0.0, 3.5 - sign * 0.1)[0] == pytest.approx(0.0, abs=1e-9)
    made["voltage_volt"] = made["voltage_volt"] + 2e-3 * np.random.default_rng(4).standard_normal(400)
    (noisy,) = steps_of(measured(made))
    value, error = charge_at(noisy, 2e-3, 3.5 + sign * 0.175)
    assert abs(value - 0.5) < 3 * error
    assert error < 2e-3 / 0.5
    assert charge_passed(exact)[-1] == pytest.approx(1.0)
