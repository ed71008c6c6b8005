"""What carries ions and electrons, alike for all engines."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest

from ragone.pipelines.characterise.carriers import UNKNOWN, canonical_labels, electronic, ionic, tortuosity_factor
from ragone.schemas import Microstructure
from ragone.schemas.materials import NMC_811


def microstructure(**changes: Any) -> Microstructure:
    """Three voxels of the labels 7, 0 and 200, with the names given."""
    values: dict[str, Any] = {
        "labels": np.array([[[7, 0, 200]]], np.uint8),
        "voxel_edges_metre": [4e-7] * 3,
        "phase_names": ("pore", "active_material", "carbon_binder"),
        "phase_labels": np.array([7, 0, 200], np.uint8),
        "source": "arithmetic",
        "licence": "own",
    }
    return Microstructure.build(values | changes)


def test_names_decide_not_labels() -> None:
    """Pore is 0, active material 1 and carbon-binder 2, whatever labels they have and in whatever order."""
    assert canonical_labels(microstructure()).tolist() == [[[0, 1, 2]]]
    other = microstructure(
        phase_names=("carbon_binder", "pore", "active_material"), phase_labels=np.array([0, 200, 7], np.uint8)
    )
    assert canonical_labels(other).tolist() == [[[1, 2, 0]]]


def test_other_phases_are_one_unknown() -> None:
    """What is none of the three is one more label, that carries nothing."""
    found = canonical_labels(microstructure(phase_names=("foil", "separator", "pore")))
    assert found.tolist() == [[[UNKNOWN, UNKNOWN, 0]]]
    assert ionic(NMC_811)[UNKNOWN] == electronic(NMC_811)[UNKNOWN] == 0


def test_ions_move_in_pores_and_electrons_in_solids() -> None:
    """No phase carries both."""
    assert ionic(NMC_811) == {0: 1.0, 1: 0.0, 2: 0.0, UNKNOWN: 0.0}
    assert electronic(NMC_811) == {0: 0.0, 1: 0.1, 2: 100.0, UNKNOWN: 0.0}


@pytest.mark.parametrize(
    ("fraction", "diffusivity", "expected"),
    [(0.4, 0.2, 2.0), (1.0, 1.0, 1.0), (0.4, 0.4 + 1e-9, 1.0), (0.4, 0.0, math.inf), (0.4, -1e-9, math.inf)],
)
def test_tortuosity_factor_is_pore_fraction_over_relative_diffusivity(
    fraction: float, diffusivity: float, expected: float
) -> None:
    """At least one whatever the rounding; infinite where nothing gets through, or a bound says no better."""
    assert tortuosity_factor(fraction, diffusivity) == pytest.approx(expected)


def test_canonical_labels_take_little_memory() -> None:
    """Labels are looked up layer by layer, which widens one of them to eight bytes and not the volume."""
    volume = microstructure(labels=np.zeros((128, 128, 128), np.uint8))
    tracemalloc.start()
    canonical_labels(volume)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * volume.labels.size
