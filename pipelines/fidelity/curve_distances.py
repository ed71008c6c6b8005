"""How far do the mean curves of two samples of volumes lie apart, and how far would they lie by chance?

Of each condition the mean curves are compared: two-point correlations by the root mean square of their difference [-];
distributions of lengths by the area between them over a typical length [-], which is the mean distance by which lengths
would have to be moved. Over the conditions the root mean square is taken. It is never zero, so that it is compared
with chance: the volumes of each condition are dealt to the two samples at random, many times. The standard error is
that of resampling the volumes of each condition.

References
----------
Efron and Tibshirani 1993, An Introduction to the Bootstrap, sections 6 and 15. Vallender 1974, Theory Probab. Appl. 18,
784, doi 10.1137/1118101 (the area between distributions as a distance).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.pipelines.fidelity.differences import Places
from ragone.pipelines.fidelity.metrics import Curves, Floats


@dataclass(frozen=True, slots=True)
class CurveDistance:
    """Distance, its standard error, that expected by chance [all -], and the chance of one as large [-]."""

    distance: float
    standard_error: float
    expected: float
    chance: float


def curve_distance(
    real: Curves, sample: Curves, real_conditions: Places, conditions: Places, *, repeats: int, seed: int
) -> CurveDistance:
    """Return the distance between the curves of two samples, and that expected by chance.

    Parameters
    ----------
    real, sample
        The same curve of the volumes of both.
    real_conditions, conditions
        Shape (volumes,): which condition each volume belongs to.
    repeats
        Number of random deals, and of resamplings.
    seed
        Seed of both.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    groups = []
    for number in np.intersect1d(real_conditions, conditions):
        first, second = real.values[real_conditions == number], sample.values[conditions == number]
        first, second = first[np.isfinite(first).all(axis=1)], second[np.isfinite(second).all(axis=1)]
        if len(first) and len(second):
            groups.append((first, second))
    if not groups:
        return CurveDistance(0.0, 0.0, 0.0, 1.0)
    found = _distance([(a.mean(axis=0), b.mean(axis=0)) for a, b in groups], real)
    dealt = np.array([_distance([_dealt(a, b, random) for a, b in groups], real) for _ in range(repeats)])
    drawn = np.array([_distance([_drawn(a, b, random) for a, b in groups], real) for _ in range(repeats)])
    chance = (1 + int((dealt >= found).sum())) / (1 + repeats)
    return CurveDistance(found, float(drawn.std()), float(dealt.mean()), chance)


def mean_curves(values: Floats, conditions: Places, condition_count: int) -> Floats:
    """Return the mean curve of each condition, shape (conditions, points); 0 where it has no volume."""
    found = np.zeros((condition_count, values.shape[1]))
    for number in range(condition_count):
        rows = values[conditions == number]
        rows = rows[np.isfinite(rows).all(axis=1)]
        if len(rows):
            found[number] = rows.mean(axis=0)
    return found


def _distance(pairs: list[tuple[Floats, Floats]], curves: Curves) -> float:
    """Return the root mean square over the conditions."""
    apart = np.array([second - first for first, second in pairs])
    each = np.abs(apart).sum(axis=1) * curves.spacing if curves.cumulative else np.sqrt((apart**2).mean(axis=1))
    return float(np.sqrt(np.mean(each**2)))


def _dealt(first: Floats, second: Floats, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the mean curves of two random parts of all volumes."""
    both = random.permutation(np.concatenate([first, second]))
    return both[: len(first)].mean(axis=0), both[len(first) :].mean(axis=0)


def _drawn(first: Floats, second: Floats, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the mean curves of as many volumes drawn with replacement."""
    chosen = [rows[random.integers(len(rows), size=len(rows))].mean(axis=0) for rows in (first, second)]
    return chosen[0], chosen[1]
