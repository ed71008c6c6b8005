"""How each phase is drawn: the network that it has, what that measures in, and what its field is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.generator.fields import Floats
from models.generator.network import Shape

MEMBER_PARTS = ("embed.", "up.", "out.", "neighbours.")  # what a member has of its own
CROWDING = (5.0, 3.0)  # of noise levels in training, for the first phase placed and for the others


@dataclass(frozen=True)
class Units:
    """What a network measures in, and its width.

    Distances [voxel] of the phases up to its own, the earlier ones first; conditions from a middle in half ranges.
    """

    width: int
    field_scales: tuple[float, ...]
    condition_middle: tuple[float, ...]
    condition_half_range: tuple[float, ...]

    def scaled(self, conditions: np.ndarray[Any, Any]) -> Floats:
        """Conditions, shape (..., conditions), as the network takes them."""
        middle, half_range = np.array(self.condition_middle), np.array(self.condition_half_range)
        scaled: Floats = ((conditions - middle) / half_range).astype(np.float32)
        return scaled


def phase_shape(phase: int, units: Units) -> Shape:
    """Of the network of a phase: particles are large and smooth, what lies between them is fine.

    Particles are told by their distance field, which has a value in every voxel; what lies between them is too thin to
    have a depth.
    """
    condition_count, width = len(units.condition_middle), units.width
    if phase == 1:
        return Shape(0, condition_count, (width // 4, width, 2 * width), (1, 2, 2), patch=2)
    return Shape(phase - 1, condition_count, (width // 2, width), (1, 2), patch=2, mixing=1, by_chance=True)


def crowding(phase: int) -> float:
    """How noise levels are crowded in training, for a phase."""
    return CROWDING[0] if phase == 1 else CROWDING[1]
