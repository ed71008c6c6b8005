"""How likely is each value of a quantile, under a distribution of which the scale is free? The profile of a likelihood.

In a location-scale family of the logarithm of life the standardised error of a life is b log(t) + c. Held to a
quantile, only the slope b = 1/scale is sought; else b and c, both by Newton's method with exact derivatives. The
logarithm of the likelihood is concave in them without late entry. All quantiles of one sample, or many samples, are
done at once. Ends between two looks and late entry are part of the likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from ragone.models.survival.lifetimes import Floats, Lifetimes, Mask
from ragone.models.survival.regression.families import Family

_STEPS, _HALVINGS, _CLOSE, _ROUNDING = 60, 40, 1e-8, 1e-12
_LOW, _HIGH, _TINY = -300.0, 30.0, 1e-300  # standardised errors beyond which a density is 0 by any standard


@dataclass(frozen=True)
class Samples:
    """Logarithms of the lives of r samples of n subjects, shape (r, n); r may be 1 for one sample of many quantiles.

    `lower` is the end of a life that ended at a known time, where it was stopped, or where it was last seen alive.
    """

    lower: Floats
    upper: Floats
    entry: Floats
    ended: Mask
    between: Mask

    @classmethod
    def of(cls, lives: Lifetimes) -> Self:
        """Return the one sample of some lives."""
        between = lives.observed & (lives.lower < lives.upper)
        lower, upper, entry = (np.log(np.maximum(e, _TINY))[None, :] for e in (lives.lower, lives.upper, lives.entry))
        return cls(lower, upper, entry, (lives.observed & ~between)[None, :], between[None, :])

    @property
    def end_count(self) -> Floats:
        """Number of known ends in each sample, shape (r,)."""
        return np.asarray(self.ended.sum(axis=1), dtype=np.float64)

    @property
    def late(self) -> bool:
        """Whether a subject came under observation after the start."""
        return bool((self.entry > np.log(_TINY)).any())


@dataclass(frozen=True)
class Fit:
    """Logarithm of the likelihood with the slope b and the offset c that make it largest; shape (rows,)."""

    value: Floats
    slope: Floats
    offset: Floats


@dataclass(frozen=True)
class _Terms:
    """Value, gradient and second derivatives in (b, c), of each row."""

    value: Floats
    b: Floats
    c: Floats
    bb: Floats
    bc: Floats
    cc: Floats


def maximise(samples: Samples, family: Family, quantiles: Floats | None = None, share: float = 0.5) -> Fit:
    """Make the likelihood of samples as large as it can be.

    Parameters
    ----------
    samples
        Of shape (r, n).
    family
        Distribution of the standardised error.
    quantiles
        Logarithm of the time by which a share has ended, shape (r,), or any shape if there is one sample; free if None.
    share
        Of the population [-] to which the quantiles refer.
    """
    free = quantiles is None
    logs = samples.lower[samples.lower > np.log(_TINY)]
    rows = len(samples.lower) if quantiles is None else len(quantiles)
    away = np.full((rows, 1), float(logs.mean())) if quantiles is None else quantiles[:, None]
    slope = np.full(rows, 1 / max(float(logs.std()), 1e-3))
    offset = np.full(rows, 0.0 if free else float(np.asarray(family.quantile(np.asarray(share)))))
    terms = _terms(samples, family, away, slope, offset)
    for _ in range(_STEPS):
        steps = _steps(terms, slope, free)
        before = terms.value
        slope, offset, terms = _searched(samples, family, away, (slope, offset), steps, terms)
        if float(np.max(terms.value - before, initial=0.0)) < _CLOSE:
            break
    return Fit(terms.value, slope, offset - slope * away[:, 0])


def _steps(terms: _Terms, slope: Floats, free: bool) -> tuple[Floats, Floats]:
    """Return Newton's steps, uphill where the likelihood is not concave; b stays positive."""
    bent = terms.bb < 0
    along = np.where(bent, -terms.b / np.where(bent, terms.bb, -1.0), np.sign(terms.b) * slope / 2)
    step_b, step_c = along, np.zeros_like(slope)
    if free:
        determinant = terms.bb * terms.cc - terms.bc**2
        concave = bent & (determinant > 0)
        safe = np.where(concave, determinant, 1.0)
        step_b = np.where(concave, (terms.bc * terms.c - terms.cc * terms.b) / safe, along)
        step_c = np.where(concave, (terms.bc * terms.b - terms.bb * terms.c) / safe, np.sign(terms.c) * 0.1)
    shrink = np.minimum(1.0, np.where(step_b < 0, 0.8 * slope / np.maximum(-step_b, _TINY), 1.0))
    return step_b * shrink, step_c * shrink


