"""How much of the volume does each phase fill? Voxels counted: exact for the labels, no further assumption."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.geometry.labelled_volume import checked_labels
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
