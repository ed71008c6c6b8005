"""Which electrode an id leads to: its own best measurement, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows.cell.electrodes import assumed_electrode, measured_electrode, subject_of
from ragone.flows.electrode.materials import StatedMaterials
from ragone.flows.errors import CellError, MaterialsError
from ragone.pipelines.characterise import average_with_bruggeman, perturb
from ragone.schemas import Materials, Microstructure, Recipe, Transport, stage
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.errors import MissingFieldError
from ragone.schemas.materials import NMC_811

HEAVY = replace(NMC_811, active_material="heavy", active_material_density_kilogram_per_cubic_metre=5050.0)


@stage("manufacture.stand_in")
def draw(recipe: Recipe, materials: Materials, *, seed: int) -> Microstructure:
    """A volume of its own for each seed and material."""
    return Microstructure(
        labels=np.arange(8, dtype=np.uint8).reshape(2, 2, 2) % 3,
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.arange(3, dtype=np.uint8),
        source=f"{recipe.porosity}, {materials.active_material}, {seed}",
        licence="own",
    )


@stage("characterise.stand_in")
def measure(microstructure: Microstructure, materials: Materials, like: Transport) -> Transport:
    """A transport of the volume."""
    names = [name for name in Transport.fields() if name in Materials.fields()]
    conductivities = {name: getattr(materials, name) for name in names}
    area = {"specific_surface_area_per_metre": 1e5 + sum(map(ord, microstructure.source))}
    return replace(like, **conductivities, **area, volume_element_count=1)


@stage("characterise.average_stand_in")
def average(transports: tuple[Transport, ...]) -> Transport:
    """The first, of so many volume elements."""
    error = {"pore_tortuosity_factor_standard_error": 0.1}
    return replace(transports[0], volume_element_count=len(transports), **error)


@stage("acquisition.stand_in")
def suggest(transports: tuple[Transport, ...]) -> Recipe:
    """A recipe that descends from what was measured before it."""
    return Recipe(active_material_weight_fraction=0.9, porosity=0.5)


@pytest.fixture
def lake(tmp_path):
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@pytest.fixture
def elements(lake, example):
    """Transports of so many volume elements of a recipe, and their average."""
    like = lake.put(example("transport"))

    def run(recipe, materials, count):
        ids = {"materials": lake.put(materials)}
        volumes = [lake.run(draw, recipe=recipe, **ids, seed=seed).id for seed in range(count)]
        single = [lake.run(measure, microstructure=volume, **ids, like=like).id for volume in volumes]
        return single, lake.run(average, transports=single).id

    return run


def electrode(lake, name, *words, otherwise=NMC_811):
    """The electrode that an id leads to."""
    said = StatedMaterials.read(words).said(lake)
    return measured_electrode(lake, subject_of(lake.get(name)), said, otherwise)


def test_the_mean_over_the_most_volume_elements_is_taken(lake, elements, example):
    """Not a single volume element, nothing made of a metric raised by its error, and not Bruggeman's relation."""
    recipe = lake.put(example("recipe"))
    single, mean = elements(recipe, NMC_811, 3)
    raised = lake.run(perturb, transport=mean, metric="pore_tortuosity_factor").id
    lake.run(average, transports=[raised] * 4)
    assert lake.run(average_with_bruggeman, transports=[*single, single[0]]).id
    assumed_electrode(lake, subject_of(lake.get(recipe)), (), NMC_811)
    assert electrode(lake, recipe).transport.id == mean
    assert electrode(lake, single[0]).transport.id == single[0]


def test_recipes_that_were_suggested_are_others(lake, elements, example):
    """What an optimiser learned from a recipe is no measurement of it, although it descends from it."""
    recipe = lake.put(example("recipe"))
    _, mean = elements(recipe, NMC_811, 2)
    suggested = lake.run(suggest, transports=[mean]).id
    _, better = elements(suggested, NMC_811, 3)
    assert better in lake.lineage(recipe).descendants
    assert electrode(lake, recipe).transport.id == mean
    assert electrode(lake, suggested).transport.id == better


def test_of_several_materials_one_is_named(lake, elements, example):
    """A recipe that was measured with two materials is two electrodes."""
    recipe = lake.put(example("recipe"))
    means = {each.id: elements(recipe, each, 2)[1] for each in (NMC_811, HEAVY)}
    with pytest.raises(CellError, match="several materials") as refusal:
        electrode(lake, recipe)
    assert all(name in str(refusal.value) for name in means)
    for name, mean in means.items():
        found = electrode(lake, recipe, name)
        assert found.materials.id == name
        assert found.transport.id == mean
    with pytest.raises(MaterialsError, match=r"3600 \[kg/m\^3\]"):
        electrode(lake, recipe, "active_material_density=3600 kg/m^3")


def test_a_candidate_says_recipe_design_and_materials(lake, elements, example):
    """Its values belong to the records that their paths begin with; the rest have their defaults."""
    values = {
        "recipe.active_material_weight_fraction": 0.95,
        "recipe.porosity": 0.35,
        "cell.form_factor": "pouch",
        "materials.active_material_density_kilogram_per_cubic_metre": 5050.0,
        "discharge.power_watt": 3.0,
    }
    candidate = lake.put(example("candidate", values=values))
    subject = subject_of(lake.get(candidate))
    assert subject.recipe is not None
    assert subject.recipe.id == example("recipe").id
    assert subject.design == {"form_factor": "pouch"}
    recipe = lake.put(subject.recipe)
    elements(recipe, NMC_811, 3)
    _, heavy = elements(recipe, HEAVY, 2)
    assert electrode(lake, candidate).transport.id == heavy
    with pytest.raises(MissingFieldError, match="recipe needs active_material_weight_fraction"):
        subject_of(example("candidate", values={"cell.form_factor": "pouch"}))


def test_a_design_of_an_earlier_version_is_a_recipe_and_a_loading(lake, elements, example):
    """It leads to what was measured of either."""
    design = example("design")
    subject = subject_of(design)
    assert subject.design == {"mass_loading_kilogram_per_square_metre": 0.2}
    _, mean = elements(lake.put(subject.recipe), NMC_811, 2)
    assert electrode(lake, lake.put(design)).transport.id == mean


def test_what_was_not_measured_is_refused_with_what_to_do(lake, example):
    """By its id."""
    for kind in ("recipe", "microstructure"):
        name = lake.put(example(kind))
        with pytest.raises(CellError, match=f"no transport was measured of {name}.*ragone measure"):
            electrode(lake, name)
    with pytest.raises(CellError, match="is no electrode"):
        subject_of(example("kpi"))
    with pytest.raises(CellError, match="is no recipe"):
        assumed_electrode(lake, subject_of(example("microstructure")), (), NMC_811)
