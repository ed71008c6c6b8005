import pytest

from ragone.pipelines.cell import materials_of_set, reference_cell
from ragone.pipelines.cell.chemistry import parameter_values_of
from ragone.pipelines.cell.engine import (
    ARRHENIUS,
    PARAMETER_SETS,
    REFUSED_SETS,
    load_pybamm,
    parameter_values,
)
from ragone.pipelines.cell.layers import Fallback, negative_layer, own_positive_layer
from ragone.schemas import CellOutcome
from ragone.schemas.errors import UnknownFieldError
from tests.built_cells import conductivities, full_cell


def test_every_set_of_pybamm_is_accepted_or_refused_with_a_reason():
    """None is forgotten, and none is both; one accepted set is a variant of theirs."""
    assert {*PARAMETER_SETS, *REFUSED_SETS} - {ARRHENIUS} == set(load_pybamm().parameter_sets)
    assert not set(PARAMETER_SETS) & set(REFUSED_SETS)


@pytest.mark.parametrize("parameter_set", PARAMETER_SETS)
def test_accepted_sets_are_built_around_a_measured_electrode_too(example, parameter_set):
    """Both the set's own cell and one of another positive electrode; nominal capacities are within a third."""
    own = reference_cell(parameter_set=parameter_set)
    assert own.outcome is CellOutcome.BUILT
    named = float(parameter_values(parameter_set)["Nominal cell capacity [A.h]"])
    assert own.nominal_capacity_ampere_hour == pytest.approx(named, rel=1 / 3)
    materials = materials_of_set(parameter_set, "positive")
    cell = full_cell(
        example("transport", **conductivities(materials)),
        materials,
        mass_loading_kilogram_per_square_metre=0.1,
        parameter_set=parameter_set,
        negative_to_positive_capacity_ratio=own.negative_to_positive_capacity_ratio,
    )
    assert cell.outcome is CellOutcome.BUILT
    assert cell.positive_particle_radius_metre == own.positive_particle_radius_metre


@pytest.mark.parametrize("parameter_set", REFUSED_SETS)
def test_refused_sets_say_why(parameter_set):
    """The message holds the reason and the sets that can be used."""
    with pytest.raises(UnknownFieldError, match="cannot be used") as refused:
        reference_cell(parameter_set=parameter_set)
    assert REFUSED_SETS[parameter_set] in str(refused.value)
    assert "Chen2020" in str(refused.value)


@pytest.mark.parametrize(("parameter_set", "pairs"), [("Ai2020", 34), ("Chen2020", 1)])
def test_area_counts_all_electrodes_of_the_cell(parameter_set, pairs):
    """Parallel electrodes are in the record's area, and no longer in the values that the model is given."""
    values, cell = parameter_values(parameter_set), reference_cell(parameter_set=parameter_set)
    single = values["Electrode height [m]"] * values["Electrode width [m]"]
    assert cell.electrode_area_square_metre == pytest.approx(pairs * single, rel=1e-12)
    assert parameter_values_of(cell)["Number of electrodes connected in parallel to make a cell"] == 1


def test_coatings_weigh_what_the_set_says():
    """Where its densities are those of its layers, a dry coating's mass over its volume is the set's."""
    values = parameter_values("Chen2020")
    assert own_positive_layer(values, "Chen2020").mass_per_volume() == pytest.approx(3262.0, rel=1e-12)
    assert negative_layer(values, 1e-4, Fallback()).mass_per_volume() == pytest.approx(1657.0, rel=1e-12)


@pytest.mark.parametrize("parameter_set", ["Ai2020", "NCA_Kim2011", "Prada2013"])
def test_lumped_scaled_or_missing_densities_are_replaced(parameter_set):
    """One density for all layers, foils heavier than metal, or none: the stated fallback is taken."""
    values = parameter_values(parameter_set)
    porosity = float(values["Negative electrode porosity"])
    layer = negative_layer(values, 1e-4, Fallback(negative_solids_density=2000.0))
    assert layer.mass_per_volume() == pytest.approx(2000.0 * (1 - porosity), rel=1e-12)


def test_without_a_can_only_the_layers_are_weighed():
    """A can adds its own mass, and its surface; the electrode stays the set's."""
    bare, canned = (reference_cell(parameter_set="Chen2020", form_factor=name) for name in ("", "21700"))
    assert bare.cooled_area_square_metre is None
    assert "no housing counted" in bare.method
    assert canned.electrode_area_square_metre == pytest.approx(bare.electrode_area_square_metre, rel=1e-12)
    assert canned.cell_mass_kilogram > bare.cell_mass_kilogram + 0.01
    assert canned.components["geometry"]["wound_length_metre"] == pytest.approx(0.79, rel=1e-12)
