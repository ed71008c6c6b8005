"""Does a model rank lives correctly? Concordance of predicted and observed order, with its standard error.

A pair counts if it is known which of the two died first while both were under observation: the end of the one was seen
before the other was last seen alive. Harrell's estimate weighs all of them alike; under censoring it depends on when
cells were stopped. Uno's weighs a pair by the inverse square of the probability not to be censored before the earlier
death, which corrects for it where censoring does not depend on the covariates.

lifelines' concordance has neither standard error, late entry, strata nor Uno's weights; it is compared in the tests.

References
----------
Harrell, Lee, Mark 1996, doi 10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.
Uno, Cai, Pencina, D'Agostino, Wei 2011, doi 10.1002/sim.4154.
Therneau, Atkinson 2024, Concordance, vignette of the R package survival (infinitesimal jackknife).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.stops import Stops

Floats = NDArray[np.float64]
_BLOCK = 512  # rows of the table of pairs held at a time


@dataclass(frozen=True)
class Concordance:
    """Share of the pairs that are ranked as observed [-], ties of the prediction as half, and its standard error.

    `value` and `standard_error` are NaN where no pair can be compared; the error is that of the infinitesimal
    jackknife, for a prediction that was not fitted to these lives.
    """

    value: float
    standard_error: float
    pairs: float


def concordance(
    lives: Lifetimes, predicted: Floats, *, within: NDArray[Any] | None = None, uno: bool = False
) -> Concordance:
    """Compare the predicted with the observed order of lives.

    Parameters
    ----------
    lives
        As observed.
    predicted
        Shape (n,). Anything by which lives are ranked; the longest-lived has the largest.
    within
        Shape (n,). Only pairs with the same entry are compared, such as cells of one batch; all if None.
    uno
        Weigh pairs by the inverse square of the probability of not being censored.
    """
    weights = _uno_weights(lives) if uno else np.ones(len(lives))
    ranked, pairs, of_each, pairs_of_each = 0.0, 0.0, np.zeros(len(lives)), np.zeros(len(lives))
    for start in range(0, len(lives), _BLOCK):
        rows = slice(start, start + _BLOCK)
        comparable = _known_to_die_first(lives, rows) * weights[rows, None]
        if within is not None:
            comparable = comparable * (within[rows, None] == within[None, :])
        agreed = comparable * (0.5 + 0.5 * np.sign(predicted[None, :] - predicted[rows, None]))
        ranked, pairs = ranked + float(agreed.sum()), pairs + float(comparable.sum())
        of_each += agreed.sum(axis=0)
        pairs_of_each += comparable.sum(axis=0)
        of_each[rows] += agreed.sum(axis=1)
        pairs_of_each[rows] += comparable.sum(axis=1)
    if not pairs:
        return Concordance(np.nan, np.nan, 0.0)
    value = ranked / pairs
    influences = (of_each - value * pairs_of_each) / pairs
    return Concordance(value, float(np.sqrt((influences**2).sum())), pairs)


def _known_to_die_first(lives: Lifetimes, rows: slice) -> Floats:
    """1 where the row is known to have died before the column, which was under observation then."""
    ended = lives.upper[rows, None]
    later = (ended < lives.lower[None, :]) | ((ended == lives.lower[None, :]) & ~lives.observed[None, :])
    return np.asarray(np.isfinite(ended) & later & (lives.entry[None, :] < ended), dtype=np.float64)


def _uno_weights(lives: Lifetimes) -> Floats:
    """Inverse square of the probability not to be censored before each end, by Kaplan-Meier; 0 without an end."""
    before = Stops.of(lives).never_before(np.where(lives.observed, lives.upper, lives.lower))
    return np.where(lives.observed & (before > 0), 1 / np.maximum(before, 1e-12) ** 2, 0.0)
