"""What the homogenisation kernel refuses, and what it says; what it takes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ragone.pipelines.characterise.errors import ConductivityError, VolumeError
from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.schemas.errors import BoundsError

BLOCK = np.ones((4, 4, 4), np.uint8)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1e-30, -2.5])
@pytest.mark.parametrize("label", [1, 9])
def test_conductivities_must_be_finite_and_not_negative(value: float, label: int) -> None:
    """Also that of a label that does not occur; label and value are named."""
    with pytest.raises(ConductivityError, match=f"label {label} is {value}"):
        effective_conductivity(BLOCK, {1: 1.0, 9: 1.0} | {label: value})


def test_every_label_needs_a_conductivity() -> None:
    """The label without one is named, and those that have one."""
    labels = BLOCK.copy()
    labels[3, 3, 3] = 200
    with pytest.raises(ConductivityError, match=r"label 200 has no conductivity; given are labels \[0, 1\]"):
        effective_conductivity(labels, {0: 0.0, 1: 1.0})


def test_seventeen_conductivities_are_too_many() -> None:
    """The number is named; as many labels of equal conductivity are fine."""
    labels = np.arange(17, dtype=np.uint8).reshape(17, 1, 1)
    with pytest.raises(ConductivityError, match="17 different conductivities; at most 16"):
        effective_conductivity(labels, {label: 1.0 + label for label in range(17)})
    assert effective_conductivity(labels, dict.fromkeys(range(17), 3.0)).value == pytest.approx(3)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (np.ones((4, 4), np.uint8), r"shape \(4, 4\)"),
        (np.ones((2, 2, 2, 2), np.uint8), r"shape \(2, 2, 2, 2\)"),
        (np.ones((4, 0, 4), np.uint8), r"shape \(4, 0, 4\)"),
        (np.ones((4, 4, 4), np.int64), "int64"),
        (np.ones((4, 4, 4), np.float32), "float32"),
        (np.ones((4, 4, 4), bool), "bool"),
    ],
)
def test_volumes_are_three_axes_of_uint8(labels: Any, words: str) -> None:
    """What was found is named."""
    with pytest.raises(VolumeError, match=words):
        effective_conductivity(labels, {1: 1.0})


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"axis": 3}, VolumeError, "axis = 3"),
        ({"axis": -1}, VolumeError, "axis = -1"),
        ({"voxel_size": (1.0, 0.0, 1.0)}, VolumeError, r"voxel_size = \(1.0, 0.0, 1.0\)"),
        ({"voxel_size": (1.0, -2.0, 1.0)}, VolumeError, "-2.0"),
        ({"voxel_size": (1.0, math.nan, 1.0)}, VolumeError, "nan"),
        ({"voxel_size": (1.0, math.inf, 1.0)}, VolumeError, "inf"),
        ({"voxel_size": (1.0, 1.0)}, VolumeError, r"\(1.0, 1.0\)"),
        ({"relative_tolerance": 0.0}, BoundsError, "relative_tolerance = 0.0"),
        ({"relative_tolerance": -1e-3}, BoundsError, "relative_tolerance = -0.001"),
        ({"relative_tolerance": math.nan}, BoundsError, "relative_tolerance = nan"),
        ({"relative_tolerance": 1.5}, BoundsError, "relative_tolerance = 1.5"),
        ({"relative_tolerance": 1e-15}, BoundsError, "relative_tolerance = 1e-15"),
        ({"largest_iteration_count": 0}, BoundsError, "largest_iteration_count = 0"),
    ],
)
def test_options_out_of_bounds_are_named(options: dict[str, Any], error: type[Exception], words: str) -> None:
    """The option and its value stand in the message."""
    with pytest.raises(error, match=words):
        effective_conductivity(BLOCK, {1: 1.0}, **options)


def test_the_volume_given_is_left_alone() -> None:
    """Floating clusters are left out of the solve, not of the caller's array; views of any layout are taken."""
    labels = np.random.default_rng(0).integers(0, 3, (9, 10, 11)).astype(np.uint8)
    before = labels.copy()
    conductivities = {0: 0.0, 1: 1.0, 2: 8.0}
    plain = effective_conductivity(labels, conductivities)
    assert np.array_equal(labels, before)
    assert effective_conductivity(np.asfortranarray(labels), conductivities) == plain
    assert effective_conductivity(np.repeat(labels, 2, 1)[:, ::2], conductivities) == plain
    labels.flags.writeable = False
    assert effective_conductivity(labels, conductivities) == plain
