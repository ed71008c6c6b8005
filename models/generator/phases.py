"""How each phase is drawn: its network, and the units of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.generator.fields import Floats
from ragone.models.generator.network import Shape

MEMBER_PARTS = ("embed.", "up.", "out.", "neighbours.")  # what a member has of its own


@dataclass(frozen=True)
class Units:
    """Units of a network, and its width.

    Distances [voxel] of the phases up to its own, the earlier ones first; conditions from a middle in half ranges.
    """

    width: int
    field_scales: tuple[float, ...]
    condition_middle: tuple[float, ...]
    condition_half_range: tuple[float, ...]

    def scaled(self, conditions: np.ndarray[Any, Any]) -> Floats:
        """Return conditions, shape (..., conditions), as the network takes them."""
        middle, half_range = np.array(self.condition_middle), np.array(self.condition_half_range)
        scaled: Floats = ((conditions - middle) / half_range).astype(np.float32)
        return scaled


def phase_shape(phase: int, units: Units) -> Shape:
    """Return the shape of a phase's network: particles are large and smooth, what lies between them is fine.

    Particles have a depth and are grown as a distance field; what lies between them is too thin to have one.
    """
    condition_count, width = len(units.condition_middle), units.width
    if phase == 1:
        return Shape(0, condition_count, (width // 4, width, 2 * width), (1, 2, 2), patch=2)
    return Shape(phase - 1, condition_count, (width // 2, width), (1, 2), patch=2, mixing=1)
