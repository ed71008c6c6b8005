"""When will running cells die, and how long do the designs live that they are made of, as far as is known now?

The logarithm of the cycle at which a cell's loss passes a level is a curve over the logarithm of that level: what all
cells share, what its design adds, and what the cell adds, each an intercept, a slope, and a random walk that stands for
knees. A power law is a straight line in these coordinates. All of it is Gaussian, so that the belief in lives, the
covariance between designs, and what another stretch of cycles would teach, follow exactly from the variances; these are
fitted to all cells by expectation maximisation with priors. A cell that stands still says nothing of its future beyond
the curve; that passages only increase is not enforced.

Swersky, Snoek and Adams 2014 (arXiv:1406.3896) believe in learning curves that are frozen and thawed in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.lifetimes import Floats
from ragone.models.survival.passages import LEAST_LEVEL, Passages

Whole = NDArray[np.int64]

_LAST = float(-np.log(LEAST_LEVEL))
_KNOTS = np.linspace(0.0, _LAST, 11)
_STEP = float(_KNOTS[1])
_TERMS = 2 + len(_KNOTS) - 1
_COMMON_MEAN = np.array([np.log(100.0), 1.0] + [0.0] * (_TERMS - 2))  # linear fade; a walk allows for knees
_COMMON_VARIANCES = np.array([25.0, 0.5] + [0.15 * _STEP] * (_TERMS - 2))
_PRIOR_WEIGHT = 6.0  # designs or cells that the prior of a covariance is worth
_PRIOR_DESIGN = np.diag([0.1, 0.02] + [0.02 * _STEP] * (_TERMS - 2))
_PRIOR_CELL = np.diag([0.02, 0.005] + [0.005 * _STEP] * (_TERMS - 2))


def terms_at(levels: Floats | Sequence[float]) -> Floats:
    """Values of all terms of a curve at levels; shape (levels, terms)."""
    axis = np.log(np.maximum(np.asarray(levels, dtype=np.float64), LEAST_LEVEL) / LEAST_LEVEL)
    walk = np.clip((axis[:, None] - _KNOTS[None, :-1]) / _STEP, 0.0, 1.0)
    return np.concatenate([np.ones((len(axis), 1)), axis[:, None], walk], axis=1)


_AT_DEATH = terms_at([1.0])[0]


@dataclass(frozen=True)
class PassageProcess:
    """The belief in the curves of n cells of g designs, given what they passed.

    Parameters
    ----------
    design
        The number of each cell's design, shape (n,), from 0 without a gap.
    precision, weighed
        What each cell passed, as precisions (n, terms, terms) and weighed logarithms (n, terms).
    of_designs, of_cells
        Covariances of the terms of a curve, of what designs and cells add; shape (terms, terms).
    """

    design: Whole
    precision: Floats
    weighed: Floats
    of_designs: Floats = field(default_factory=_PRIOR_DESIGN.copy)
    of_cells: Floats = field(default_factory=_PRIOR_CELL.copy)

    @classmethod
    def of(cls, passages: Sequence[Passages], design: Whole, *, like: PassageProcess | None = None) -> PassageProcess:
        """The belief after passages, with the variances of a former belief if one is given."""
        precision, weighed = np.zeros((len(passages), _TERMS, _TERMS)), np.zeros((len(passages), _TERMS))
        for number, one in enumerate(passages):
            terms = terms_at(one.levels)
            scaled = terms / one.variances[:, None]
            precision[number], weighed[number] = scaled.T @ terms, scaled.T @ one.log_cycles
        begun = cls(design, precision, weighed)
        return begun if like is None else replace(begun, of_designs=like.of_designs, of_cells=like.of_cells)

    def fitted(self, steps: int = 30) -> PassageProcess:
        """The process with variances that explain the passages, by steps of expectation maximisation."""
        found = self
        for _ in range(steps):
            found = found._better()
        return found

    def _better(self) -> PassageProcess:
        belief = self.belief()
        gain, shift = belief.design_gain - np.eye(_TERMS), belief.design_mean - belief.common_mean
        spread = belief.design_inner + gain @ belief.common_covariance @ gain.swapaxes(1, 2)
        of_designs = _most_probable(shift, spread, _PRIOR_DESIGN)
        gain, shift = belief.cell_gain - np.eye(_TERMS), belief.cell_mean - belief.design_mean[self.design]
        spread = belief.cell_inner + gain @ belief.design_covariance[self.design] @ gain.swapaxes(1, 2)
        return replace(self, of_designs=of_designs, of_cells=_most_probable(shift, spread, _PRIOR_CELL))

    def belief(self) -> Belief:
        """Means and covariances of the curves of all cells, their designs, and what these share."""
        across, within = np.linalg.inv(self.of_designs), np.linalg.inv(self.of_cells)
        cell_inner = np.linalg.inv(self.precision + within)
        carried = self.precision @ cell_inner
        told, heard = (
            self.precision - carried @ self.precision,
            self.weighed - np.einsum("nij,nj->ni", carried, self.weighed),
        )
        count = int(self.design.max()) + 1
        of_design, heard_design = np.zeros((count, _TERMS, _TERMS)), np.zeros((count, _TERMS))
        np.add.at(of_design, self.design, told)
        np.add.at(heard_design, self.design, heard)
        design_inner = np.linalg.inv(of_design + across)
        kept = of_design @ design_inner
        prior = np.diag(1 / _COMMON_VARIANCES)
        covariance = np.linalg.inv(prior + (of_design - kept @ of_design).sum(axis=0))
        mean = covariance @ (
            prior @ _COMMON_MEAN + (heard_design - np.einsum("gij,gj->gi", kept, heard_design)).sum(axis=0)
        )
        design_gain = design_inner @ across
        design_mean = np.einsum("gij,gj->gi", design_inner, heard_design) + design_gain @ mean
        cell_gain = cell_inner @ within
        cell_mean = np.einsum("nij,nj->ni", cell_inner, self.weighed) + np.einsum(
            "nij,nj->ni", cell_gain, design_mean[self.design]
        )
        return Belief(
            self.design, mean, covariance, design_inner, design_gain, design_mean, cell_inner, cell_gain, cell_mean
        )

    def having_passed(self, cell: int, level: float, variance: float) -> PassageProcess:
        """The process as if a cell had passed a level where it is believed to; means are not meant to be read."""
        terms = terms_at([level])[0]
        precision = self.precision.copy()
        precision[cell] += np.outer(terms, terms) / variance
        return replace(self, precision=precision)


@dataclass(frozen=True)
class Belief:
    """Gaussian beliefs in curves: what is left if the level above is known (`inner`), how it follows that (`gain`)."""

    design: Whole
    common_mean: Floats
    common_covariance: Floats
    design_inner: Floats
    design_gain: Floats
    design_mean: Floats
    cell_inner: Floats
    cell_gain: Floats
    cell_mean: Floats

    @property
    def design_covariance(self) -> Floats:
        """Covariance of the terms of each design; shape (g, terms, terms)."""
        return self.design_inner + self.design_gain @ self.common_covariance @ self.design_gain.swapaxes(1, 2)

    def lives_of_designs(self) -> tuple[Floats, Floats]:
        """Mean (g,) and covariance (g, g) of the logarithm of each design's median life in cycles."""
        pulled = self.design_gain.swapaxes(1, 2) @ _AT_DEATH
        own = np.einsum("i,gij,j->g", _AT_DEATH, self.design_inner, _AT_DEATH)
        return self.design_mean @ _AT_DEATH, pulled @ self.common_covariance @ pulled.T + np.diag(own)

    def passages_of_cells(self, levels: Floats) -> tuple[Floats, Floats]:
        """Mean and variance of the logarithm of the cycle at which each cell passes its level; shape (n, levels).

        Parameters
        ----------
        levels
            Of each cell, shape (n, levels).
        """
        terms = terms_at(levels.ravel()).reshape(*levels.shape, _TERMS)
        around = self.design_covariance[self.design]
        covariance = self.cell_inner + self.cell_gain @ around @ self.cell_gain.swapaxes(1, 2)
        means = np.einsum("nlt,nt->nl", terms, self.cell_mean)
        return means, np.einsum("nlt,nts,nls->nl", terms, covariance, terms)

    def covariances_with_designs(self, levels: Floats) -> Floats:
        """Covariance of a cell's passage of a level with the life of every design; shape (n, levels, g)."""
        terms = terms_at(levels.ravel()).reshape(*levels.shape, _TERMS)
        followed = np.einsum("nlt,nts->nls", terms, self.cell_gain)  # along the terms of the cell's own design
        pulled = self.design_gain.swapaxes(1, 2) @ _AT_DEATH
        shared = np.einsum("nls,nst->nlt", followed, self.design_gain[self.design]) @ self.common_covariance @ pulled.T
        own = np.einsum("nls,nst,t->nl", followed, self.design_inner[self.design], _AT_DEATH)
        shared[np.arange(len(self.design)), :, self.design] += own
        return np.asarray(shared)


def _most_probable(means: Floats, covariances: Floats, prior: Floats) -> Floats:
    """The most probable covariance of terms, given beliefs in them (count, terms) and a prior."""
    squares = np.einsum("ni,nj->ij", means, means) + covariances.sum(axis=0)
    return np.asarray((squares + _PRIOR_WEIGHT * prior) / (len(means) + _PRIOR_WEIGHT))
