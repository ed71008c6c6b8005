"""A negative electrode that was measured, and a separator that was chosen."""

import math
from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.cell import (
    assemble_cell,
    bpx_document,
    discharge_at_constant_power,
    materials_of_set,
    reference_cell,
)
from ragone.pipelines.cell.engine import PARAMETER_SETS, parameter_values
from ragone.pipelines.cell.model import METRICS, cell_values
from ragone.pipelines.characterise import perturb
from ragone.pipelines.thermal.decomposition import KIM_2007, component_masses, decomposition_of
from ragone.schemas import CellOutcome, DischargeOutcome
from ragone.schemas.materials import NMC_811
from tests.built_cells import conductivities, design, full_cell


def own_negative(example, parameter_set="Chen2020", **changes):
    """The negative electrode of a parameter set, as if it had been measured."""
    values = parameter_values(parameter_set)
    porosity, active, radius, sigma, ions, electrons = (
        float(values[f"Negative {name}"])
        for name in (
            "electrode porosity",
            "electrode active material volume fraction",
            "particle radius [m]",
            "electrode conductivity [S.m-1]",
            "electrode Bruggeman coefficient (electrolyte)",
            "electrode Bruggeman coefficient (electrode)",
        )
    )
    return example(
        "transport",
        **{
            "pore_fraction": porosity,
            "active_material_fraction": active,
            "carbon_binder_fraction": max(0.0, 1 - porosity - active),
            "specific_surface_area_per_metre": 3 * active / radius,
            "pore_tortuosity_factor": porosity ** (1 - ions),
            "solid_effective_conductivity_siemens_per_metre": sigma * (1 - porosity) ** electrons,
            **conductivities(materials_of_set(parameter_set, "negative")),
            **changes,
        },
    )


def ordinary(example, **changes):
    """A positive electrode that a cell can be discharged with."""
    fractions = {"pore_fraction": 0.335, "active_material_fraction": 0.6, "carbon_binder_fraction": 0.065}
    return example("transport", **{**fractions, **changes})


def with_negative(example, negative, **choices):
    """A cell of the ordinary positive electrode and this negative one."""
    return assemble_cell(ordinary(example), NMC_811, design(**choices), negative)


@pytest.mark.parametrize("parameter_set", PARAMETER_SETS)
def test_the_set_s_own_values_make_the_same_discharge(example, parameter_set):
    """Fed in as a measurement, the parameter set's own negative electrode gives the default cell's discharge."""
    materials = materials_of_set(parameter_set, "positive")
    positive = ordinary(example, **conductivities(materials))
    choices = design(
        parameter_set=parameter_set,
        form_factor="pouch",
        mass_loading_kilogram_per_square_metre=0.1,
        negative_to_positive_capacity_ratio=reference_cell(
            parameter_set=parameter_set
        ).negative_to_positive_capacity_ratio,
    )
    plain = assemble_cell(positive, materials, choices)
    fed = assemble_cell(positive, materials, choices, own_negative(example, parameter_set))
    assert fed.negative_thickness_metre == pytest.approx(plain.negative_thickness_metre, rel=1e-12)
    assert fed.nominal_capacity_ampere_hour == pytest.approx(plain.nominal_capacity_ampere_hour, rel=1e-12)
    power = 2.0 * plain.nominal_capacity_ampere_hour
    one, other = (discharge_at_constant_power(each, power_watt=power, lower_voltage_volt=2.8) for each in (plain, fed))
    assert one.outcome is DischargeOutcome.COMPLETED
    assert other.test_time_second == pytest.approx(one.test_time_second, rel=1e-5)
    assert other.voltage_volt == pytest.approx(one.voltage_volt, abs=2e-4)


def test_its_metrics_are_the_cell_s(example):
    """Each is a field of the record; without a measurement all are null."""
    negative = own_negative(example, pore_fraction=0.3, active_material_fraction=0.6, carbon_binder_fraction=0.1)
    cell = with_negative(example, negative)
    assert cell.negative_porosity == 0.3
    assert cell.negative_active_material_fraction == 0.6
    assert cell.negative_pore_tortuosity_factor == negative.pore_tortuosity_factor
    assert cell.negative_effective_conductivity_siemens_per_metre == pytest.approx(215.0)
    radius = float(parameter_values("Chen2020")["Negative particle radius [m]"])
    expected = negative.specific_surface_area_per_metre * radius / (3 * 0.6)
    assert cell.negative_surface_area_ratio == pytest.approx(expected, rel=1e-12)
    plain = full_cell(ordinary(example))
    assert all(getattr(plain, f"negative_{name}") is None for name in METRICS)


def test_its_thickness_holds_the_capacity_ratio(example):
    """Half the active material is twice the coating; its solids weigh what its materials do."""
    plain = full_cell(ordinary(example))
    active = float(parameter_values("Chen2020")["Negative electrode active material volume fraction"])
    lean = {"active_material_fraction": active / 2, "carbon_binder_fraction": 0.1, "pore_fraction": 0.5}
    cell = with_negative(example, own_negative(example, **lean))
    assert cell.negative_thickness_metre == pytest.approx(2 * plain.negative_thickness_metre, rel=1e-12)
    parts, area = cell.components["components"], cell.electrode_area_square_metre
    coated = cell.negative_thickness_metre * area
    graphite = materials_of_set("Chen2020", "negative")
    for part, fraction, density in (
        ("negative_active_material", active / 2, graphite.active_material_density_kilogram_per_cubic_metre),
        ("negative_carbon_binder", 0.1, graphite.carbon_binder_density_kilogram_per_cubic_metre),
    ):
        assert parts[part]["mass_kilogram"] == pytest.approx(coated * fraction * density, rel=1e-12)
    assert "negative_solids" not in parts


