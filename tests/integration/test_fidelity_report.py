"""`ragone generator fidelity` end to end: a generator beside the simulator, and beside held-out crops."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows import FidelityPlan, StudyError, compare_with_simulator, compare_with_volumes, read_recipes
from ragone.flows.generator import fidelity_volumes as tasks
from ragone.flows.generator.training_plan import GeneratorPlan
from ragone.models.generator.held_out_recipes import BEYOND, HELD_OUT
from ragone.models.generator.shipped import PLAN as DEFAULT_PLAN
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Generator, Materials, Microstructure, Recipe, stage
from ragone.schemas.errors import RagoneError
from ragone.schemas.materials import NMC_811

VOXEL = 8e-7
EDGE = 32
PLAN = FidelityPlan(HELD_OUT[:1], seeds=2, edge_voxels=EDGE, raw=True)
NAMES = ("pore", "active_material", "carbon_binder")


@stage("stand_in.draw", libraries=("numpy",))
def draw_stand_in(
    recipe: Recipe | None,
    materials: Materials | None,
    generator: Generator,
    *,
    edge_voxels: int,
    voxel_size_metre: float,
    seed: int,
    phase_fractions: tuple[float, ...] = (),
    constrained: bool = True,
    periodic: bool = True,
) -> Microstructure:
    """A packing, of another porosity where nothing is imposed; no packing of an odd seed by a poor generator."""
    if generator.settings.get("fails") and seed % 2:
        raise ValueError("the stand-in fails at odd seeds")
    asked = recipe or Recipe(active_material_weight_fraction=0.95, porosity=phase_fractions[0])
    drawn = asked if constrained else dataclasses.replace(asked, porosity=asked.porosity + 0.1)
    return pack_particles(
        drawn, materials or NMC_811, edge_voxels=edge_voxels, voxel_size_metre=voxel_size_metre, seed=seed + 1
    )


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """An empty lake; packings stand in for what a generator draws."""
    monkeypatch.setattr(tasks, "draw_microstructure", draw_stand_in)
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def packed(seed: int, edge: int = EDGE) -> Microstructure:
    """A packing that training or holding out takes."""
    return pack_particles(HELD_OUT[0], NMC_811, edge_voxels=edge, voxel_size_metre=VOXEL, seed=seed)


def generator(lake: Lake, example, *, of_recipes: bool = True, **settings: bool) -> str:
    """The id of a generator trained on one volume."""
    names = ("active_material_fraction", "carbon_binder_fraction", *(("binder_adhesion",) if of_recipes else ()))
    record = example(
        "generator",
        phase_names=NAMES,
        condition_names=names,
        training_conditions=np.full((1, len(names)), 0.3),
        voxel_size_metre=VOXEL,
        trained_on=(lake.put(packed(99)),),
        settings=settings,
    )
    return lake.put(record)


def test_samples_beside_the_simulator(lake, example):
    """Imposed and raw beside a second set of real volumes; run again, the same ids."""
    subject = generator(lake, example)
    found = compare_with_simulator(lake, [subject], PLAN)
    assert list(found.records) == ["real again", "generated", "generated, raw"]
    record = found.records["generated, raw"]
    place = record.metric_names.index("pore_fraction")
    assert record.bias[place] == pytest.approx(0.1, abs=1e-3)
    assert abs(found.records["generated"].bias[place]) < 1e-3
    assert len(record.similarity) == 2
    assert found.failures == ()
    assert set(found.slices) == {"real", *found.records}
    again = compare_with_simulator(lake, [subject], PLAN)
    assert [record.id for record in again.records.values()] == [record.id for record in found.records.values()]
    assert lake.sql("SELECT count(*) FROM microstructures").item() >= 8
    verdict = lake.reproduce(found.records["real again"].id).verdict
    assert verdict.name in ("BITWISE", "WITHIN_TOLERANCE")


def test_a_volume_that_fails_is_named(lake, example):
    """The report goes on without it."""
    found = compare_with_simulator(
        lake, [generator(lake, example, fails=True)], dataclasses.replace(PLAN, seeds=8, seed=4)
    )
    assert found.failures
    assert "the stand-in fails at odd seeds" in found.failures[0]
    record = found.records["generated"]
    assert 0 < int(record.volume_count[0]) < 8
    assert "odd seeds" in record.left_out


def test_held_out_crops(lake, example):
    """As many volumes as crops, of their fractions; the noise is that of halves; training volumes are refused."""
    subject = generator(lake, example, of_recipes=False)
    crops = [lake.put(packed(seed)) for seed in range(4)]
    found = compare_with_volumes(lake, [subject], crops)
    record = found.records["generated"]
    assert record.volume_count.tolist() == record.real_volume_count.tolist() == [4]
    assert found.records["real again"].real_volume_count.tolist() == [2]
    assert record.response_names == ()
    trained_on = lake.get(subject).trained_on
    with pytest.raises(StudyError, match="training volume"):
        compare_with_volumes(lake, [subject], [*crops, *trained_on])
    with pytest.raises(StudyError, match="Name 4 cubic ones"):
        compare_with_volumes(lake, [subject], crops[:3])
    with pytest.raises(StudyError, match="--volumes"):
        compare_with_simulator(lake, [subject], PLAN)
    with pytest.raises(RagoneError, match="not a generator"):
        compare_with_volumes(lake, crops[:1], crops)


def test_training_volumes_that_are_not_there_are_remarked(lake, example):
    """Then nothing is said of copies."""
    record = dataclasses.replace(lake.get(generator(lake, example)), trained_on=("microstructure-" + "0" * 64,))
    found = compare_with_simulator(lake, [lake.put(record)], dataclasses.replace(PLAN, raw=False))
    assert "not tested" in found.remarks[0]
    assert not len(found.records["generated"].similarity)


def test_held_out_recipes_lie_inside_what_the_default_was_trained_on_and_the_others_outside():
    """Of its weight fractions and porosities; beyond their corners at two adhesions each."""
    space = GeneratorPlan.load(DEFAULT_PLAN).simulation.space
    low, high = np.array([space[name] for name in PLAN.varied]).T
    inside, outside = (np.array(FidelityPlan(recipes).rows()) for recipes in (HELD_OUT, BEYOND))
    assert ((inside > low) & (inside < high)).all()
    sides = (outside > high).astype(int) - (outside < low)
    assert not sides[:, 2].any()
    assert {tuple(side[:2]) for side in sides} == {(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)} - {(0, 0)}
    corners = outside[np.abs(sides).sum(axis=1) == 2]
    assert len(np.unique(corners, axis=0)) == 8


def test_recipes_are_read_strictly(tmp_path):
    """A number, a file, or all; every mistake is named by its path."""
    assert read_recipes(None) == HELD_OUT
    assert read_recipes("2", beyond=True) == BEYOND[:2]
    path = tmp_path / "recipes.yaml"
    row = "{active_material_weight_fraction: 0.94, porosity: 0.33, binder_adhesion: 0.4}"
    path.write_text(f"conditions:\n  - {row}\n")
    assert FidelityPlan(read_recipes(str(path))).rows() == [[0.94, 0.33, 0.4]]
    path.write_text(f"conditions:\n  - {row}\n  - {row[:-1]}, median_particle_radius: 3 um}}\n")
    finer = FidelityPlan(read_recipes(str(path)))
    assert finer.varied[-1] == "median_particle_radius_metre"
    assert [values[-1] for values in finer.rows()] == [4e-6, 3e-6]
    with pytest.raises(StudyError, match="from 1 to 8"):
        read_recipes("9")
    path.write_text(f"conditions:\n  - {row.replace('0.33', '33')}\n")
    with pytest.raises(ValueError, match=r"conditions\[0\].porosity"):
        read_recipes(str(path))
    with pytest.raises(StudyError, match="seeds = 1"):
        FidelityPlan(seeds=1)
