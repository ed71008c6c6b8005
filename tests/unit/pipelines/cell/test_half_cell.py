import math

import pytest

from ragone.pipelines.cell import assemble_half_cell, discharge_at_constant_power
from ragone.pipelines.cell.engine import parameter_values
from ragone.pipelines.cell.stoichiometry import half_cell_window, host_capacity
from ragone.pipelines.characterise import perturb
from ragone.schemas import CellOutcome, DischargeOutcome, NegativeElectrode
from ragone.schemas.errors import UnknownFieldError
from ragone.schemas.materials import NMC_811
from tests.built_cells import LOADING, design, half_cell


def test_a_half_cell_is_one_side_against_lithium(example):
    """A disc of 12 mm, no negative coating, no capacity ratio; the coating weighs its loading."""
    cell = half_cell(example("transport"))
    assert cell.outcome is CellOutcome.BUILT
    assert cell.negative_electrode is NegativeElectrode.LITHIUM_METAL
    assert cell.negative_thickness_metre == cell.negative_to_positive_capacity_ratio == 0
    assert cell.form_factor == "half cell"
    assert cell.electrode_area_square_metre == pytest.approx(math.pi / 4 * 12e-3**2, rel=1e-12)
    parts = cell.components["components"]
    solids = ("positive_active_material", "positive_carbon_binder")
    mass = sum(parts[name]["mass_kilogram"] for name in solids)
    assert mass == pytest.approx(LOADING * cell.electrode_area_square_metre, rel=1e-12)
    assert parts["lithium"]["volume_cubic_metre"] == pytest.approx(250e-6 * cell.electrode_area_square_metre, rel=1e-12)
    assert "negative_collector" not in parts


def test_nominal_capacity_is_that_of_the_window_against_lithium(example):
    """Host capacity times the stoichiometry between the voltage limits, times the area asked for."""
    cell = assemble_half_cell(example("transport"), NMC_811, design(), electrode_area_square_metre=1e-4)
    values = parameter_values("Chen2020")
    window = half_cell_window(values)
    host = host_capacity(values, "positive", cell.positive_thickness_metre, 0.4)
    assert cell.nominal_capacity_ampere_hour == pytest.approx(1e-4 * host * (window.y_0 - window.y_100), rel=1e-12)


@pytest.mark.parametrize("parameter_set", ["Chen2020", "Xu2019"])
def test_half_cells_discharge(example, parameter_set):
    """At a low power they deliver about what they are said to hold."""
    transport = example("transport", pore_fraction=0.335, active_material_fraction=0.6, carbon_binder_fraction=0.065)
    cell = half_cell(transport, parameter_set=parameter_set)
    discharge = discharge_at_constant_power(
        cell, power_watt=cell.nominal_capacity_ampere_hour / 5, lower_voltage_volt=3
    )
    assert discharge.outcome is DischargeOutcome.COMPLETED
    delivered = -discharge.current_ampere.mean() * discharge.test_time_second[-1] / 3600
    assert delivered == pytest.approx(cell.nominal_capacity_ampere_hour, rel=0.2)


def test_a_phase_that_does_not_percolate_is_an_outcome(example):
    """As for the full cell."""
    transport = example("transport", pore_outcome="not percolating", pore_tortuosity_factor=math.inf)
    assert half_cell(transport).outcome is CellOutcome.NOT_CONDUCTING


def test_perturbed_metrics_are_taken(example):
    """As for the full cell, and the record says which."""
    transport = example("transport", pore_tortuosity_factor_standard_error=0.1)
    cell = half_cell(perturb(transport, metric="pore_tortuosity_factor"))
    assert cell.positive_pore_tortuosity_factor == pytest.approx(2.0)
    assert cell.method.endswith("; pore_tortuosity_factor raised by one standard error")


def test_graphite_half_cells_are_refused(example):
    """The electrode designed is the positive one."""
    with pytest.raises(UnknownFieldError, match="graphite electrode against lithium"):
        half_cell(example("transport"), parameter_set="Ecker2015_graphite_halfcell")
