"""Clusters of the best conductor that nearly touch: which gaps are filled, and what that says of a conductivity."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.characterise import homogenise_extrapolated
from ragone.pipelines.characterise.joined import with_joined_clusters
from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.schemas import Microstructure
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811

CONDUCTIVITIES = {0: 0.0, 1: 0.1, 2: 100.0}


def rod(gap: int, *, start: int = 20) -> np.ndarray:
    """A rod of the best conductor along axis 0 in the poorer one, cut by a gap of some layers; shape (64, 16, 16)."""
    labels = np.ones((64, 16, 16), np.uint8)
    labels[:, 4:12, 4:12] = 2
    labels[start : start + gap] = 1
    return labels


@pytest.mark.parametrize("start", [20, 31, 32, 33])
@pytest.mark.parametrize(("gap", "filled"), [(1, True), (2, True), (3, False)])
def test_gaps_of_up_to_two_voxels_are_filled(gap: int, filled: bool, start: int) -> None:
    """Wherever they lie, those of three are not, and nothing else changes."""
    joined = with_joined_clusters(rod(gap, start=start), CONDUCTIVITIES)
    inside = joined[start : start + gap, 4:12, 4:12]
    assert np.all(inside == (2 if filled else 1))
    outside = np.ones(joined.shape, bool)
    outside[start : start + gap, 3:13, 3:13] = False
    np.testing.assert_array_equal(joined[outside], rod(gap, start=start)[outside])


def test_clusters_that_share_an_edge_are_joined_and_parts_of_one_are_not() -> None:
    """Two voxels across an edge are two clusters; the two ends of a bent one are a single cluster."""
    labels = np.zeros((6, 6, 6), np.uint8)
    labels[2, 2, 2] = labels[2, 3, 3] = 2
    joined = with_joined_clusters(labels, CONDUCTIVITIES)
    assert joined[2, 2, 3] == joined[2, 3, 2] == 2
    bent = np.zeros((6, 6, 6), np.uint8)
    bent[1, 1:5, 1], bent[3, 1:5, 1], bent[1:4, 4, 1] = 2, 2, 2
    np.testing.assert_array_equal(with_joined_clusters(bent, CONDUCTIVITIES), bent)


def test_the_best_conductor_that_occurs_is_joined() -> None:
    """Without carbon-binder the particles are; what insulates is never joined."""
    labels = np.where(rod(1) == 2, 1, 0).astype(np.uint8)
    assert with_joined_clusters(labels, CONDUCTIVITIES)[20, 8, 8] == 1
    insulating = with_joined_clusters(labels, {0: 0.0, 1: 0.0})
    np.testing.assert_array_equal(insulating, labels)


def test_an_unresolved_contact_makes_a_conductivity_uncertain_by_all_that_it_may_change() -> None:
    """A rod cut by two voxels conducts as layers in series, or as a whole rod: both lie within two standard errors."""
    labels = rod(2, start=31).repeat(2, 1).repeat(2, 2)
    volume = Microstructure(
        labels=labels,
        voxel_edges_metre=cubic_voxels(5e-7),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="arithmetic",
        licence="own",
    )
    found = homogenise_extrapolated(volume, NMC_811)
    value = found.solid_effective_conductivity_siemens_per_metre
    error = found.solid_effective_conductivity_siemens_per_metre_standard_error
    assert error is not None
    apart, whole = (
        effective_conductivity(one, CONDUCTIVITIES, coarsening=2).value
        for one in (labels, with_joined_clusters(labels, CONDUCTIVITIES))
    )
    assert whole > 5 * apart
    assert value == pytest.approx(apart * (whole / apart) ** 0.25, rel=0.1)
    assert value - 2 * error < apart < whole < value + 2 * error
