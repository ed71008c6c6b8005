"""Growth of SEI at rest against its exact laws in time and in temperature."""

from functools import partial

import numpy as np
import pytest

from ragone.pipelines.ageing import age_cell
from ragone.pipelines.ageing.mechanisms import Mechanisms
from ragone.pipelines.ageing.parameters import ageing_values
from ragone.pipelines.cell import reference_cell

FARADAY, GAS = 96485.33212, 8.31446
FIRST = 5e-9  # initial thickness [m]
MOLAR_VOLUME = 9.585e-5  # m^3/mol
rested = partial(
    age_cell, model="SPM", coating_points=4, particle_points=8, plating="none", cracking=False, sei_on_cracks=False,
    loss_of_active_material=False, porosity_change=False, relative_tolerance=1e-8, absolute_tolerance=1e-8,
)  # fmt: skip


@pytest.fixture(scope="module")
def cell():
    """The LG M50 of Chen et al. 2020."""
    return reference_cell(parameter_set="Chen2020")


def thickness(cell, fade):
    """Thickness of the SEI at the end of each rest [m], from the capacity that it holds."""
    lost = fade.variables[fade.variable_names.index("Loss of capacity to negative SEI [A.h]")]
    area = 3 * 0.75 / 5.86e-6 * cell.negative_thickness_metre * cell.electrode_area_square_metre
    return FIRST + lost * 3600 * MOLAR_VOLUME / (FARADAY * area)


def test_growth_limited_by_reaction_is_linear_in_time(cell):
    """The film grows by V j t / F with the Tafel current of SEI at the open-circuit potential of the electrode."""
    fade = rested(cell, cycles=4, protocol=("Rest for 1 hour",), sei="reaction limited")["fade"]
    mechanisms = Mechanisms("reaction limited", False, "none", False, False, False)
    values = ageing_values(cell, mechanisms, initial_state_of_charge=1.0)
    filled = (
        values["Initial concentration in negative electrode [mol.m-3]"]
        / values["Maximum concentration in negative electrode [mol.m-3]"]
    )
    potential = float(np.ravel(values.evaluate(values["Negative electrode OCP [V]"](filled)))[0])
    driving = potential - values["SEI open-circuit potential [V]"]
    current = values["SEI reaction exchange current density [A.m-2]"] * np.exp(-0.5 * FARADAY / GAS / 298.15 * driving)
    ratio = values["Ratio of lithium moles to SEI moles"]
    expected = MOLAR_VOLUME * current * fade.test_time_second / FARADAY / ratio
    grown = (thickness(cell, fade) - FIRST) / ratio
    np.testing.assert_allclose(grown, expected, rtol=1e-3)


def test_growth_is_faster_in_the_heat_by_the_activation_energy(cell):
    """What the square of the thickness gains is, at 45 degC over 25 degC, Arrhenius' factor of 38 kJ/mol."""
    gained = []
    for temperature in (298.15, 318.15):
        fade = rested(
            cell, cycles=1, protocol=("Rest for 500 hours",), ambient_temperature_kelvin=temperature
        )["fade"]  # fmt: skip
        gained.append(float(thickness(cell, fade)[-1] ** 2 - FIRST**2))
    factor = np.exp(38000.0 / GAS * (1 / 298.15 - 1 / 318.15))
    assert gained[1] / gained[0] == pytest.approx(factor, rel=1e-4)
