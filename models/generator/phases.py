"""How each phase is drawn: the network that it has, what that measures in, and what its field is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.generator import schedule
from models.generator.fields import Floats
from models.generator.network import Shape

if TYPE_CHECKING:
    import torch

MEMBER_PARTS = ("embed.", "up.", "out.", "neighbours.")  # what a member has of its own
_CROWDING = 5.0  # of noise levels in training
_LARGEST_DOUBT = 0.6  # noise level at which training looks at a draft


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


def training_levels(shape: Shape, even: torch.Tensor) -> torch.Tensor:
    """Noise levels to train at, from numbers even in [0, 1).

    A phase that is filled by chance is looked at before there is anything of it, and once a draft of it is there.
    """
    import torch

    if shape.by_chance:
        return torch.where(even < 0.5, 2 * _LARGEST_DOUBT * even, 1)
    return schedule.crowded(even, _CROWDING)
