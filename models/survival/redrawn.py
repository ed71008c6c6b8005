"""Samples as they might have been: lives drawn from fitted distributions, stopped as the real ones were.

When a cell is stopped is drawn from the times at which cells were, by Kaplan and Meier's estimator with ends and stops
exchanged; where the last cell ended, none is stopped before. A subject that came late is drawn as one that lived so
long. Ends between two looks are drawn as known times.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.quantile_profile import Fit, Samples
from ragone.models.survival.regression.families import Family
from ragone.models.survival.stops import Stops


def redrawn(
    lives: Lifetimes, families: Sequence[Family], fits: Sequence[Fit], count: int, seed: int
) -> tuple[Samples, NDArray[np.int64]]:
    """Draw samples, each from one of the fitted distributions, as often from each as the lives speak for it.

    Parameters
    ----------
    lives
        The n real ones.
    families, fits
        Distributions, and each fitted to the lives.
    count
        Number of samples.
    seed
        Of the draws.

    Returns
    -------
    Samples
        Of shape (count, n).
    ndarray
        Number of the distribution that each is from, shape (count,).
    """
    random = np.random.Generator(np.random.PCG64(seed))
    likelihoods = np.array([fit.value[0] for fit in fits])
    weights = np.exp(likelihoods - likelihoods.max())
    chosen = random.choice(len(families), size=count, p=weights / weights.sum())
    entry = np.log(np.maximum(lives.entry, 1e-300))
    shares = random.random((count, len(lives)))
    ends = np.empty(shares.shape)
    for number, (family, fit) in enumerate(zip(families, fits, strict=True)):
        rows = chosen == number
        slope, offset = float(fit.slope[0]), float(fit.offset[0])
        alive = np.where(lives.entry > 0, np.exp(family.log_survivor(slope * np.maximum(entry, -50.0) + offset)), 1.0)
        died = np.clip(1 - alive * shares[rows], 1e-15, 1 - 1e-15)
        ends[rows] = (family.quantile(died) - offset) / slope
    stops = np.log(Stops.of(lives).drawn(random.random(shares.shape)))
    ended = ends <= stops
    samples = Samples(np.minimum(ends, stops), ends, entry[None, :], ended, np.zeros(ended.shape, dtype=bool))
    return samples, np.asarray(chosen, dtype=np.int64)
