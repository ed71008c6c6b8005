"""Cubes cut from volumes, and blocks merged into voxels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.characterise.errors import SampleError
from ragone.pipelines.characterise.representativity import coarsen, corners, cut_cube
from ragone.schemas import Microstructure
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.errors import AnisotropicVoxelError


def volume(labels):
    """A microstructure whose labels are 0, 7 and 9."""
    return Microstructure(
        labels=np.asarray(labels, np.uint8),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 7, 9], np.uint8),
        source="test",
        licence="own",
    )


def random_volume(shape, seed=0):
    """Uncorrelated voxels."""
    return volume(np.random.default_rng(seed).choice([0, 7, 9], shape))


def test_a_cut_is_that_part_of_the_volume():
    """The voxels are those at the place, the source says where, and all else stays."""
    whole = random_volume((6, 7, 8))
    part = cut_cube(whole, edge_voxels=3, corner=(1, 4, 5))
    assert np.array_equal(part.labels, whole.labels[1:4, 4:7, 5:8])
    assert part.source == "test; cube of 3 voxels at (1, 4, 5)"
    assert part.phase_map() == whole.phase_map()
    assert part.voxel_size_metre == whole.voxel_size_metre


def test_no_cube_is_cut_from_boxes():
    """As many boxes along each axis are no cube: refused by name. Merging blocks keeps their shape."""
    boxes = replace(random_volume((6, 6, 6)), voxel_edges_metre=[8e-7, 4e-7, 4e-7])
    with pytest.raises(AnisotropicVoxelError, match=r"a cube cut from a volume .* 0\.8 x 0\.4 x 0\.4 um"):
        cut_cube(boxes, edge_voxels=3, corner=(0, 0, 0))
    assert coarsen(boxes, factor=2).voxel_edges_metre.tolist() == [16e-7, 8e-7, 8e-7]


@pytest.mark.parametrize("corner", [(-1, 0, 0), (0, 0, 6), (0, 0), (0, 0, 0, 0)])
def test_a_cut_must_lie_inside(corner):
    """What sticks out, or is no place in three dimensions, is refused."""
    with pytest.raises((SampleError, ValueError), match="does not lie inside"):
        cut_cube(random_volume((6, 7, 8)), edge_voxels=3, corner=corner)


def test_corners_are_disjoint_inside_and_the_same_again():
    """Cubes do not overlap, lie inside, are no more than asked for, and do not change from call to call."""
    found = corners((20, 23, 31), 7, 100)
    assert len(found) == 2 * 3 * 4
    seen = np.zeros((20, 23, 31), int)
    for x, y, z in found:
        seen[x : x + 7, y : y + 7, z : z + 7] += 1
    assert seen.max() == 1
    assert seen.sum() == len(found) * 7**3
    few = corners((20, 23, 31), 7, 5)
    assert len(few) == 5
    assert few == corners((20, 23, 31), 7, 5)
    assert set(few) < set(found)
    assert min(corners((11, 11, 11), 4, 100)) == (1, 1, 1)  # three voxels left over, one before and two behind
    assert corners((8, 8, 8), 8, 4) == [(0, 0, 0)]
    assert corners((8, 8, 8), 9, 4) == []


def test_overlapping_corners_lose_no_voxel():
    """They cover the volume from side to side, one more along an edge that the cube's does not divide."""
    found = corners((14, 16, 20), 7, 100, overlapping=True)
    assert len(found) == 2 * 3 * 3
    seen = np.zeros((14, 16, 20), int)
    for x, y, z in found:
        seen[x : x + 7, y : y + 7, z : z + 7] += 1
    assert seen.min() == 1
    assert seen.sum() == len(found) * 7**3
    assert corners((8, 8, 8), 4, 9, overlapping=True) == corners((8, 8, 8), 4, 9)
    assert corners((128, 128, 128), 96, 8, overlapping=True)[-1] == (32, 32, 32)
    assert corners((8, 8, 8), 9, 4, overlapping=True) == []


def test_uniform_blocks_keep_their_phase():
    """A volume blown up and merged again is the volume it was, with voxels as large as before."""
    small = random_volume((3, 4, 5))
    large = volume(small.labels.repeat(2, 0).repeat(2, 1).repeat(2, 2))
    merged = coarsen(large, factor=2)
    assert np.array_equal(merged.labels, small.labels)
    assert merged.voxel_size_metre == 2e-6


def test_the_majority_wins():
    """Five of eight voxels are enough."""
    block = np.zeros(8)
    block[:5] = 9
    assert coarsen(volume(block.reshape(2, 2, 2)), factor=2).labels.item() == 9


@pytest.mark.parametrize("pair", [(0, 7), (7, 9), (0, 9)])
def test_equals_win_in_turn(pair):
    """Blocks of four and four: each phase gets half of them, whichever the labels."""
    block = np.array([pair[0]] * 4 + [pair[1]] * 4).reshape(2, 2, 2)
    merged = coarsen(volume(np.tile(block, (4, 4, 4))), factor=2).labels
    assert (merged == pair[0]).sum() == (merged == pair[1]).sum() == 32


def test_blocks_must_fill_the_volume():
    """An edge that is no multiple of the factor is refused."""
    with pytest.raises(SampleError, match="no blocks of 2"):
        coarsen(random_volume((4, 4, 5)), factor=2)
