"""Pulses at the largest power that keeps voltage, plating margin and temperature, and the KPI of their power."""

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell.errors import TemperatureLawError
from ragone.pipelines.cell.plating import PLATING_MARGIN
from ragone.pipelines.cell.protocols import cycle_cell, pulse_at_largest_power
from ragone.pipelines.kpi import energy_and_power_density, pulse_power
from ragone.schemas import CyclingOutcome, KpiOutcome
from ragone.schemas.errors import BoundsError, UnknownFieldError

COARSE = {"mesh_points": 10, "relative_tolerance": 1e-5, "absolute_tolerance": 1e-5}
COLD = {"ambient_temperature_kelvin": 263.15, **COARSE}


@pytest.fixture(scope="module")
def cell():
    """The LG M50 with activation energies."""
    return reference_cell(parameter_set="Chen2020_Arrhenius", form_factor="21700")


@pytest.fixture(scope="module")
def cold(cell):
    """Ten seconds from half charge at -10 degC."""
    return pulse_at_largest_power(cell, **COLD)


def test_the_pulse_ends_at_the_voltage_limit(cell, cold):
    """Constant power, all of the time, down to the limit; the KPI is that power, also over volume and mass."""
    assert cold.outcome is CyclingOutcome.COMPLETED
    assert cold.test_time_second[-1] == 10.0
    assert cold.voltage_volt[-1] == pytest.approx(2.5, abs=1e-4)
    power = -cold.voltage_volt * cold.current_ampere
    assert power == pytest.approx(power[0], rel=1e-4)
    kpis = pulse_power.function(cold)
    assert kpis["discharge_pulse_power"].value == pytest.approx(power[0], rel=1e-4)
    assert kpis["charge_pulse_power"].outcome is KpiOutcome.NOT_APPLICABLE
    densities = energy_and_power_density.function(cold, cell)
    assert densities["specific_power"].value == pytest.approx(power[0] / cell.cell_mass_kilogram, rel=1e-4)


@pytest.mark.parametrize("thermal", ["isothermal", "lumped"])
def test_a_protocol_with_a_little_more_power_ends_early(cell, thermal):
    """The same pulse as a step in the cell's own geometry lasts; 0.1 % more meets the limit before."""
    pulse = pulse_at_largest_power(cell, thermal=thermal, **COLD)
    power = pulse_power.function(pulse)["discharge_pulse_power"].value
    ends = []
    for factor in (0.999, 1.001):
        steps = (f"Discharge at {factor * power:.6f} W for 10 s or until 2.5 V",)
        done = cycle_cell(cell, protocol=steps, thermal=thermal, initial_state_of_charge=0.5, **COLD)
        ends.append(done.test_time_second[-1])
    assert ends[0] == 10.0
    assert 9.9 < ends[1] < 10.0


def test_a_charge_is_limited_by_plating_before_voltage(cell):
    """At half charge the margin vanishes at the end; without that limit the voltage does, at more power; cold costs."""
    kept = pulse_at_largest_power(cell, direction="charge", **COARSE)
    assert kept.variable(PLATING_MARGIN).min() == pytest.approx(0.0, abs=1e-5)
    assert kept.voltage_volt.max() < 4.1
    careless = pulse_at_largest_power(cell, direction="charge", smallest_plating_margin_volt=-1.0, **COARSE)
    assert careless.voltage_volt[-1] == pytest.approx(4.2, abs=1e-4)
    frozen = pulse_at_largest_power(cell, direction="charge", **COLD)
    powers = [pulse_power.function(one)["charge_pulse_power"].value for one in (frozen, kept, careless)]
    assert powers[0] < 0.5 * powers[1] < powers[1] < powers[2]


def test_a_lumped_cell_is_limited_by_its_temperature(cell):
    """The pulse warms it to the limit, at less power than the voltage would allow."""
    free = pulse_at_largest_power(cell, **COARSE)
    limited = pulse_at_largest_power(cell, largest_temperature_kelvin=300.0, **COARSE)
    assert limited.temperature_kelvin[-1] == pytest.approx(300.0, abs=0.01)
    assert limited.voltage_volt[-1] > 2.6
    first, second = (pulse_power.function(one)["discharge_pulse_power"].value for one in (free, limited))
    assert second < first


def test_what_cannot_be_pulsed_has_no_power(cell):
    """A cell whose voltage at rest is below the limit, one that was not built, and curves of another kind."""
    empty = pulse_at_largest_power(cell, lower_voltage_volt=3.9, **COARSE)
    assert empty.outcome is CyclingOutcome.INFEASIBLE
    assert "from 50% state of charge keeps 3.9 V" in empty.reason
    full = pulse_at_largest_power(cell, direction="charge", upper_voltage_volt=3.0, **COARSE)
    assert "keeps 3 V and 0 V against lithium (Voltage [V] = 3.7" in full.reason
    none = pulse_at_largest_power(replace(cell, outcome="the coating does not fit the can"))
    assert none.outcome is CyclingOutcome.NOT_BUILT
    for one in (empty, none):
        assert pulse_power.function(one)["discharge_pulse_power"].outcome is KpiOutcome.NOT_REACHED
    rest = cycle_cell(cell, protocol=("Discharge at 5 W for 10 s",), **COARSE)
    assert pulse_power.function(rest)["discharge_pulse_power"].outcome is KpiOutcome.NOT_APPLICABLE


def test_what_makes_no_sense_is_refused(cell):
    """An unknown direction, a temperature limit below the ambient, a set of one temperature."""
    with pytest.raises(UnknownFieldError, match="did you mean 'charge'"):
        pulse_at_largest_power(cell, direction="charg")
    with pytest.raises(BoundsError, match="largest_temperature_kelvin"):
        pulse_at_largest_power(cell, largest_temperature_kelvin=290.0)
    with pytest.raises(TemperatureLawError, match="Chen2020_Arrhenius"):
        pulse_at_largest_power(reference_cell(parameter_set="Chen2020", form_factor="21700"), **COARSE)


def test_it_does_not_depend_on_what_was_solved_before(cell, cold):
    """The same pulse again is the same to the bit."""
    again = pulse_at_largest_power(cell, **COLD)
    assert again.id == cold.id
    assert np.array_equal(again.voltage_volt, cold.voltage_volt)
