"""Statistics that follow from released sums: count, means, deviations, correlations and histograms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.models.sharing.moments import BINS, Layout


def statistics_of(layout: Layout, numbers: Sequence[int]) -> dict[str, Any]:
    """The statistics, in the units of the columns; with noise a count may come out negative and is shown as 0.

    Parameters
    ----------
    layout
        What was released.
    numbers
        The released whole numbers.
    """
    sums = layout.matrix(numbers)
    count = max(float(sums[0, 0]), 1.0)
    means = np.clip(sums[0, 1:] / count, -1, 1)
    covariance = _positive(sums[1:, 1:] / count - np.outer(means, means))
    deviations = np.sqrt(np.diag(covariance))
    columns = [(one, place) for one in (*layout.features, layout.target) for place in range(one.width)]
    halves = np.array([1.0 if one.options else (one.high - one.low) / 2 for one, _ in columns])
    middles = np.array([0.0 if one.options else (one.high + one.low) / 2 for one, _ in columns])
    halves = np.where([bool(one.options) for one, _ in columns], 0.5, halves)
    middles = np.where([bool(one.options) for one, _ in columns], 0.5, middles)
    shown = middles + halves * means
    found: dict[str, Any] = {
        "count": max(float(sums[0, 0]), 0.0),
        "columns": [
            {
                "name": f"{one.name} = {one.options[place]}" if one.options else one.name,
                "unit": "1" if one.options else one.unit,
                "mean": float(mean),
                "deviation": float(half * deviation),
            }
            for (one, place), mean, half, deviation in zip(columns, shown, halves, deviations, strict=True)
        ],
        "correlations": (covariance / np.maximum(np.outer(deviations, deviations), 1e-12)).tolist(),
    }
    if layout.histograms:
        found["bins"] = BINS
        found["histograms"] = np.maximum(layout.histogram(numbers), 0).tolist()
    return found


def _positive(matrix: Any) -> Any:
    """The nearest covariance: negative eigenvalues, which noise makes, are set to zero."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 0)) @ vectors.T
