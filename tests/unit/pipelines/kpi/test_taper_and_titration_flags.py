import numpy as np
import pytest
from made_curves import columns, measured, step

from ragone.pipelines.kpi.taper import taper_corrected_charge
from ragone.pipelines.kpi.titration import diffusion_time
from ragone.schemas import KpiOutcome
from ragone.schemas.errors import BoundsError

NAMES = {"taper_corrected_charge", "taper_missing_charge"}


def charged(*then):
    """An hour at 2 A, from 3.6 V to 4.2 V, and these steps."""
    return measured(columns(step(3600.0, 2.0, lambda x: 3.6 + 0.6 * x, 361), *then, gap=5.0))


def held(fall, count=201):
    """1000 s at 4.2 V, with the current falling to this share."""
    return step(1000.0, lambda x: 2.0 * fall**x, 4.2, count)


def test_taper_that_never_started_is_flagged():
    """The charge ended at its upper voltage; the last row of it is named."""
    kpis = taper_corrected_charge(charged(step(3600.0, 0.0, 4.15, 61)))
    assert set(kpis) == NAMES
    for kpi in kpis.values():
        assert kpi.outcome is KpiOutcome.NOT_APPLICABLE
        assert "row 360" in kpi.method
        assert "never started" in kpi.method


@pytest.mark.parametrize("fall", [1.0, 0.95])
def test_taper_without_visible_decay_is_not_identifiable(fall):
    """A current that fell by less than a tenth does not say where it ends."""
    kpi = taper_corrected_charge(charged(held(fall)))["taper_corrected_charge"]
    assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert "hold the voltage for longer" in kpi.method


def test_missing_charge_of_an_exponential():
    """From a fifth of 2 A on, with tau = 1000 s / ln 5."""
    kpis = taper_corrected_charge(charged(held(0.2)))
    missing = kpis["taper_missing_charge"]
    true = 0.4 * 1000.0 / np.log(5) / 3600
    assert missing.value == pytest.approx(true, rel=0.02)
    assert abs(missing.value - true) < 3 * missing.standard_uncertainty
    assert missing.window_end_second == pytest.approx(4605.0)
    assert "without leakage" in missing.method


def test_cut_off_that_was_reached_is_not_extrapolated():
    """Nothing is missing where the current fell below the cut-off; the rest of the taper does not count."""
    kpis = taper_corrected_charge(charged(held(0.2)), cut_off_ampere=1.0)
    assert kpis["taper_missing_charge"].value == 0.0
    time = 1000.0 * np.log(2) / np.log(5)
    expected = (7200 + 10 + (2.0 - 1.0) * 1000 / np.log(5)) / 3600
    assert kpis["taper_corrected_charge"].value == pytest.approx(expected, abs=5 * 1.0 / 3600 + 1e-4)
    assert time < 1000


def test_each_charge_of_several_has_its_own():
    """Two charges with a discharge between them; the discharge has no taper and is no charge."""
    charge = step(3600.0, 2.0, lambda x: 3.6 + 0.6 * x, 361)
    discharge = step(3600.0, -2.0, lambda x: 4.1 - 0.6 * x, 361)
    curve = measured(columns(charge, held(0.2), discharge, charge, held(0.3), gap=5.0))
    kpis = taper_corrected_charge(curve)
    assert set(kpis) == {f"{name}.passage_{n}" for name in NAMES for n in (1, 2)}
    assert all(kpi.outcome is KpiOutcome.MEASURED for kpi in kpis.values())


def test_discharge_alone_has_no_taper():
    """Not applicable, and says what was expected."""
    kpis = taper_corrected_charge(measured(columns(step(3600.0, -2.0, lambda x: 4.1 - 0.6 * x, 361))))
    assert {kpi.outcome for kpi in kpis.values()} == {KpiOutcome.NOT_APPLICABLE}


def test_cut_off_has_no_sign():
    """A negative cut-off is refused."""
    with pytest.raises(BoundsError, match="below 0"):
        taper_corrected_charge(charged(), cut_off_ampere=-0.1)


def test_titration_pulse_without_a_rest_is_flagged_with_its_row():
    """A pulse that ends the record has no equilibrium after it."""
    made = columns(step(600.0, 0.0, 3.8, 61), step(300.0, -1.0, lambda x: 3.75 - 0.05 * np.sqrt(x), 301), gap=1.0)
    kpi = diffusion_time(measured(made))["diffusion_time"]
    assert kpi.outcome is KpiOutcome.NOT_APPLICABLE
    assert "row 61" in kpi.method
    assert "between two rests" in kpi.method


def test_flat_equilibrium_gives_no_diffusion_time():
    """Where the equilibrium voltage does not move there is nothing to compare the slope with."""
    rest = step(36000.0, 0.0, 3.8, 361)
    made = columns(rest, step(300.0, -1.0, lambda x: 3.75 - 0.05 * np.sqrt(x), 301), rest, gap=1.0)
    kpi = diffusion_time(measured(made))["diffusion_time"]
    assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert "pass more charge" in kpi.method


def test_curve_without_pulses_is_no_titration():
    """Not applicable; nothing raises."""
    kpi = diffusion_time(measured(columns(step(600.0, -1.0, 3.8, 61))))["diffusion_time"]
    assert kpi.outcome is KpiOutcome.NOT_APPLICABLE
