"""KPIs of a measured cell and of a simulated protocol: relations that must hold whatever the values are."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.files.cyclers import read_measurement
from ragone.pipelines.kpi import (
    delivered_by_curve,
    efficiency_per_cycle,
    loss_shares,
    plating_margin,
    ragone_curve,
    rate_capability,
)
from ragone.pipelines.kpi.differential import capacity_beyond_cut_off, differential_capacity_peaks

RATES = {"0p1C": 0.1, "0p5C": 0.5, "1C": 1.0, "2C": 2.0}


@pytest.fixture(scope="module")
def cycling(example):
    """Two cycles of a cell with contact resistance: discharge, rest, constant current and constant voltage."""
    cell = example("cell_parameters", contact_resistance_ohm=1e-3)
    charge = ("Charge at C/2 until 4.2 V", "Hold at 4.2 V until C/20")
    steps = ("Discharge at 1C until 2.5 V", "Rest for 30 minutes", *charge)
    return cycle_cell(cell, protocol=(*steps, *steps))


@pytest.mark.parametrize("charging", [False, True])
def test_losses_of_the_model_close(cycling, charging):
    """All overpotentials add up to open circuit minus terminal voltage within a millionth; none is negative."""
    kpis = loss_shares(cycling, charging=charging)
    assert abs(kpis["loss_share_unaccounted"].value) < 1e-6
    shares = {name: kpi.value for name, kpi in kpis.items() if name.startswith("loss_share")}
    assert min(shares.values()) > -1e-6
    # the contact alone: 1 mohm at the mean current of the charge passed
    current = np.abs(cycling.current_ampere[cycling.current_ampere > 0 if charging else cycling.current_ampere < 0])
    assert shares["loss_share_contact"] * kpis["mean_overpotential"].value <= 1e-3 * current.max() * (1 + 1e-9)
    assert shares["loss_share_contact"] > 0.01


def test_efficiency_is_voltage_alone(cycling):
    """The model loses no lithium: coulombic efficiency is one, energy efficiency the voltage's."""
    kpis = efficiency_per_cycle(cycling)
    assert kpis["coulombic_efficiency"].value == pytest.approx(1.0, abs=2e-4)
    assert kpis["energy_efficiency"].value == pytest.approx(kpis["voltage_efficiency"].value, rel=2e-4)
    assert 0.7 < kpis["energy_efficiency"].value < 0.98


def test_plating_margin_is_the_lowest_of_both_charges(cycling):
    """What the model recorded, nowhere else but where current charges; some tens of millivolts at C/2."""
    kpi = plating_margin(cycling)
    recorded = cycling.variable("Minimum negative electrode surface potential difference [V]")
    assert kpi.value == recorded[cycling.current_ampere > 0].min()
    assert -0.1 < kpi.value < 0.1


@pytest.fixture
def rate_test(shared_data):
    """The measured discharges at 25 degC by rate."""
    given = {"cell_name": "LG M50", "nominal_capacity_ampere_hour": 5.0, "ambient_temperature_kelvin": 298.15}
    path = shared_data / "LGM50_5Ah_RateTest_10C_25C.mat"
    return {rate: read_measurement(path, inside=f"T25.cRate_{name}", **given) for name, rate in RATES.items()}


def test_measured_discharges_deliver_their_nominal_charge(rate_test):
    """All between 4.7 and 5 A.h, at a mean voltage that falls with the rate."""
    kpis = [delivered_by_curve(curve) for curve in rate_test.values()]
    assert all(4.7 < k["capacity"].value < 5.0 for k in kpis)
    voltages = [k["mean_voltage"].value for k in kpis]
    assert voltages == sorted(voltages, reverse=True)
    assert all(k["energy"].standard_uncertainty < 1e-3 * k["energy"].value for k in kpis)


def test_measured_rate_capability_and_ragone_curve(rate_test):
    """Three rates over the lowest; an hour lies between the discharges at C/2 and at 1C."""
    curves = tuple(rate_test.values())
    assert set(rate_capability(curves)) == {f"rate_capability_{rate:g}C" for rate in (0.5, 1.0, 2.0)}
    kpi = ragone_curve(curves)["one_hour_power"]
    assert 16.0 < kpi.value < 17.3
    assert kpi.standard_uncertainty < 0.1


def test_measured_peaks_shift_with_the_rate(rate_test):
    """The two highest peaks of the discharge lie lower at 1C than at C/2, by more than they are uncertain."""
    slow, fast = (differential_capacity_peaks(rate_test[rate]) for rate in (0.5, 1.0))
    for number in (1, 2):
        name = f"dqdv_discharge_peak_{number}_voltage"
        spread = np.hypot(slow[name].standard_uncertainty, fast[name].standard_uncertainty)
        assert slow[name].value - fast[name].value > 2 * spread


def test_measured_hysteresis_grows_with_the_rate_and_the_correction_is_refused(rate_test):
    """The charge after each discharge starts too high to have passed what was left."""
    kpis = [capacity_beyond_cut_off((rate_test[rate],)) for rate in (0.1, 0.5, 1.0)]
    shifts = [k["hysteresis"].value for k in kpis]
    assert shifts == sorted(shifts)
    assert all("the charge starts at 3." in k["corrected_capacity"].method for k in kpis)
