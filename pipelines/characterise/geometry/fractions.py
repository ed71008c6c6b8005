"""How much of the volume, and of each layer, does a phase fill? Voxels counted: exact for the labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.geometry.labelled_volume import Floats, Mask, checked_labels
from ragone.schemas.electrode import label_counts


def phase_fractions(labels: npt.NDArray[Any]) -> dict[int, float]:
    """Volume fraction of each label that is present [-]; they sum to one.

    Parameters
    ----------
    labels
        Shape (x, y, z), integers from 0 to 255.

    Raises
    ------
    GeometryInputError
        If it is no volume of labels.

    Examples
    --------
    >>> phase_fractions(np.array([[[0, 0, 0, 2]]]))
    {0: 0.75, 2: 0.25}
    """
    counts = label_counts(checked_labels(labels))
    return {label: int(counts[label]) / np.size(labels) for label in np.flatnonzero(counts).tolist()}


def through_plane_profile(mask: Mask) -> Floats:
    """Share of each layer along axis 0 that a phase fills [-]; shape (x,)."""
    return np.asarray(mask.mean(axis=(1, 2)))


def relative_gradient(profile: Floats) -> float:
    """Change of a profile from the middle to the end in its line of least squares, over its mean [-].

    A share that rises linearly from 1 - g to 1 + g of its mean has g; 0 of a single layer, or of nothing.

    Parameters
    ----------
    profile
        Shape (n,), at equal distances.

    Examples
    --------
    >>> relative_gradient(np.array([0.5, 1.5]))
    1.0
    """
    layers = len(profile)
    depth = (2 * np.arange(layers) + 1) / layers - 1
    if layers < 2 or not profile.any():
        return 0.0
    return float(np.sum(depth * profile) / np.sum(depth**2) / profile.mean())
