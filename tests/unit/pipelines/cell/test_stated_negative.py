"""A negative coating of which the design states metrics, and no volume was measured."""

from dataclasses import replace

import pytest

from ragone.pipelines.cell import (
    assemble_cell,
    discharge_at_constant_power,
    ideal_transport,
    materials_of_set,
    perturb_cell,
    stated_uncertain,
)
from ragone.pipelines.cell.engine import PARAMETER_SETS, parameter_values
from ragone.pipelines.cell.errors import ContradictionError
from ragone.schemas import CellDesign, DischargeOutcome, Recipe
from ragone.schemas.errors import BoundsError, MissingFieldError
from tests.built_cells import conductivities

POROSITY, ACTIVE = "negative_porosity", "negative_active_material_fraction"
TORTUOSITY, RADIUS = "negative_pore_tortuosity_factor", "negative_particle_radius_metre"


def cell_of(parameter_set="Chen2020", negative=None, **choices):
    """A pouch of the usual loading; keyword arguments are of its design."""
    materials = materials_of_set(parameter_set, "positive")
    recipe = Recipe(active_material_weight_fraction=0.95, porosity=0.35)
    usual = {
        "mass_loading_kilogram_per_square_metre": 0.1,
        "form_factor": "pouch",
        "parameter_set": parameter_set,
        "negative_to_positive_capacity_ratio": 1.3 if parameter_set in ("Marquis2019", "NCA_Kim2011") else 1.1,
    }
    return assemble_cell(ideal_transport(recipe, materials), materials, CellDesign(**{**usual, **choices}), negative)


def of_set(parameter_set, name):
    """A parameter of the negative electrode of a set."""
    return float(parameter_values(parameter_set)[f"Negative electrode {name}"])


@pytest.mark.parametrize("parameter_set", PARAMETER_SETS)
def test_the_set_s_own_porosity_changes_nothing(parameter_set):
    """Stated, it gives the same cell; the discharge agrees within what the solver may be off."""
    plain = cell_of(parameter_set)
    stated = cell_of(parameter_set, negative_porosity=of_set(parameter_set, "porosity"))
    for name in ("negative_thickness_metre", "nominal_capacity_ampere_hour", "cell_mass_kilogram"):
        assert getattr(stated, name) == pytest.approx(getattr(plain, name), rel=1e-12)
    power = 2.0 * plain.nominal_capacity_ampere_hour
    one, other = (discharge_at_constant_power(c, power_watt=power, lower_voltage_volt=2.8) for c in (plain, stated))
    assert one.outcome is DischargeOutcome.COMPLETED
    assert other.test_time_second == pytest.approx(one.test_time_second, rel=1e-5)
    assert other.voltage_volt == pytest.approx(one.voltage_volt, abs=2e-4)


def test_a_denser_coating_is_thinner_and_weighs_the_same():
    """The active material keeps its share of the solids: the same solids in less volume."""
    plain, dense = cell_of(), cell_of(negative_porosity=0.15)
    assert dense.negative_active_material_fraction == pytest.approx(0.85 / 0.75 * 0.75, rel=1e-12)
    assert dense.negative_thickness_metre == pytest.approx(plain.negative_thickness_metre * 0.75 / 0.85, rel=1e-12)
    masses = [c.components["components"]["negative_solids"]["mass_kilogram"] for c in (plain, dense)]
    assert masses[1] == pytest.approx(masses[0], rel=1e-12)
    assert dense.nominal_capacity_ampere_hour == pytest.approx(plain.nominal_capacity_ampere_hour, rel=1e-12)


def test_its_assumption_is_named():
    """Bruggeman's relation stands in the record where it was assumed, and does not where all is stated."""
    assumed = cell_of(negative_porosity=0.3)
    assert assumed.negative_pore_tortuosity_factor == pytest.approx(
        0.3 ** (1 - of_set("Chen2020", "Bruggeman coefficient (electrolyte)")), rel=1e-12
    )
    assert assumed.negative_coating_source == (
        "cell design; tortuosity factor and conductivity by Bruggeman's relation, assumed"
    )
    stated = cell_of(**{POROSITY: 0.3, TORTUOSITY: 4.6, f"{TORTUOSITY}_standard_error": 0.5})
    assert stated.negative_coating_source == "cell design; conductivity by Bruggeman's relation, assumed"
    assert stated.negative_pore_tortuosity_factor == 4.6
    assert stated.negative_pore_tortuosity_factor_standard_error == 0.5
    assert cell_of().negative_coating_source == ""


def test_another_exponent_may_be_stated():
    """Bruggeman's relation with it; beside a tortuosity factor it says the same twice, and is refused."""
    cell = cell_of(negative_porosity=0.3, negative_bruggeman_exponent=2.2)
    assert cell.negative_pore_tortuosity_factor == pytest.approx(0.3**-1.2, rel=1e-12)
    with pytest.raises(ContradictionError, match="both say"):
        cell_of(negative_bruggeman_exponent=2.2, **{TORTUOSITY: 4.0})


def test_a_stated_error_raises_the_tortuosity_alone():
    """For the uncertainty of what follows; without one there is nothing to raise by."""
    cell = cell_of(**{POROSITY: 0.3, TORTUOSITY: 4.6, f"{TORTUOSITY}_standard_error": 0.5})
    raised = perturb_cell(cell, metric=TORTUOSITY)
    assert raised.negative_pore_tortuosity_factor == pytest.approx(5.1, rel=1e-12)
    assert replace(raised, negative_pore_tortuosity_factor=4.6, method=cell.method).id == cell.id
    assert raised.method.endswith(f"{TORTUOSITY} raised by one standard error")
    assert stated_uncertain(cell) == [TORTUOSITY]
    assert stated_uncertain(cell_of()) == []
    with pytest.raises(MissingFieldError, match="is null"):
        perturb_cell(cell_of(), metric=TORTUOSITY)


@pytest.mark.parametrize(("choices", "longer"), [({TORTUOSITY: 12.0}, False), ({TORTUOSITY: 1.0}, True)])
def test_its_tortuosity_changes_the_discharge(choices, longer):
    """The worse the pores of the negative coating, the shorter a discharge at high power."""
    plain, stated = cell_of(), cell_of(**choices)
    power = 12.0 * plain.nominal_capacity_ampere_hour
    ends = [discharge_at_constant_power(c, power_watt=power).test_time_second[-1] for c in (plain, stated)]
    assert bool(ends[1] > ends[0]) is longer
    assert abs(ends[1] / ends[0] - 1) > 1e-3


def test_its_particles_are_those_stated():
    """Larger particles shorten a discharge; nothing else of the coating changes."""
    plain, stated = cell_of(), cell_of(**{RADIUS: 12e-6})
    assert stated.negative_particle_radius_metre == 12e-6
    assert stated.negative_thickness_metre == pytest.approx(plain.negative_thickness_metre, rel=1e-12)
    power = 8.0 * plain.nominal_capacity_ampere_hour
    ends = [discharge_at_constant_power(c, power_watt=power).test_time_second[-1] for c in (plain, stated)]
    assert ends[1] < ends[0]


def test_more_than_all_is_refused():
    """Pores and active material fill the coating at most."""
    with pytest.raises(BoundsError, match=r"add up to 1\.1"):
        cell_of(**{POROSITY: 0.4, ACTIVE: 0.7})


def test_measured_and_stated_contradict_each_other(example):
    """One of the two says what the coating is."""
    measured = example("transport", **conductivities(materials_of_set("Chen2020", "negative")))
    with pytest.raises(ContradictionError, match=r"negative_porosity = 0\.3"):
        cell_of(negative=measured, negative_porosity=0.3)
