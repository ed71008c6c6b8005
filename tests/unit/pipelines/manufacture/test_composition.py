"""Volume fractions of a design."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.manufacture.composition import VoxelCounts, voxel_counts
from schemas import Design
from schemas.errors import BoundsError
from schemas.materials import active_material_share


def counts(design: Design, voxels: int = 1000, active: float = 4800.0, binder: float = 1600.0) -> VoxelCounts:
    """Voxels of each phase for densities that are easy to reckon with."""
    return voxel_counts(design, voxels, active_material_density=active, carbon_binder_density=binder)


def test_mass_becomes_volume_by_the_densities() -> None:
    """Three parts of a phase three times as dense fill as much as one part of the other."""
    assert active_material_share(0.75, 4800, 1600) == pytest.approx(0.5)
    assert active_material_share(1.0, 4800, 1600) == 1


def test_porosity_and_share_fix_the_counts(example: Callable[..., Design]) -> None:
    """Pores take the porosity; the solids share the rest by volume."""
    found = counts(example("design", porosity=0.4, active_material_weight_fraction=0.75))
    assert found == VoxelCounts(pore=400, active_material=300, carbon_binder=300)


def test_no_binder_is_allowed(example: Callable[..., Design]) -> None:
    """A weight fraction of one leaves no carbon-binder."""
    found = counts(example("design", porosity=0.5, active_material_weight_fraction=1.0))
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
    example: Callable[..., Design], changes: dict[str, float], said: str
) -> None:
    """The message names the fractions and what to change."""
    with pytest.raises(BoundsError, match=said):
        counts(example("design", **changes))


@pytest.mark.parametrize("density", [0.0, -1.0, float("nan")])
def test_a_density_must_be_positive(example: Callable[..., Design], density: float) -> None:
    """Zero, negative and undefined densities are refused."""
    with pytest.raises(BoundsError, match="density"):
        counts(example("design"), active=density)
