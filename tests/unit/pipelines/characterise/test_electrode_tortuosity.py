"""The electrode tortuosity factor of a microstructure: what it is of, and how it stands to that of ions that cross."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ragone.pipelines.characterise import homogenise, measure_electrode_tortuosity
from ragone.schemas import Microstructure, TransportOutcome
from ragone.schemas.materials import NMC_811


def volume(labels: np.ndarray, edges: tuple[float, float, float] = (5e-7, 5e-7, 5e-7)) -> Microstructure:
    """Labels 7 pore, 1 active material, 2 carbon-binder."""
    return Microstructure(
        labels=labels.astype(np.uint8),
        voxel_edges_metre=np.array(edges),
        phase_labels=np.array([7, 1, 2], np.uint8),
        source="arithmetic",
        licence="own",
    )


def channels() -> np.ndarray:
    """Straight channels of a third of the volume, between active material and carbon-binder, shape (24, 12, 12)."""
    labels = np.full((24, 12, 12), 1)
    labels[:, 1:3], labels[:, 5:7], labels[:, 8:] = 7, 7, 2
    return labels


def test_straight_channels_have_the_tortuosity_of_ions_that_cross() -> None:
    """One, but for half of the squared number of voxels; walls are those of either solid."""
    found = measure_electrode_tortuosity(volume(channels()), relative_tolerance=1e-6)
    assert found.electrode_tortuosity_factor == pytest.approx(1 + 1 / (2 * 24**2), rel=2e-6)
    assert homogenise(volume(channels()), NMC_811).pore_tortuosity_factor == pytest.approx(1, rel=1e-4)
    assert found.electrode_tortuosity_factor_lower <= found.electrode_tortuosity_factor
    assert found.electrode_tortuosity_factor <= found.electrode_tortuosity_factor_upper
    assert found.outcome is TransportOutcome.CONVERGED
    assert found.pore_fraction == pytest.approx(1 / 3)


def test_the_whole_pore_fraction_enters() -> None:
    """A closed pore raises the factor in proportion, as it does that of ions that cross."""
    labels = channels()
    plain = measure_electrode_tortuosity(volume(labels)).electrode_tortuosity_factor
    labels[4:16, 9:11, 4:8] = 7
    found = measure_electrode_tortuosity(volume(labels))
    assert found.electrode_tortuosity_factor == pytest.approx(plain * found.pore_fraction * 3, rel=5e-4)


def test_pores_that_charge_cannot_enter_are_an_outcome() -> None:
    """Infinite, with its bounds."""
    labels = channels()
    labels[0] = 1
    found = measure_electrode_tortuosity(volume(labels))
    assert found.outcome is TransportOutcome.NOT_PERCOLATING
    assert found.electrode_tortuosity_factor == found.electrode_tortuosity_factor_upper == math.inf


def test_voxels_may_be_boxes() -> None:
    """Channels of voxels twice as long; the record says so."""
    found = measure_electrode_tortuosity(volume(channels(), (1e-6, 5e-7, 5e-7)), relative_tolerance=1e-6)
    assert found.electrode_tortuosity_factor == pytest.approx(1 + 1 / (2 * 24**2), rel=2e-6)
    assert "voxels of" in found.method
