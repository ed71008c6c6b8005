"""Materials of an electrode: from its history, from what is stated, and never two at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows.electrode.materials import (
    UNNAMED,
    Said,
    StatedMaterials,
    materials_from,
    materials_of,
    materials_of_volume,
)
from ragone.flows.errors import MaterialsError
from ragone.pipelines.cell.catalogue import NAMED_MATERIALS
from ragone.schemas import Generator, Materials, Microstructure, Recipe, Transport, stage
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.errors import BoundsError, ParameterError, UnknownFieldError
from ragone.schemas.materials import NMC_811

HEAVY = replace(NMC_811, active_material="heavy", active_material_density_kilogram_per_cubic_metre=5050.0)
CONDUCTING = replace(NMC_811, active_material_conductivity_siemens_per_metre=0.2)


@stage("manufacture.stand_in")
def draw(recipe: Recipe, materials: Materials | None, generator: Generator | None = None) -> Microstructure:
    """A volume that the recipe tells from others."""
    return Microstructure(
        labels=np.arange(8, dtype=np.uint8).reshape(2, 2, 2) % 3,
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.arange(3, dtype=np.uint8),
        source=f"stand-in of {recipe.porosity}",
        licence="own",
    )


@stage("manufacture.former_stand_in")
def draw_formerly(
    recipe: Recipe,
    *,
    active_material_density_kilogram_per_cubic_metre: float = 4780.0,
    carbon_binder_density_kilogram_per_cubic_metre: float = 1800.0,
) -> Microstructure:
    """A volume, as stages were that had densities among their parameters."""
    return draw.function(recipe, None)


@stage("generator.stand_in")
def train(volumes: tuple[Microstructure, ...], generator: Generator) -> Generator:
    """The generator, with the volumes in its history."""
    return replace(generator, seed=8)


@stage("characterise.stand_in")
def measure(microstructure: Microstructure, materials: Materials, like: Transport) -> Transport:
    """A transport with the conductivities of the materials."""
    names = [name for name in Transport.fields() if name in Materials.fields()]
    return replace(like, edge_voxels=2, **{name: getattr(materials, name) for name in names})


@stage("characterise.average_stand_in")
def average(transports: tuple[Transport, ...]) -> Transport:
    """The first."""
    return replace(transports[0], volume_element_count=len(transports))


@pytest.fixture
def lake(tmp_path):
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@pytest.fixture
def measured(lake, example):
    """The transport of a volume that is drawn, or given, and measured with some materials."""

    def run(drawn_with, measured_with, **further):
        recipe = {"recipe": lake.put(example("recipe"))}
        if isinstance(drawn_with, Materials):
            volume = lake.run(draw, **recipe, materials=lake.put(drawn_with), **further).id
        elif drawn_with is not None:
            volume = lake.run(draw_formerly, **recipe, active_material_density_kilogram_per_cubic_metre=drawn_with).id
        else:
            volume = lake.put(example("microstructure"))
        like = lake.put(example("transport"))
        cube = lake.run(measure, microstructure=volume, materials=lake.put(measured_with), like=like).id
        return lake.get(lake.run(average, transports=[cube]).id, Transport)

    return run


def test_one_record_goes_with_the_electrode(lake, measured):
    """What it was drawn and measured with, across an average; words that say the same change nothing."""
    transport = measured(HEAVY, HEAVY)
    said = StatedMaterials.read(["active_material_density=5.05 g/cm^3"]).said(lake)
    assert materials_of(lake, transport, said, NMC_811).id == HEAVY.id


def test_the_same_voxels_may_be_measured_with_another_conductivity(lake, measured):
    """Conductivities decide nothing about the voxels; those that it was measured with count."""
    assert materials_of(lake, measured(NMC_811, CONDUCTING), (), NMC_811).id == CONDUCTING.id


@pytest.mark.parametrize("drawn_with", [NMC_811, 4780.0], ids=["record", "parameter of a run"])
def test_two_densities_are_refused_by_name(lake, measured, drawn_with):
    """Drawn with one and measured with another: both values, who says them, and what was made."""
    transport = measured(drawn_with, HEAVY)
    with pytest.raises(MaterialsError) as refusal:
        materials_of(lake, transport, (), NMC_811)
    message = str(refusal.value)
    volume = next(name for name in lake.lineage(transport.id).ancestors if name.startswith("microstructure-"))
    assert message.count("active_material_density_kilogram_per_cubic_metre = ") == 2
    for part in ("5050 [kg/m^3]", "4780 [kg/m^3]", HEAVY.id, volume):
        assert part in message


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("active_material_density=3600 kg/m^3", "3600 [kg/m^3]"),
        ("carbon_binder_density=1.4 g/cm^3", "1400 [kg/m^3]"),
        ("carbon_binder_nanoporosity=40 %", "0.4 [-]"),
        ("carbon_binder_conductivity=1 S/cm", "100 [S/m]"),
        ("active_material=LFP", "LFP"),
    ],
)
def test_what_is_given_must_be_what_was_recorded(lake, measured, word, value):
    """Any property that says otherwise is refused with its value and the id of the record."""
    transport = measured(CONDUCTING, replace(CONDUCTING, carbon_binder_conductivity_siemens_per_metre=375.0))
    with pytest.raises(MaterialsError) as refusal:
        materials_of(lake, transport, StatedMaterials.read([word]).said(lake), NMC_811)
    assert value in str(refusal.value)
    assert "materials-" in str(refusal.value)


def test_stored_materials_may_be_named(lake, measured):
    """An id stands for all that its record says."""
    transport, other = measured(NMC_811, NMC_811), lake.put(HEAVY)
    with pytest.raises(MaterialsError, match=f"5050.*{other}, which is given"):
        materials_of(lake, transport, StatedMaterials.read([other[:24]]).said(lake), NMC_811)


def test_named_materials_are_a_record_of_their_own(lake):
    """A name of the catalogue stands for all that its record says, with the uncertainty of what is not well known."""
    said = StatedMaterials.read(["nmc-811-nanoporous"]).said(lake)
    found = materials_from(said, None, "a recipe")
    assert found.id == NAMED_MATERIALS["nmc-811-nanoporous"].id
    assert found.carbon_binder_ionic_conductivity_share_uncertainty_factor == 3.0


def test_an_uncertainty_that_nobody_stated_may_be_stated():
    """Over materials without one it is added, and everything else stays."""
    words = ["carbon_binder_conductivity_uncertainty_factor=3"]
    found = materials_from(StatedMaterials.read(words).said(None), NMC_811, "a recipe")
    assert found.carbon_binder_conductivity_uncertainty_factor == 3.0
    assert found.active_material == NMC_811.active_material


def test_parameters_of_former_runs_are_what_it_was_drawn_with(lake, measured, example):
    """Densities among the parameters count; what nobody recorded is that of the chemistry."""
    volume = lake.run(
        draw_formerly,
        recipe=lake.put(example("recipe")),
        active_material_density_kilogram_per_cubic_metre=3600.0,
    ).id
    like = lake.put(example("transport", carbon_binder_conductivity_siemens_per_metre=375.0))

    @stage("characterise.former_stand_in")
    def measure_formerly(microstructure: Microstructure, like: Transport) -> Transport:
        return replace(like, edge_voxels=2)

    transport = lake.get(lake.run(measure_formerly, microstructure=volume, like=like).id, Transport)
    found = materials_of(lake, transport, (), HEAVY)
    assert found.active_material_density_kilogram_per_cubic_metre == 3600.0
    assert found.active_material == UNNAMED
    assert found.carbon_binder_conductivity_siemens_per_metre == 375.0  # what entered the metrics


def test_an_imported_volume_has_what_is_stated_and_else_that_of_its_chemistry(lake, example):
    """Nothing is recorded of a transport that was given, but the conductivities that entered it."""
    conductivity = {"active_material_conductivity_siemens_per_metre": 0.18}
    transport = lake.get(lake.put(example("transport", **conductivity)), Transport)
    said = StatedMaterials.read(["carbon_binder_density=1.9 g/cm^3"]).said(lake)
    found = materials_of(lake, transport, said, HEAVY)
    assert found.active_material_density_kilogram_per_cubic_metre == 5050.0
    assert found.carbon_binder_density_kilogram_per_cubic_metre == pytest.approx(1900.0)
    assert found.active_material == "heavy"
    assert found.active_material_conductivity_siemens_per_metre == 0.18
    assert set(found.sources) == set(HEAVY.sources)
    with pytest.raises(MaterialsError, match="nothing says which active_material_density"):
        materials_of(lake, transport, said)


def test_volumes_that_a_generator_learned_from_are_another_matter(lake, measured, example):
    """Their materials are not those of what it draws."""
    taught = lake.run(draw, recipe=lake.put(example("recipe", porosity=0.5)), materials=lake.put(HEAVY)).id
    generator = lake.run(train, volumes=[taught], generator=lake.put(example("generator"))).id
    transport = measured(NMC_811, NMC_811, generator=generator)
    assert HEAVY.id in lake.lineage(transport.id).ancestors
    assert materials_of(lake, transport, (), HEAVY).id == NMC_811.id


def test_equal_values_are_one_record(lake):
    """Materials of an older lake that are NMC 811 in all numbers are its record, whatever the chemistry asked for."""
    said = [Said(n, getattr(NMC_811, n), "a run") for n, spec in Materials.fields().items() if spec.unit]
    assert materials_from(said, HEAVY, "it").id == NMC_811.id
    assert materials_from((), HEAVY, "it").id == HEAVY.id


def test_materials_that_give_the_same_metrics_are_told_apart_by_name(lake, example):
    """An imported volume that was measured twice with other densities has one transport: one of both must be named."""
    volume, like = lake.put(example("microstructure")), lake.put(example("transport"))
    twice = {
        lake.run(measure, microstructure=volume, materials=lake.put(each), like=like).id for each in (NMC_811, HEAVY)
    }
    transport = lake.get(twice.pop(), Transport)
    assert not twice
    with pytest.raises(MaterialsError, match="several materials") as refusal:
        materials_of(lake, transport, (), NMC_811)
    assert HEAVY.id in str(refusal.value)
    for words, expected in (([HEAVY.id], HEAVY), (["active_material_density=4780 kg/m^3"], NMC_811)):
        assert materials_of(lake, transport, StatedMaterials.read(words).said(lake), NMC_811).id == expected.id
    with pytest.raises(MaterialsError, match="3600"):
        materials_of(lake, transport, StatedMaterials.read(["active_material_density=3600 kg/m^3"]).said(lake))


def test_a_volume_is_measured_with_what_it_was_drawn_with(lake, measured, example):
    """Of an imported one with what is stated, or as it was measured before; of two, one must be named."""

    def found(name, *words):
        said = StatedMaterials.read(words).said(lake)
        return materials_of_volume(lake, lake.get(name, Microstructure), said).id

    drawn = lake.run(draw, recipe=lake.put(example("recipe")), materials=lake.put(HEAVY)).id
    assert found(drawn) == HEAVY.id
    with pytest.raises(MaterialsError, match=r"5050.*3600"):
        found(drawn, "active_material_density=3600 kg/m^3")
    imported = lake.put(example("microstructure"))
    assert found(imported) == NMC_811.id
    assert found(imported, HEAVY.id) == lake.put(HEAVY)
    for materials in (CONDUCTING, NMC_811):
        ids = {"microstructure": imported, "materials": lake.put(materials), "like": lake.put(example("transport"))}
        lake.run(measure, **ids)
        if materials is CONDUCTING:
            assert found(imported) == CONDUCTING.id
    with pytest.raises(MaterialsError, match="several materials"):
        found(imported)
    assert found(imported, CONDUCTING.id) == CONDUCTING.id


def test_words_are_read_with_their_bounds():
    """Each wrong word is refused by what is wrong with it."""
    for words, error in (
        (["active_material_density=0 kg/m^3"], BoundsError),
        (["density=1 kg/m^3"], UnknownFieldError),
        (["active_material_density=1 g/cm^3", "active_material_density=2 g/cm^3"], ParameterError),
        (["materials-12", "materials-34"], MaterialsError),
    ):
        with pytest.raises(error):
            StatedMaterials.read(words)
