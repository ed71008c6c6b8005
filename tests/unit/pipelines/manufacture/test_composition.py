"""Volume fractions of a recipe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ragone.pipelines.manufacture.composition import VoxelCounts, voxel_counts
from ragone.schemas import Materials, Recipe
from ragone.schemas.errors import BoundsError

EASY = Materials(
    active_material="three times as dense",
    active_material_density_kilogram_per_cubic_metre=4800.0,
    carbon_binder_density_kilogram_per_cubic_metre=1600.0,
)


def counts(recipe: Recipe, voxels: int = 1000) -> VoxelCounts:
    """Voxels of each phase for densities that are easy to reckon with."""
    return voxel_counts(recipe, EASY, voxels)


def test_mass_becomes_volume_by_the_densities() -> None:
    """Three parts of a phase three times as dense fill as much as one part of the other."""
    assert EASY.active_material_share(0.75) == pytest.approx(0.5)
    assert EASY.active_material_share(1.0) == 1


def test_porosity_and_share_fix_the_counts(example: Callable[..., Recipe]) -> None:
    """Pores take the porosity; the solids share the rest by volume."""
    found = counts(example("recipe", porosity=0.4, active_material_weight_fraction=0.75))
    assert found == VoxelCounts(pore=400, active_material=300, carbon_binder=300)


def test_no_binder_is_allowed(example: Callable[..., Recipe]) -> None:
    """A weight fraction of one leaves no carbon-binder."""
    found = counts(example("recipe", porosity=0.5, active_material_weight_fraction=1.0))
    assert found == VoxelCounts(500, 500, 0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"porosity": 0.0001}, "to the pores"),
        ({"porosity": 0.9999}, "to the active material"),
        ({"porosity": 0.15, "active_material_weight_fraction": 1.0}, "at most 0.8"),
    ],
)
def test_fractions_that_leave_no_room_are_refused(
    example: Callable[..., Recipe], changes: dict[str, float], said: str
) -> None:
    """The message names the fractions and what to change."""
    with pytest.raises(BoundsError, match=said):
        counts(example("recipe", **changes))
