"""Grey values between the centres of voxels: where a limit lies within a voxel, what is refused, and what it gains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragone.pipelines.characterise import homogenise, homogenise_extrapolated
from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.pipelines.files.images import Choices, import_volume
from ragone.pipelines.files.images.budget import Budget
from ragone.pipelines.files.images.errors import NotSegmentedError, SampleError, VolumeBudgetError
from ragone.pipelines.files.images.subvoxels import split_voxels
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Microstructure, Recipe
from ragone.schemas.materials import NMC_811

PATH = Path("grey.npy")


def block_means(fine: np.ndarray, edge: int) -> np.ndarray:
    """Means over cubes of an edge, as 8-bit grey values: what a camera of coarser voxels sees."""
    x, y, z = (length // edge for length in fine.shape)
    means = fine.reshape(x, edge, y, edge, z, edge).mean(axis=(1, 3, 5))
    return np.rint(255 * means).astype(np.uint8)


def read(path: Path, grey: np.ndarray, parts: int, voxel_size_metre: float = 8e-7) -> Microstructure:
    """Import grey values with spans of labels."""
    np.save(path, grey)
    spans: Any = {"pore": (range(128, 256),), "active_material": (range(128),)}
    return import_volume(
        path,
        voxel_size_metre=voxel_size_metre,
        phases=spans,
        source="a test",
        licence="CC0-1.0",
        choices=Choices(subvoxels=parts),
    ).microstructure


def slanted(edge: int, refinement: int) -> np.ndarray:
    """True on one side of a plane that is slanted to all axes, on finer voxels."""
    places = (np.indices((edge * refinement,) * 3) + 0.5) / refinement
    return np.asarray(places[0] + 0.37 * places[1] + 0.21 * places[2] < 0.8 * edge)


def test_a_slanted_plane_is_met_within_a_part_of_a_voxel(tmp_path: Path) -> None:
    """The parts differ from those of the plane itself in fewer places, and by fewer, than whole voxels do."""
    fine = slanted(12, 8)
    grey = block_means(fine, 8)
    truth = slanted(12, 4)
    wrong = []
    for parts in (1, 4):
        pores = read(tmp_path / "plane.npy", grey, parts).phase("pore")
        whole = pores.repeat(4 // parts, 0).repeat(4 // parts, 1).repeat(4 // parts, 2)
        wrong.append(np.mean(whole != truth))
    assert wrong[1] < 0.35 * wrong[0]


@pytest.mark.parametrize("filled", [0.25, 0.5, 0.75])
def test_layers_that_end_within_a_voxel_conduct_by_how_much_of_it_they_fill(filled: float) -> None:
    """Exactly in the middle, elsewhere within an eighth of a voxel; labels are up to half of one off."""
    layer = 60_000 * np.array([1, 1, 1, filled, 0, 0, 0, 0])
    grain = np.arange(64).reshape(8, 1, 8)  # a thousandth, as grey values have
    parts = split_voxels(np.rint(layer[:, None] + grain).astype(np.uint16), 8, Budget(), PATH)
    found = effective_conductivity((parts >= 30_000).astype(np.uint8), {0: 0.0, 1: 1.0}, coarsening=8).value
    assert found == pytest.approx((3 + filled) / 8, abs=2e-3 if filled == 0.5 else 1 / 64 + 2e-3)


def test_the_bias_of_the_voxel_falls_by_half_and_more(tmp_path: Path) -> None:
    """A packing seen with voxels four times as long: tortuosity factor, and its extrapolation, from grey values."""
    recipe = Recipe(active_material_weight_fraction=0.96, porosity=0.4)
    drawn = pack_particles(recipe, NMC_811, edge_voxels=128, voxel_size_metre=2e-7, seed=1)
    truth = homogenise_extrapolated(drawn, NMC_811).pore_tortuosity_factor
    grey = block_means(drawn.labels == 0, 4)
    labelled, split = (homogenise(read(tmp_path / "grey.npy", grey, parts), NMC_811) for parts in (1, 4))
    assert labelled.pore_tortuosity_factor / truth - 1 > 0.08
    assert abs(split.pore_tortuosity_factor / truth - 1) < 0.5 * (labelled.pore_tortuosity_factor / truth - 1)
    assert split.voxel_size_metre == pytest.approx(2e-7)


def test_one_part_is_the_voxel_and_constant_grey_stays() -> None:
    """Nothing is computed for one; values stay within those of their neighbours."""
    grey = np.random.default_rng(1).integers(0, 200, (6, 7, 8)).astype(np.uint8)
    assert split_voxels(grey, 1, Budget(), PATH) is grey
    parts = split_voxels(grey, 3, Budget(), PATH)
    assert parts.shape == (18, 21, 24)
    assert parts.dtype == grey.dtype
    np.testing.assert_array_equal(parts[1::3, 1::3, 1::3], grey)
    assert (parts.min(), parts.max()) == (grey.min(), grey.max())


def test_labels_real_numbers_and_too_many_parts_are_refused() -> None:
    """Before anything is computed, each by its name."""
    grey = np.arange(1000).reshape(10, 10, 10).astype(np.uint16)
    with pytest.raises(NotSegmentedError, match="3 different values: labels"):
        split_voxels((grey % 3).astype(np.uint8), 2, Budget(), PATH)
    with pytest.raises(NotSegmentedError, match="type float64"):
        split_voxels(grey * 1.0, 2, Budget(), PATH)
    for parts in (0, 9):
        with pytest.raises(SampleError, match=f"{parts} parts of a voxel"):
            split_voxels(grey, parts, Budget(), PATH)
    with pytest.raises(VolumeBudgetError):
        split_voxels(grey, 4, Budget(voxel_bytes=10_000), PATH)
