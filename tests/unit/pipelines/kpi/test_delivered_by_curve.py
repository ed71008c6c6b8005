"""Energy, capacity, mean voltage and densities of any curve."""

import numpy as np
import pytest
from made_curves import columns, measured, simulated, step

from ragone.pipelines.kpi import delivered_by_curve, delivered_by_step, energy_and_power_density
from ragone.schemas import KpiOutcome
from ragone.schemas.errors import BoundsError

MADE = columns(
    step(600.0, 0.0, 4.1),
    step(3600.0, -2.0, lambda s: 4 - s),
    step(600.0, 0.0, 3.2),
    step(1800.0, 1.0, lambda s: 3 + s),
)


@pytest.mark.parametrize("build", [measured, simulated])
def test_only_what_discharges_is_delivered(build):
    """Of a curve with rests and a charge: alike for a measurement and a simulated protocol."""
    kpis = delivered_by_curve(build(MADE))
    assert {name: kpi.value for name, kpi in kpis.items()} == pytest.approx(
        {"energy": 7.0, "capacity": 2.0, "mean_voltage": 3.5}, rel=1e-9
    )
    energy = kpis["energy"]
    assert (energy.window_start_second, energy.window_end_second) == (600.0, 4200.0)
    assert energy.window == "step 2, a discharge"


def test_uncertainty_is_none_where_nothing_shows_and_says_what_is_missing():
    """Exact sums have no visible error; a measurement without a stated accuracy says so."""
    kpi = delivered_by_curve(measured(MADE))["capacity"]
    assert kpi.standard_uncertainty is None
    assert "accuracy of the instrument not stated" in kpi.method
    stated = delivered_by_curve(measured(MADE), current_uncertainty_ampere=0.01)["capacity"]
    assert stated.standard_uncertainty == pytest.approx(0.01, rel=1e-9)
    assert "0.01 A" in stated.method


@pytest.mark.parametrize(
    ("curve", "outcome", "says"),
    [
        (measured(columns(step(60.0, 1.0, 4.0))), KpiOutcome.NOT_APPLICABLE, "check its sign"),
        (measured(columns(step(60.0, -1.0, 4.0, count=1))), KpiOutcome.NOT_IDENTIFIABLE, "samples of the curve: 1"),
        (
            simulated(MADE, outcome="the solver gave up", reason="no step"),
            KpiOutcome.NOT_IDENTIFIABLE,
            "the solver gave up' (no step)",
        ),
    ],
)
def test_curves_that_do_not_say_it(curve, outcome, says):
    """A KPI without value that says why; no exception."""
    for kpi in delivered_by_curve(curve).values():
        assert (kpi.value, kpi.outcome, kpi.standard_uncertainty) == (None, outcome, None)
        assert says in kpi.method


def test_an_infeasible_discharge_delivered_nothing(example):
    """No samples at all: infeasible, as the loop says it."""
    empty = {name: np.empty(0) for name in ("test_time_second", "voltage_volt", "current_ampere")}
    curve = example("discharge", outcome="the cell cannot deliver this power", **empty)
    assert delivered_by_curve(curve)["energy"].outcome is KpiOutcome.INFEASIBLE


def test_step_by_step():
    """Each step but the rests, counted with them; the charge positive too; the last of a broken run left out."""
    kpis = delivered_by_step(measured(MADE))
    assert set(kpis) == {f"{name}_step_{n}" for name in ("energy", "capacity", "mean_voltage") for n in (2, 4)}
    assert kpis["capacity_step_4"].value == pytest.approx(0.5, rel=1e-9)
    assert kpis["mean_voltage_step_4"].value == pytest.approx(3.5, rel=1e-9)
    assert "a charge" in kpis["energy_step_4"].definition
    broken = delivered_by_step(simulated(MADE, outcome="the solver gave up"))
    assert set(broken) == {f"{name}_step_2" for name in ("energy", "capacity", "mean_voltage")}
    resting = delivered_by_step(measured(columns(step(60.0, 0.0, 4.0))))
    assert {kpi.outcome for kpi in resting.values()} == {KpiOutcome.NOT_APPLICABLE}


def test_densities_by_the_cell(example):
    """Energy and mean power of the discharging hour over volume and mass of the can."""
    cell = example("cell_parameters", cell_volume_cubic_metre=1e-4, cell_mass_kilogram=0.05)
    kpis = energy_and_power_density(simulated(MADE), cell)
    assert {name: kpi.value for name, kpi in kpis.items()} == pytest.approx(
        {"energy_density": 70.0, "power_density": 70.0, "specific_energy": 140.0, "specific_power": 140.0}, rel=1e-9
    )
    assert "mass of the 4680 with can" in kpis["specific_energy"].method


def test_densities_are_those_of_one_discharge(example):
    """Two discharges with a charge between deliver no more than the better one."""
    made = columns(step(1800.0, -2.0, 3.5), step(1800.0, 2.0, 3.6), step(3600.0, -2.0, 3.5), step(60.0, 0.0, 3.5))
    kpi = energy_and_power_density(measured(made), cell_mass_kilogram=0.07)["specific_energy"]
    assert kpi.value == pytest.approx(100.0, rel=1e-9)
    assert (kpi.window_start_second, kpi.window_end_second) == (3600.0, 7200.0)
    assert "of 2 that delivers the most" in kpi.window


def test_densities_by_what_is_given(example):
    """A weighed cell: what is given prevails over the model's cell, with its uncertainty; what is unknown says so."""
    cell = example("cell_parameters")
    given = {"cell_mass_kilogram": 0.07, "cell_mass_uncertainty_kilogram": 0.0007}
    kpi = energy_and_power_density(measured(MADE), cell, **given)["specific_energy"]
    assert kpi.value == pytest.approx(100.0, rel=1e-9)
    assert kpi.standard_uncertainty == pytest.approx(1.0, rel=1e-9)
    alone = energy_and_power_density(measured(MADE), **given)
    assert alone["energy_density"].outcome is KpiOutcome.NOT_APPLICABLE
    assert "cell_volume_cubic_metre" in alone["energy_density"].method
    with pytest.raises(BoundsError):
        energy_and_power_density(measured(MADE), cell_mass_kilogram=0.0)


def test_steps_are_named_by_their_own_numbers():
    """As a simulated protocol numbers them, whose skipped steps have no samples; by their place if one comes twice."""
    made = columns(step(60.0, 0.0, 4.0), step(3600.0, -1.0, 3.0))
    numbers = np.where(made["step_count"] == 1, 3, 7)
    assert "energy_step_7" in delivered_by_step(simulated({**made, "step_count": numbers}))
    repeated = columns(step(60.0, -1.0, 4.0), step(60.0, 0.0, 4.0), step(60.0, -1.0, 3.0))
    repeated["step_count"] = np.where(repeated["step_count"] == 3, 1, repeated["step_count"])
    assert {"energy_step_1", "energy_step_3"} <= set(delivered_by_step(measured(repeated)))
