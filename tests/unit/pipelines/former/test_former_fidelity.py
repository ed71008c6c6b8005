"""A resemblance is a similarity, and volumes are compared with either as with the other."""

from __future__ import annotations

import pytest

import ragone.pipelines.former.fidelity as former
from ragone.pipelines.characterise import homogenise_along_all_axes, measure_geometry
from ragone.pipelines.fidelity import compare_volumes, measure_similarity
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Recipe, Resemblance
from ragone.schemas.entry_points import present_entry_point
from ragone.schemas.materials import NMC_811

RECIPE = Recipe(active_material_weight_fraction=0.95, porosity=0.45)
VOLUMES = [pack_particles(RECIPE, NMC_811, edge_voxels=16, voxel_size_metre=8e-7, seed=seed) for seed in (1, 2)]


@pytest.mark.parametrize("turned", [True, False])
def test_a_resemblance_is_the_similarity_under_its_former_kind(turned):
    """With all of its numbers."""
    then = former.find_resemblance(VOLUMES[0], VOLUMES[1:], turned=turned)
    now = measure_similarity(VOLUMES[0], VOLUMES[1:], turned=turned)
    assert isinstance(then, Resemblance)
    assert then.id.startswith("resemblance-")
    assert {n: str(getattr(then, n)) for n in now.fields()} == {n: str(getattr(now, n)) for n in now.fields()}


def test_volumes_are_compared_as_they_were():
    """Every parameter is handed on."""
    tensors = [homogenise_along_all_axes(volume, NMC_811) for volume in VOLUMES]
    geometries = [measure_geometry(volume, periodic=True) for volume in VOLUMES]
    measured = (tensors, geometries, tensors[::-1], geometries[::-1])
    alike = [former.find_resemblance(volume, VOLUMES[1:], turned=False) for volume in VOLUMES]
    how = {"real_conditions": (0, 1), "conditions": (0, 1), "recipe_names": ("porosity",), "recipes": ((0.4,), (0.5,))}
    how |= {"sample": "a", "left_out": "b", "repeats": 9, "seed": 3}
    then = former.compare_volumes(*measured, alike, alike[::-1], **how)
    assert then.id == compare_volumes(*measured, alike, alike[::-1], **how).id
    assert then.similarity.tolist() == [one.largest for one in alike[::-1]]


def test_what_a_run_was_given_tells_which_of_the_two_made_it():
    """Resemblances lead to the former stage, similarities to the present one."""
    recorded = "pipelines.fidelity.compare:compare_volumes"
    assert present_entry_point(recorded, ["tensors", "resemblances"]) == former.compare_volumes.entry_point
    assert present_entry_point(recorded, ["tensors", "similarities"]) == compare_volumes.entry_point
    searched = present_entry_point("pipelines.fidelity.resemblance:find_resemblance", ["microstructure", "others"])
    assert searched == former.find_resemblance.entry_point