@pytest.mark.parametrize(
    ("changes", "longer"),
    [
        ({"pore_tortuosity_factor": 12.0}, False),
        ({"pore_tortuosity_factor": 1.0}, True),
        ({"specific_surface_area_per_metre": 2e4}, False),
        ({"solid_effective_conductivity_siemens_per_metre": 0.05}, False),
    ],
)
def test_its_metrics_change_the_discharge(example, changes, longer):
    """Worse transport in the negative electrode shortens a discharge at high power, better transport prolongs it."""
    own, other = (with_negative(example, own_negative(example, **given)) for given in ({}, changes))
    ends = [discharge_at_constant_power(cell, power_watt=120.0).test_time_second[-1] for cell in (own, other)]
    change = float(ends[1] / ends[0] - 1)
    assert change > 1e-3 if longer else change < -1e-3


def test_nanopores_of_its_binder_are_pores(example):
    """As in the positive electrode."""
    porous = replace(materials_of_set("Chen2020", "negative"), carbon_binder_nanoporosity=0.5)
    negative = own_negative(example, pore_fraction=0.2, active_material_fraction=0.7, carbon_binder_fraction=0.1)
    cell = assemble_cell(ordinary(example), NMC_811, design(), negative, porous)
    assert cell.negative_porosity == pytest.approx(0.25, rel=1e-12)
    assert cell.negative_pore_tortuosity_factor == pytest.approx(1.25 * negative.pore_tortuosity_factor, rel=1e-12)


def test_one_that_does_not_percolate_is_an_outcome(example):
    """Named as the negative one, in the cell and in the discharge."""
    blocked = own_negative(example, pore_outcome="not percolating", pore_tortuosity_factor=math.inf)
    cell = with_negative(example, blocked)
    assert cell.outcome is CellOutcome.NEGATIVE_NOT_CONDUCTING
    discharge = discharge_at_constant_power(cell, power_watt=10.0)
    assert discharge.outcome is DischargeOutcome.NOT_CONDUCTING
    assert "negative electrode" in discharge.reason


def test_a_perturbed_metric_of_it_is_named_as_its(example):
    """The method says of which electrode the metric is."""
    negative = own_negative(example, pore_tortuosity_factor_standard_error=0.1)
    cell = with_negative(example, perturb(negative, metric="pore_tortuosity_factor"))
    assert cell.method.endswith("; negative_pore_tortuosity_factor raised by one standard error")


def test_its_area_scales_its_reaction_rate_in_a_bpx_file(example):
    """As that of the positive electrode."""
    rates = [
        bpx_document(with_negative(example, own_negative(example, specific_surface_area_per_metre=area)))[
            "Parameterisation"
        ]["Negative electrode"]["Reaction rate constant [mol.m-2.s-1]"]
        for area in (4e5, 2e5)
    ]
    assert rates[0] == pytest.approx(2 * rates[1], rel=1e-12)


def test_a_separator_that_is_chosen_is_used(example):
    """In the model, where a thicker and denser one costs time, and in the roll-up; else it is the set's."""
    plain, thick = (full_cell(ordinary(example), **given) for given in ({}, {"separator_thickness_metre": 60e-6}))
    dense = full_cell(ordinary(example), separator_porosity=0.2)
    values = cell_values(dense, initial_state_of_charge=1.0)
    assert values["Separator porosity"] == 0.2
    assert values["Separator tortuosity factor (electrolyte)"] == pytest.approx(0.2 ** (1 - 1.5), rel=1e-12)
    assert cell_values(thick, initial_state_of_charge=1.0)["Separator thickness [m]"] == 60e-6
    volumes = [cell.components["components"]["separators"]["volume_cubic_metre"] for cell in (plain, thick, dense)]
    areas = [cell.electrode_area_square_metre for cell in (plain, thick, dense)]
    per_area = np.divide(volumes, areas)
    assert per_area[1] == pytest.approx(5 * per_area[0], rel=1e-12)
    assert per_area[2] == pytest.approx(per_area[0] * 0.8 / 0.53, rel=1e-12)
    per_watt = [100.0 * area / areas[0] for area in areas]
    ends = [
        discharge_at_constant_power(cell, power_watt=power).test_time_second[-1]
        for cell, power in zip((plain, thick, dense), per_watt, strict=True)
    ]
    assert ends[1] < ends[0]
    assert ends[2] < ends[0]


def test_lithium_is_where_the_capacities_put_it(example):
    """Half the active material in twice the coating holds as much, and starts at the same concentrations."""
    lean = {"active_material_fraction": 0.375, "carbon_binder_fraction": 0.1, "pore_fraction": 0.5}
    cells = full_cell(ordinary(example)), with_negative(example, own_negative(example, **lean))
    for electrode in ("negative", "positive"):
        name = f"Initial concentration in {electrode} electrode [mol.m-3]"
        plain, other = (float(cell_values(cell, initial_state_of_charge=1.0)[name]) for cell in cells)
        assert other == pytest.approx(plain, rel=1e-9)


def test_its_solids_decompose_as_those_of_the_set_do(example):
    """The kinetics of runaway are of the negative solids: of the coating's active material and carbon-binder."""
    cell = with_negative(example, own_negative(example, active_material_fraction=0.65, carbon_binder_fraction=0.1))
    masses = component_masses(cell)
    assert masses["negative_solids"] == masses["negative_active_material"] + masses["negative_carbon_binder"]
    assert decomposition_of(cell, KIM_2007).masses[-1] == masses["negative_solids"]
