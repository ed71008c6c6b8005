"""Discharges of a cell that its own heat warms, and what is refused without activation energies."""

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.cell import discharge_at_constant_current, discharge_at_constant_power, reference_cell
from ragone.pipelines.cell.engine import PARAMETER_SETS
from ragone.pipelines.cell.errors import ContradictionError, TemperatureLawError
from ragone.pipelines.cell.particle_radius import OF_PARTICLES
from ragone.pipelines.cell.protocols.cycle import cycle_cell
from ragone.pipelines.cell.temperature_laws import constant_transport
from ragone.pipelines.kpi.temperature import maximum_temperature
from ragone.schemas import KINDS, DischargeOutcome
from ragone.schemas.errors import BoundsError, UnknownFieldError

COARSE = {"mesh_points": 10, "relative_tolerance": 1e-5, "absolute_tolerance": 1e-5}
LUMPED = {"thermal": "lumped", **COARSE}


@pytest.fixture(scope="module")
def cell():
    """The LG M50 with activation energies, its coatings a tenth thinner than the mesh that they are solved on."""
    own = reference_cell(parameter_set="Chen2020_Arrhenius", form_factor="21700")
    thinner = {name: 0.9 * getattr(own, name) for name in ("positive_thickness_metre", "negative_thickness_metre")}
    return replace(own, contact_resistance_ohm=5e-3, **thinner)


def test_it_warms_as_in_its_own_geometry(cell):
    """The stretched coating's heat is that of a protocol, which is solved in the cell's own thickness."""
    discharge = discharge_at_constant_current(cell, rate_per_hour=1.0, **LUMPED)
    protocol = cycle_cell(cell, protocol=("Discharge at 1C until 2.5 V",), **LUMPED)
    assert discharge.test_time_second[-1] == pytest.approx(protocol.test_time_second[-1], rel=1e-4)
    assert discharge.temperature_kelvin[-1] - 298.15 > 10
    assert discharge.temperature_kelvin[-1] == pytest.approx(protocol.temperature_kelvin[-1], abs=0.01)


def test_it_warms_with_the_particles_that_were_drawn(cell):
    """Radii are stretched onto the reference's too, and diffusion in them follows the temperature all the same."""
    drawn = replace(cell, positive_particle_radius_metre=3.5e-6, positive_particle_radius_source=OF_PARTICLES)
    discharge = discharge_at_constant_current(drawn, rate_per_hour=1.0, **LUMPED)
    protocol = cycle_cell(drawn, protocol=("Discharge at 1C until 2.5 V",), **LUMPED)
    assert discharge.test_time_second[-1] == pytest.approx(protocol.test_time_second[-1], rel=1e-4)
    assert discharge.temperature_kelvin[-1] == pytest.approx(protocol.temperature_kelvin[-1], abs=0.01)


def test_all_sizes_of_particles_are_refused(cell):
    """Their heat is not balanced."""
    with pytest.raises(ContradictionError, match="Leave out one"):
        discharge_at_constant_current(cell, rate_per_hour=1.0, particle_size_points=5, **LUMPED)


def test_it_ends_when_it_is_too_hot(cell):
    """The limit ends the discharge, which counts with what it delivered; a better cooled cell goes on."""
    limit = {"largest_temperature_kelvin": 310.0, "power_watt": 30.0, **LUMPED}
    hot = discharge_at_constant_power(cell, **limit)
    assert hot.outcome is DischargeOutcome.TOO_HOT
    assert hot.temperature_kelvin[-1] == pytest.approx(310.0, abs=0.01)
    assert hot.voltage_volt[-1] > 2.6
    kpis = maximum_temperature.function(hot)
    assert kpis["maximum_temperature"].value == hot.temperature_kelvin[-1]
    assert kpis["temperature_rise"].value == pytest.approx(310.0 - 298.15, abs=0.01)
    cooled = discharge_at_constant_power(cell, heat_transfer_coefficient_watt_per_square_metre_kelvin=200.0, **limit)
    assert cooled.outcome is DischargeOutcome.COMPLETED
    assert cooled.temperature_kelvin.max() < 310.0


def test_a_limit_below_the_ambient_temperature_is_refused(cell):
    """A limit that is passed before the start says nothing; neither does a thermal model nobody knows."""
    with pytest.raises(BoundsError, match="largest_temperature_kelvin"):
        discharge_at_constant_power(cell, power_watt=5.0, largest_temperature_kelvin=290.0, **LUMPED)
    with pytest.raises(UnknownFieldError, match="lumped"):
        discharge_at_constant_power(cell, power_watt=5.0, thermal="lump")


def test_chen2020_is_refused_above_one_c():
    """The message names what is constant and the set that is not; slower, and isothermally, it is computed."""
    cell = reference_cell(parameter_set="Chen2020", form_factor="21700")
    with pytest.raises(TemperatureLawError, match=r"Electrolyte conductivity.*Chen2020_Arrhenius"):
        discharge_at_constant_power(cell, power_watt=30.0, **LUMPED)
    with pytest.raises(TemperatureLawError, match=r"1\.1 times"):
        discharge_at_constant_current(cell, rate_per_hour=1.1, **LUMPED)
    slow = discharge_at_constant_current(cell, rate_per_hour=0.5, **LUMPED)
    isothermal = discharge_at_constant_current(cell, rate_per_hour=1.1, **COARSE)
    assert slow.outcome is isothermal.outcome is DischargeOutcome.COMPLETED
    assert len(isothermal.temperature_kelvin) == 0


def test_which_sets_know_no_temperature():
    """Two of the accepted sets give transport at one temperature only."""
    constant = {name for name in PARAMETER_SETS if constant_transport(reference_cell(parameter_set=name))}
    assert constant == {"Chen2020", "Prada2013"}


def test_activation_energies_change_nothing_at_25_degrees():
    """At the reference temperature the variant is Chen2020; in the cold it delivers less."""
    own, extended = (reference_cell(parameter_set=name) for name in ("Chen2020", "Chen2020_Arrhenius"))
    first, second = (discharge_at_constant_current(c, rate_per_hour=1.0, **COARSE) for c in (own, extended))
    assert second.voltage_volt == pytest.approx(first.voltage_volt, abs=1e-6)
    cold = {"ambient_temperature_kelvin": 273.15, "rate_per_hour": 1.0, **COARSE}
    first, second = (discharge_at_constant_current(c, **cold) for c in (own, extended))
    assert second.test_time_second[-1] < 0.95 * first.test_time_second[-1]


def test_a_discharge_of_version_3_has_no_temperature(example_values):
    """Older records were isothermal, and say so by an empty column."""
    values = example_values("discharge")
    older = {n: v for n, v in values.items() if n not in ("temperature_kelvin", "largest_temperature_kelvin")}
    read = KINDS["discharge"].build(older)
    assert np.array_equal(read.temperature_kelvin, np.empty(0))
    assert read.largest_temperature_kelvin is None
