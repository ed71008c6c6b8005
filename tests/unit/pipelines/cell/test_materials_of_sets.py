"""The materials of each parameter set, and what contradicts them."""

from dataclasses import replace

import pytest

from ragone.pipelines.cell import assemble_cell, ideal_transport, materials_of_set
from ragone.pipelines.cell.catalogue import NAMED_MATERIALS
from ragone.pipelines.cell.engine import HALF_CELL_SETS, PARAMETER_SETS
from ragone.pipelines.cell.errors import ContradictionError
from ragone.schemas import Recipe
from ragone.schemas.errors import MissingFieldError, UnknownFieldError
from ragone.schemas.materials import NMC_811
from tests.built_cells import conductivities, design, full_cell, half_cell

ELECTRODES = [("positive", name) for name in HALF_CELL_SETS] + [("negative", name) for name in PARAMETER_SETS]
RECIPE = Recipe(active_material_weight_fraction=0.95, porosity=0.35)


@pytest.mark.parametrize(("electrode", "parameter_set"), ELECTRODES)
def test_every_set_has_materials_with_sources(electrode, parameter_set):
    """Each property of each material says where it is from, or that it is assumed."""
    materials = materials_of_set(parameter_set, electrode)
    numbers = {name for name, spec in materials.fields().items() if spec.dtype == "float64" and not spec.optional}
    assert set(materials.sources) == numbers
    assert all(materials.sources.values())
    density = materials.sources["active_material_density_kilogram_per_cubic_metre"]
    assert "doi" in density or density.startswith("assumption")


@pytest.mark.parametrize("name", NAMED_MATERIALS)
def test_named_materials_have_sources(name):
    """Each property of each says where it is from, and what is known within a factor only says why."""
    materials = NAMED_MATERIALS[name]
    assert set(materials.sources) == {
        n for n, s in materials.fields().items() if s.dtype == "float64" and not s.optional
    }
    stated = [n for n, spec in materials.fields().items() if spec.optional and getattr(materials, n) is not None]
    for field in stated:
        said = next(text for n, text in materials.sources.items() if n.startswith(field.partition("_uncertainty")[0]))
        assert f"Factor {getattr(materials, field):g}, assumption" in said


def test_a_half_cell_set_has_no_negative_electrode():
    """Xu2019 is against lithium metal."""
    with pytest.raises(UnknownFieldError, match="lithium metal"):
        materials_of_set("Xu2019", "negative")


@pytest.mark.parametrize("built", [full_cell, half_cell])
def test_another_active_material_is_refused_by_name(example, built):
    """Both materials and their densities are named, and what to do."""
    with pytest.raises(ContradictionError) as refused:
        built(example("transport"), parameter_set="Prada2013")
    for said in ("NMC 811 of 4780 kg/m^3", "Prada2013", "lithium iron phosphate of 3600 kg/m^3", "Choose a parameter"):
        assert said in str(refused.value)
    phosphate = materials_of_set("Prada2013", "positive")
    assert built(example("transport", **conductivities(phosphate)), phosphate, parameter_set="Prada2013")


@pytest.mark.parametrize(("density", "fits"), [(4780 * 1.049, True), (4780 / 1.049, True), (4780 * 1.051, False)])
def test_densities_of_one_material_may_differ_a_little(example, density, fits):
    """Up to 5 % is the scatter of measured ones; beyond it is another material."""
    materials = replace(NMC_811, active_material_density_kilogram_per_cubic_metre=density)
    if fits:
        assert full_cell(example("transport"), materials)
    else:
        with pytest.raises(ContradictionError, match="is about NMC 811"):
            full_cell(example("transport"), materials)


@pytest.mark.parametrize(
    "name", ["active_material_conductivity_siemens_per_metre", "carbon_binder_conductivity_siemens_per_metre"]
)
@pytest.mark.parametrize("built", [full_cell, half_cell])
def test_conductivities_are_those_that_entered_the_metrics(example, built, name):
    """Metrics that were computed with other materials are refused; assumed ones were computed with none."""
    other = replace(NMC_811, **{name: 7.0})
    with pytest.raises(ContradictionError, match=rf"{name} = 7 S/m, but [\d.]+ S/m entered"):
        built(example("transport"), other)
    assert built(ideal_transport(RECIPE, other), other)


def test_a_bpx_file_names_no_materials(example):
    """Its content contradicts no density, whatever its title."""
    heavy = replace(NMC_811, active_material_density_kilogram_per_cubic_metre=6000.0)
    with pytest.raises(ContradictionError):
        full_cell(example("transport"), heavy)
    from ragone.pipelines.cell.catalogue import require_agreement

    filed = design(parameter_set="Chen2020", parameters={"Header": {}})
    require_agreement(heavy, example("transport"), filed, "positive")


def test_the_negative_electrode_is_looked_at_too(example):
    """Materials of the positive electrode do not pass for those of the negative one."""
    positive = example("transport")
    graphite = materials_of_set("Chen2020", "negative")
    negative = example("transport", **conductivities(graphite))
    with pytest.raises(ContradictionError, match="materials of the negative electrode: NMC 811 of 4780"):
        assemble_cell(positive, NMC_811, design(), negative, NMC_811)
    assert assemble_cell(positive, NMC_811, design(), negative, graphite)
    assert assemble_cell(positive, NMC_811, design(), negative)  # the catalogue's, unless given


def test_materials_of_a_negative_electrode_that_was_not_measured_are_refused(example):
    """How much of the coating they fill would be a guess."""
    with pytest.raises(MissingFieldError, match="negative_transport"):
        assemble_cell(example("transport"), NMC_811, design(), None, materials_of_set("Chen2020", "negative"))
