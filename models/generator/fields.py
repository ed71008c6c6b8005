"""A phase as a field that a network can learn: the signed distance to its surface, squashed.

Inside a phase the field is positive. Its value tells how deep a voxel lies, so that a particle's centre stands out
even where particles touch, which the label alone hides.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float32]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_FARTHEST = 12  # voxels; beyond, the squashed distance is flat
_DEPTHS = 1.3  # mean depths of a phase that make the unit of its distances
_SMALLEST_SCALE = 1.0


def field_scale(phases: list[Flags]) -> float:
    """The unit of distances [voxel] for a phase, from volumes that show it: somewhat more than its mean depth."""
    import scipy.ndimage

    depths = [scipy.ndimage.distance_transform_edt(phase)[phase] for phase in phases]
    return max(_SMALLEST_SCALE, round(_DEPTHS * float(np.mean(np.concatenate(depths))), 1))


def distance_field(phase: Flags, scale: float, *, periodic: bool) -> Floats:
    """Signed distance to the surface, over `scale` [voxel] and through a hyperbolic tangent; in (-1, 1).

    Parameters
    ----------
    phase
        Shape (x, y, z). True inside.
    scale
        Of distances [voxel].
    periodic
        Whether opposite faces touch; else the phase goes on beyond them as its outermost voxels do.
    """
    return _distance_field(np.packbits(phase).tobytes(), phase.shape, scale, periodic)


@lru_cache(maxsize=128)
def _distance_field(packed: bytes, shape: tuple[int, ...], scale: float, periodic: bool) -> Floats:
    """The same, remembered: every stretch of a training asks for the fields of the same volumes."""
    import scipy.ndimage

    phase = np.unpackbits(np.frombuffer(packed, np.uint8), count=int(np.prod(shape))).reshape(shape).astype(bool)
    edge = min(_FARTHEST, *shape)
    padded = np.pad(phase, edge, mode="wrap" if periodic else "edge")
    inside, outside = (scipy.ndimage.distance_transform_edt(side) for side in (padded, ~padded))
    distance = (inside - outside)[tuple(slice(edge, -edge) for _ in range(3))]
    field: Floats = np.tanh((distance - 0.5 * np.sign(distance)) / scale).astype(np.float32)
    field.setflags(write=False)
    return field


def repeats(labels: np.ndarray[Any, Any]) -> bool:
    """Whether a volume goes on at its opposite face: neighbours across it differ hardly more often than inside."""
    across = [np.mean(labels.take(0, axis) != labels.take(-1, axis)) for axis in range(3)]
    inside = [np.mean(np.diff(labels.astype(np.int16), axis=axis) != 0) for axis in range(3)]
    return bool(np.mean(across) < _SEAM * np.mean(inside))


_SEAM = 1.7
