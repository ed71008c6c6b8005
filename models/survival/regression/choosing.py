"""Which covariates predict lives that were not fitted? Forward selection by cross-validated likelihood.

Whole groups are left out, such as all cells of one charging policy: a term that only tells policies apart does not help
then. Terms are added while the likelihood of the lives left out increases; censored lives count with what is known of
them. The figures of a model that was chosen this way are those of lives outside of all this: choose again within
each training fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.regression.accelerated import fit_accelerated
from ragone.models.survival.regression.terms import covariate_of


@dataclass(frozen=True)
class Chosen:
    """Terms and family with the largest likelihood of lives left out, and all that was tried with its likelihood."""

    family: str
    terms: tuple[str, ...]
    score: float
    tried: tuple[tuple[str, tuple[str, ...], float], ...]


def folds_of(groups: NDArray[Any], count: int, seed: int = 0) -> NDArray[np.int64]:
    """Return a fold for each subject, at random, so that no group is in two; shape (n,)."""
    names, codes = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    return np.asarray(order % min(count, len(names)), dtype=np.int64)[codes]


def choose_terms(
    lives: Lifetimes,
    candidates: Sequence[str],
    groups: NDArray[Any],
    *,
    families: Sequence[str] = ("weibull", "log-normal", "log-logistic"),
    always: Sequence[str] = (),
    most: int = 3,
    folds: int = 5,
) -> Chosen:
    """Choose family and terms of an accelerated-failure-time model.

    Parameters
    ----------
    lives
        With the covariates as columns.
    candidates
        Terms that may be added.
    groups
        Shape (n,). Subjects with the same entry are left out together.
    families
        Distributions to choose from, with the first term.
    always
        Terms that every model has.
    most
        Terms that are added at most.
    folds
        Into which the groups are parted.
    """
    parts = folds_of(groups, folds)
    tried: list[tuple[str, tuple[str, ...], float]] = []

    def score(family: str, terms: tuple[str, ...]) -> tuple[str, tuple[str, ...], float]:
        tried.append((family, terms, _held_out(lives, parts, family, terms)))
        return tried[-1]

    best = max((score(family, tuple(always)) for family in families), key=lambda one: one[2])
    for _ in range(most):
        family, terms, before = best
        rest = [term for term in candidates if covariate_of(term) not in map(covariate_of, terms)]
        options = families if terms == tuple(always) else (family,)
        nexts = [score(one, (*terms, term)) for one in options for term in rest]
        if not nexts or max(one[2] for one in nexts) <= before:
            break
        best = max(nexts, key=lambda one: one[2])
    return Chosen(*best, tuple(tried))


def _held_out(lives: Lifetimes, parts: NDArray[np.int64], family: str, terms: tuple[str, ...]) -> float:
    """Logarithmic likelihood of all lives, each by a fit without its fold; minus infinity if one cannot be fitted."""
    total = 0.0
    for part in np.unique(parts):
        out = parts == part
        try:
            total += fit_accelerated(lives.among(~out), family, terms).log_likelihood_of(lives.among(out))
        except LifetimesError:
            return -np.inf
    return total
