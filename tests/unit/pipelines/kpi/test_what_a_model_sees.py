"""Temperature, plating margin, and what limits the cell."""

import numpy as np
import pytest
from made_curves import columns, measured, simulated, step

from ragone.pipelines.kpi import loss_shares, maximum_temperature, plating_margin
from ragone.schemas import KpiOutcome

PLATING = "Minimum negative electrode surface potential difference [V]"
MADE = columns(step(3600.0, -2.0, lambda s: 4 - s, count=101), step(3600.0, 2.0, lambda s: 3 + s, count=101))
LOSSES = {
    "X-averaged battery reaction overpotential [V]": -0.05,
    "Battery particle concentration overpotential [V]": -0.02,
    "X-averaged battery concentration overpotential [V]": -0.01,
    "X-averaged battery electrolyte ohmic losses [V]": -0.01,
    "X-averaged battery solid phase ohmic losses [V]": -0.005,
    "Contact overpotential [V]": 0.005,
}


def lossy(**changes):
    """A discharge and a charge 0.1 V off the open circuit, the losses as PyBaMM signs them."""
    sign = -np.sign(MADE["current_ampere"])
    variables = {"Battery open-circuit voltage [V]": MADE["voltage_volt"] + 0.1 * sign}
    return simulated(MADE, variables | {name: value * sign for name, value in (LOSSES | changes).items()})


@pytest.mark.parametrize("charging", [False, True])
def test_shares_add_up(charging):
    """Each loss over the whole, on discharge and on charge alike; nothing is left over."""
    kpis = loss_shares(lossy(), charging=charging)
    assert kpis["loss_share_reaction"].value == pytest.approx(0.5, rel=1e-9)
    assert kpis["loss_share_contact"].value == pytest.approx(0.05, rel=1e-9)
    assert kpis["loss_share_unaccounted"].value == pytest.approx(0.0, abs=1e-9)
    assert kpis["mean_overpotential"].value == pytest.approx(0.1, rel=1e-9)
    assert sum(k.value for name, k in kpis.items() if name.startswith("loss_share")) == pytest.approx(1.0, rel=1e-9)


def test_what_is_not_accounted_for_is_said():
    """A loss that is missing from the record shows in the residual."""
    kpis = loss_shares(lossy(**{"X-averaged battery reaction overpotential [V]": 0.0}))
    assert kpis["loss_share_unaccounted"].value == pytest.approx(0.5, rel=1e-9)
    del (variables := {"Battery open-circuit voltage [V]": 5.0, **LOSSES})["Contact overpotential [V]"]
    assert loss_shares(simulated(MADE, variables))["loss_share_contact"].outcome is KpiOutcome.NOT_APPLICABLE


def test_energies_weigh_the_losses():
    """A loss that grows with the current counts by its energy, not by its mean."""
    made = columns(step(3600.0, lambda s: -2 * s, 3.5, count=2001))
    current = -made["current_ampere"]
    variables = {"Battery open-circuit voltage [V]": 3.5 + 0.1 * current + 0.1}
    variables |= dict.fromkeys(LOSSES, 0.0 * current)
    variables |= {
        "X-averaged battery reaction overpotential [V]": 0.0 * current - 0.1,
        "X-averaged battery electrolyte ohmic losses [V]": -0.1 * current,
    }
    kpis = loss_shares(simulated(made, variables))
    assert kpis["loss_share_electrolyte_ohmic"].value == pytest.approx(4 / 3 / (1 + 4 / 3), rel=1e-6)
    assert kpis["loss_share_electrolyte_ohmic"].standard_uncertainty < 1e-5


def test_without_overpotentials_nothing_limits():
    """A measurement, and a protocol that did not record them."""
    for curve in (measured(MADE), simulated(MADE)):
        assert {kpi.outcome for kpi in loss_shares(curve).values()} == {KpiOutcome.NOT_APPLICABLE}
    discharge = simulated(columns(step(60.0, -1.0, 3.5)), {"Battery open-circuit voltage [V]": 3.6})
    assert "no step is a charge" in loss_shares(discharge, charging=True)["mean_overpotential"].method
    backwards = simulated(MADE, {"Battery open-circuit voltage [V]": MADE["voltage_volt"] - 0.1})
    assert loss_shares(backwards)["mean_overpotential"].outcome is KpiOutcome.NOT_IDENTIFIABLE


def test_plating_margin_is_the_lowest_while_charging():
    """A parabola's minimum between two samples; what is lower while discharging does not count."""
    share = np.linspace(0, 1, 101)
    values = np.concatenate([np.full(101, -1.0), (share - 0.504) ** 2 - 0.02])
    kpi = plating_margin(simulated(MADE, {PLATING: values}))
    assert kpi.value == pytest.approx(-0.02, abs=3e-5)
    assert kpi.value - 2 * kpi.standard_uncertainty <= -0.02 <= kpi.value
    assert "5400 s" in kpi.method


def test_plating_margin_at_the_end_of_a_step():
    """Exact there; nothing is said of an uncertainty."""
    values = np.concatenate([np.zeros(101), np.linspace(0.1, 0.03, 101)])
    kpi = plating_margin(simulated(MADE, {PLATING: values}))
    assert (kpi.value, kpi.standard_uncertainty) == (pytest.approx(0.03), None)


@pytest.mark.parametrize(
    ("curve", "says"),
    [
        (measured(MADE), "a measurement does not see"),
        (simulated(MADE), "was not recorded"),
        (simulated(columns(step(60.0, -1.0, 3.5)), {PLATING: 0.1}), "no step charges"),
    ],
)
def test_plating_margin_of_what_does_not_say_it(curve, says):
    """Not applicable, and why."""
    kpi = plating_margin(curve)
    assert kpi.outcome is KpiOutcome.NOT_APPLICABLE
    assert says in kpi.method


def test_maximum_temperature_of_a_simulation():
    """The highest sample and the rise to it."""
    kpis = maximum_temperature(simulated(MADE, temperature_kelvin=298.15 + 5 * np.sin(np.linspace(0, 3, 202))))
    assert kpis["maximum_temperature"].value == pytest.approx(303.15, abs=1e-3)
    assert kpis["temperature_rise"].value == pytest.approx(5.0, abs=1e-3)


def test_noise_does_not_lift_the_maximum():
    """A smooth course with 0.2 K of noise and one wild sample: its maximum is found within the uncertainty."""
    generator = np.random.default_rng(1)
    values = 300 + 5 * np.sin(np.linspace(0, 3, 202)) + 0.2 * generator.standard_normal(202)
    values[40] += 30
    kpi = maximum_temperature(measured(MADE, temperature_kelvin=values), temperature_uncertainty_kelvin=0.3)
    kpi = kpi["maximum_temperature"]
    assert abs(kpi.value - 305.0) < 2 * kpi.standard_uncertainty
    assert kpi.standard_uncertainty < 0.4


def test_without_a_temperature(example):
    """The loop's discharge is isothermal, so may a protocol be, and a measurement may lack the sensor."""
    for curve in (example("discharge"), measured(MADE), simulated(MADE)):
        assert {k.outcome for k in maximum_temperature(curve).values()} == {KpiOutcome.NOT_APPLICABLE}