def _searched(
    samples: Samples,
    family: Family,
    away: Floats,
    start: tuple[Floats, Floats],
    steps: tuple[Floats, Floats],
    terms: _Terms,
) -> tuple[Floats, Floats, _Terms]:
    """Take as much of each step as does not lower the likelihood; a row that nothing raises stays where it is."""
    part = np.ones(len(steps[0]))
    for number in range(_HALVINGS + 1):
        moved = [one + part * step for one, step in zip(start, steps, strict=True)]
        found = _terms(samples, family, away, moved[0], moved[1])
        worse = ~(found.value >= terms.value - _ROUNDING * np.abs(terms.value))
        if not worse.any():
            break
        part = np.where(worse, part / 2 if number < _HALVINGS - 1 else 0.0, part)
    return moved[0], moved[1], found


def _terms(samples: Samples, family: Family, away: Floats, slope: Floats, offset: Floats) -> _Terms:
    x = samples.lower - away
    errors = np.clip(slope[:, None] * x + offset[:, None], _LOW, _HIGH)
    value, first, second = _of_subjects(family, errors, samples.ended)
    if samples.between.any():
        return _with_intervals(samples, family, away, slope, offset)
    sums = [value.sum(axis=1), (first * x).sum(axis=1), first.sum(axis=1)]
    sums += [(second * x * x).sum(axis=1), (second * x).sum(axis=1), second.sum(axis=1)]
    return _completed(samples, family, away, slope, offset, sums)


def _of_subjects(family: Family, errors: Floats, ended: Mask) -> tuple[Floats, Floats, Floats]:
    """Return the logarithm of density or survivor function of each error, and its first two derivatives."""
    survivor, density, slope = family.log_survivor(errors), family.log_density(errors), family.density_slope(errors)
    hazard = np.exp(density - survivor)
    return (
        np.where(ended, density, survivor),
        np.where(ended, slope, -hazard),
        np.where(ended, family.density_curvature(errors), -hazard * (hazard + slope)),
    )


def _completed(
    samples: Samples, family: Family, away: Floats, slope: Floats, offset: Floats, sums: list[Floats]
) -> _Terms:
    """Add what the scale of known ends contributes, and take late entry off."""
    count = samples.end_count
    sums[0], sums[1], sums[3] = sums[0] + count * np.log(slope), sums[1] + count / slope, sums[3] - count / slope**2
    if samples.late:
        x = samples.entry - away
        errors = np.clip(slope[:, None] * x + offset[:, None], _LOW, _HIGH)
        value, first, second = _of_subjects(family, errors, np.zeros(x.shape, dtype=bool))
        parts = (value, first * x, first, second * x * x, second * x, second)
        sums = [one - part.sum(axis=1) for one, part in zip(sums, parts, strict=True)]
    return _Terms(*sums)


def _with_intervals(samples: Samples, family: Family, away: Floats, slope: Floats, offset: Floats) -> _Terms:
    """Return the terms where some lives ended between two looks."""
    x, y = samples.lower - away, np.where(samples.between, samples.upper, samples.lower) - away
    low, high = (np.clip(slope[:, None] * one + offset[:, None], _LOW, _HIGH) for one in (x, y))
    value, first, second = _of_subjects(family, low, samples.ended)
    start = family.log_survivor(low)
    gap = np.where(samples.between, family.log_survivor(high) - start, -1.0)
    probability = start + np.log(np.maximum(-np.expm1(gap), _TINY))
    at_low, at_high = (np.exp(np.minimum(family.log_density(one) - probability, 600.0)) for one in (low, high))
    bends = at_low * family.density_slope(low), at_high * family.density_slope(high)
    chosen = samples.between

    def summed(plain: Floats, interval: Floats) -> Floats:
        return np.asarray(np.where(chosen, interval, plain).sum(axis=1))

    change_b, change_c = at_high * y - at_low * x, at_high - at_low
    sums = [
        summed(value, probability),
        summed(first * x, change_b),
        summed(first, change_c),
        summed(second * x * x, bends[1] * y * y - bends[0] * x * x - change_b**2),
        summed(second * x, bends[1] * y - bends[0] * x - change_b * change_c),
        summed(second, bends[1] - bends[0] - change_c**2),
    ]
    return _completed(samples, family, away, slope, offset, sums)
