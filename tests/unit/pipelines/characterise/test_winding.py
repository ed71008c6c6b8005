"""Which clusters of a periodic volume go on for ever."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise.kernel.winding import endless_clusters

Conducts = npt.NDArray[np.bool_]


def empty(*shape: int) -> Conducts:
    """A volume where nothing conducts."""
    return np.zeros(shape or (6, 6, 6), bool)


@pytest.mark.parametrize("axis", range(3))
def test_a_straight_channel_goes_on_along_its_axis(axis: int) -> None:
    """It meets its own image across one side."""
    conducts = empty(5, 6, 7)
    np.moveaxis(conducts, axis, 0)[:, 2, 3] = True
    endless, along = endless_clusters(conducts)
    assert along == tuple(a == axis for a in range(3))
    assert np.array_equal(endless, conducts)


def test_a_diagonal_channel_goes_on_along_two_axes() -> None:
    """A staircase that leaves through a corner of the plane winds along both axes at once."""
    conducts = empty()
    steps = np.arange(6)
    conducts[steps, -steps, 2] = conducts[steps, -steps - 1, 2] = True
    endless, along = endless_clusters(conducts)
    assert along == (True, True, False)
    assert np.array_equal(endless, conducts)


def test_an_island_across_the_sides_is_no_endless_cluster() -> None:
    """Eight corners are one ball around a corner of the lattice: it crosses all sides and comes out nowhere."""
    conducts = empty()
    conducts[np.ix_([-1, 0, 1], [-1, 0, 1], [-1, 0, 1])] = True
    endless, along = endless_clusters(conducts)
    assert along == (False, False, False)
    assert not endless.any()


def test_a_branch_that_returns_through_the_same_side_does_not_wind() -> None:
    """Out through the last layer, along the first one, and back in beside: one period there and one back."""
    conducts = empty()
    conducts[3:, 1, 1] = conducts[3:, 4, 1] = conducts[0, 1:5, 1] = True
    assert endless_clusters(conducts)[1] == (False, False, False)
    conducts[3, 1:5, 1] = True  # a ring, in whose middle nothing winds
    assert endless_clusters(conducts)[1] == (False, False, False)
    conducts[:, 1, 1] = True
    endless, along = endless_clusters(conducts)
    assert along == (True, False, False)
    assert np.array_equal(endless, conducts)  # with its dead ends


def test_a_helix_winds_though_each_of_its_parts_does_not() -> None:
    """Two parts joined across the sides: one round of both is one period along y and two along x."""
    conducts = empty(6, 8, 3)
    conducts[:, 1, 1] = conducts[:, 5, 1] = True  # along x twice
    conducts[0, 1, 1] = conducts[0, 5, 1] = False
    conducts[1, 1:5, 1] = conducts[1, 1, 1] = True  # the first to the second, inside
    assert endless_clusters(conducts)[1] == (False, False, False)
    conducts[0, 5, 1] = True
    assert endless_clusters(conducts)[1] == (True, False, False)


def test_clusters_are_judged_one_by_one() -> None:
    """Two channels along different axes count both, and what floats between them does not."""
    conducts = empty(7, 7, 7)
    conducts[:, 1, 1] = conducts[4, :, 4] = True
    channels = conducts.copy()
    conducts[2, 5, 6] = conducts[6, 6, 0] = True
    endless, along = endless_clusters(conducts)
    assert along == (True, True, False)
    assert np.array_equal(endless, channels)


def test_touching_at_edges_and_corners_does_not_count() -> None:
    """A diagonal chain of voxels that share only edges goes nowhere, across the sides too."""
    conducts = empty()
    steps = np.arange(6)
    conducts[steps, steps, 0] = True
    endless, along = endless_clusters(conducts)
    assert along == (False, False, False)
    assert not endless.any()


@pytest.mark.parametrize(("full", "expected"), [(True, (True, True, True)), (False, (False, False, False))])
def test_everything_and_nothing(full: bool, expected: tuple[bool, bool, bool]) -> None:
    """A single voxel and a block, all conducting or none."""
    for shape in ((1, 1, 1), (2, 1, 3)):
        endless, along = endless_clusters(np.full(shape, full))
        assert along == expected
        assert endless.all() == full
