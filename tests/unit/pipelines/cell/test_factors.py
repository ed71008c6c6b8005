"""Parameters of a cell's model that differ by a factor: the same in a built model as in the cell's own geometry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.cell import (
    discharge_at_constant_current,
    discharge_at_constant_power,
    reference_cell,
)
from ragone.pipelines.cell.bpx_document import bpx_document
from ragone.pipelines.cell.factors import COOLING, FACTORED, FUNCTIONS, HEAT_TRANSFER, NUMBERS
from ragone.pipelines.cell.impedance import simulate_impedance
from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.files.bpx.format import BpxError
from ragone.schemas.errors import MissingFieldError, UnknownFieldError

COARSE = {"mesh_points": 10, "relative_tolerance": 1e-5, "absolute_tolerance": 1e-5}
LUMPED = {"thermal": "lumped", **COARSE}
OTHERWISE = {name: 1 + (-1) ** n * (n + 1) / 30 for n, name in enumerate(FACTORED)}


@pytest.fixture(scope="module")
def cell():
    """The LG M50 with activation energies."""
    return reference_cell(parameter_set="Chen2020_Arrhenius", form_factor="21700")


def duration(discharge):
    """How long a curve lasts [s]."""
    return float(discharge.test_time_second[-1])


def test_factors_of_one_change_nothing(cell):
    """The built model with inputs is that without."""
    ones = replace(cell, parameter_factors=dict.fromkeys(FACTORED, 1.0))
    plain, again = (discharge_at_constant_current(c, rate_per_hour=1.0, **COARSE) for c in (cell, ones))
    assert again.voltage_volt == pytest.approx(plain.voltage_volt, abs=1e-6)


def test_a_built_model_discharges_as_the_cells_own(cell):
    """All factors at once, lumped, against a protocol, which is solved in the cell's own geometry."""
    other = replace(cell, parameter_factors=OTHERWISE, positive_particle_radius_metre=4.5e-6)
    discharge = discharge_at_constant_current(other, rate_per_hour=1.0, **LUMPED)
    protocol = cycle_cell(other, protocol=("Discharge at 1C until 2.5 V",), **LUMPED)
    plain = discharge_at_constant_current(cell, rate_per_hour=1.0, **LUMPED)
    assert duration(discharge) == pytest.approx(duration(protocol), rel=1e-4)
    assert discharge.temperature_kelvin[-1] == pytest.approx(protocol.temperature_kelvin[-1], abs=0.01)
    assert abs(duration(discharge) / duration(plain) - 1) > 1e-3
    assert discharge.temperature_kelvin[-1] - plain.temperature_kelvin[-1] > 1


@pytest.mark.parametrize("name", [*FUNCTIONS, *NUMBERS])
def test_every_factor_reaches_the_discharge(cell, name):
    """Each for itself moves the voltage, and two of them in one built model move it otherwise."""
    found = [
        discharge_at_constant_power(replace(cell, parameter_factors={name: factor}), power_watt=20.0, **COARSE)
        for factor in (1.0, 1.3)
    ]
    assert abs(found[1].voltage_volt[75] - found[0].voltage_volt[75]) > 1e-5


@pytest.mark.parametrize("name", NUMBERS)
def test_a_tortuosity_factor_stays_one_at_least(cell, name):
    """However small its factor: coating and separator conduct no better than without solids."""
    smallest, smaller = (
        discharge_at_constant_power(replace(cell, parameter_factors={name: factor}), power_watt=20.0, **COARSE)
        for factor in (0.1, 0.2)
    )
    assert np.array_equal(smallest.voltage_volt, smaller.voltage_volt)


def test_better_cooling_keeps_it_colder(cell):
    """The coefficient of the discharge is multiplied."""
    cooled = replace(cell, parameter_factors={HEAT_TRANSFER: 2.0})
    stated = {"heat_transfer_coefficient_watt_per_square_metre_kelvin": 20.0, **LUMPED}
    one, two = (
        discharge_at_constant_current(c, rate_per_hour=1.0, **given) for c, given in ((cooled, LUMPED), (cell, stated))
    )
    assert one.temperature_kelvin == pytest.approx(two.temperature_kelvin, abs=1e-3)


def test_a_spectrum_knows_the_factors(cell):
    """A slower reaction widens the arcs."""
    slow = replace(cell, parameter_factors={"Positive electrode exchange-current density [A.m-2]": 0.5})
    spectra = [simulate_impedance(c, points_per_decade=2, mesh_points=10) for c in (cell, slow)]
    assert np.max(spectra[1].real_ohm) > np.max(spectra[0].real_ohm) + 1e-4


def test_what_cannot_be_multiplied_is_refused(cell):
    """A name that is not known with a hint, one that the set lacks, and a file that could not say it."""
    with pytest.raises(UnknownFieldError, match="did you mean 'Electrolyte conductivity"):
        discharge_at_constant_power(
            replace(cell, parameter_factors={"Electrolyte conductivty [S.m-1]": 1.1}), power_watt=20.0
        )
    half = reference_cell(parameter_set="Chen2020")
    lacking = replace(half, negative_electrode="lithium metal", negative_thickness_metre=0.0)
    with pytest.raises(MissingFieldError, match="Leave that factor out"):
        discharge_at_constant_power(replace(lacking, parameter_factors={NUMBERS[0]: 1.1}), power_watt=1.0)
    with pytest.raises(BpxError, match="Write the cell that it was drawn from"):
        bpx_document(replace(cell, parameter_factors={COOLING[0]: 1.1}))
