"""A phase as a field that a network can learn: the signed distance to its surface, squashed.

Inside a phase the field is positive. Its value says how deep a voxel lies, so that a particle's centre stands out
even where particles touch, which the label alone hides.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch

Floats = np.ndarray[Any, np.dtype[np.float32]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_FARTHEST = 12  # voxels; beyond, the squashed distance is flat
_DEPTHS = 1.3  # mean depths of a phase that make the unit of its distances
_SMALLEST_SCALE = 1.0


def field_scale(phases: list[Flags]) -> float:
    """Return the unit of distances [voxel] for a phase, from its place in volumes: 1.3 times its mean depth."""
    import scipy.ndimage

    depths = [scipy.ndimage.distance_transform_edt(phase)[phase] for phase in phases]
    return max(_SMALLEST_SCALE, round(_DEPTHS * float(np.mean(np.concatenate(depths))), 1))


def distance_field(phase: Flags, scale: float, *, periodic: bool) -> Floats:
    """Return the signed distance to the surface, over `scale` [voxel] and through a hyperbolic tangent; in (-1, 1).

    Parameters
    ----------
    phase
        Shape (x, y, z). True inside.
    scale
        Unit of distances [voxel].
    periodic
        Whether opposite faces touch; else the phase goes on beyond them as its outermost voxels do.
    """
    return _distance_field(np.packbits(phase).tobytes(), phase.shape, scale, periodic)


@lru_cache(maxsize=128)
def _distance_field(packed: bytes, shape: tuple[int, ...], scale: float, periodic: bool) -> Floats:
    """Return the same from a cache: every stretch of a training needs the fields of the same volumes."""
    import torch

    phase = np.unpackbits(np.frombuffer(packed, np.uint8), count=int(np.prod(shape))).reshape(shape).astype(bool)
    field: Floats = distance_tensor(torch.from_numpy(phase), scale, periodic=periodic).numpy()
    field.setflags(write=False)
    return field


def distance_tensor(phase: torch.Tensor, scale: float, *, periodic: bool) -> torch.Tensor:
    """Return `distance_field` of a tensor, shape (x, y, z)."""
    import torch

    inside, outside = (_distance_to(side, periodic) for side in (~phase, phase))
    distance = inside - outside
    return torch.tanh((distance - 0.5 * torch.sign(distance)) / scale)


def _distance_to(target: torch.Tensor, periodic: bool) -> torch.Tensor:
    """Return the distance of every voxel to the nearest target, exact up to `_FARTHEST` and cut there."""
    import torch

    squared = torch.where(target, 0, _FARTHEST**2).to(torch.int16)
    for axis, size in enumerate(target.shape):
        margin = min(_FARTHEST, size)
        before, after = squared.narrow(axis, size - margin, margin), squared.narrow(axis, 0, margin)
        if not periodic:
            before, after = (squared.narrow(axis, at, 1).expand_as(before) for at in (0, size - 1))
        extended = torch.cat([before, squared, after], axis)
        for step in range(1, margin + 1):
            beside = torch.minimum(*(extended.narrow(axis, margin + side * step, size) for side in (-1, 1)))
            squared = torch.minimum(squared, beside + step**2)
    return squared.float().sqrt()


def repeats(labels: np.ndarray[Any, Any]) -> bool:
    """Return whether a volume is periodic: neighbours across opposite faces differ hardly more often than inside."""
    across = [np.mean(labels.take(0, axis) != labels.take(-1, axis)) for axis in range(3)]
    inside = [np.mean(np.diff(labels.astype(np.int16), axis=axis) != 0) for axis in range(3)]
    return bool(np.mean(across) < _SEAM * np.mean(inside))


_SEAM = 1.7
