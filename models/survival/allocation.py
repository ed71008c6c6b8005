"""Which cells should run on, and for how many cycles, so that a given number of cycles teaches most?

An action runs one cell until its loss passes a level. What it would teach follows from the belief without running it:
the covariance of the designs' lives shrinks by a known amount, and the probability that two designs are then believed
to be in the wrong order has a closed form. The action that is expected to lower the loss most for each cycle is taken,
the belief is updated as if it had been run, its means kept, and so on until the cycles are shared out. What is really
seen is for the next round.

Chen, Lin, Yucesan and Chick 2000, doi 10.1023/A:1008349927281, shares simulations out between designs of which each
run is complete; Owen 1956, doi 10.1214/aoms/1177728074, has the function T.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ragone.models.survival.lifetimes import Floats
from ragone.models.survival.passage_process import Belief, PassageProcess
from ragone.models.survival.passages import LEAST_LEVEL, Passages

_AHEAD = np.array([0.1, 0.3, 0.6, 1.0])  # of the way from the present level to the end of life, on its logarithm
_LEAST_GAIN = 1e-4  # share of the loss that an action lowers at least
_READING = 0.02**2  # variance of a logarithm of a cycle that will be read off


class Aim(StrEnum):
    """What is to be known as surely as the cycles allow."""

    BEST = "which design lives longest"
    RANKING = "the order of the designs by their median life"
    MEDIAN = "the median life of each design"


@dataclass(frozen=True)
class CycleShare:
    """Cycles for one cell, the level of loss it is expected to reach by them, and what the loss of the aim becomes."""

    cell: int
    cycles: int
    level: float
    loss_before: float
    loss_after: float


def misordering(means: Floats, covariance: Floats) -> Floats:
    """Probability that each pair of designs is in the other order than their means; shape (g, g), its diagonal 0."""
    from scipy.special import ndtr

    variances = np.diag(covariance)
    spread = np.sqrt(np.maximum(variances[:, None] + variances[None, :] - 2 * covariance, 1e-18))
    wrong = ndtr(-np.abs(means[:, None] - means[None, :]) / spread)
    np.fill_diagonal(wrong, 0.0)
    return np.asarray(wrong)


def loss_of(aim: Aim, means: Floats, covariance: Floats) -> float:
    """Return what is to be made small: a bound of the probability that the best design is another one, the share of
    pairs in the wrong order, or the standard uncertainty of the logarithm of a median life, averaged over designs.
    """
    if aim is Aim.MEDIAN:
        return float(np.sqrt(np.diag(covariance)).mean())
    wrong = misordering(means, covariance)
    if aim is Aim.BEST:
        return float(wrong[int(np.argmax(means))].sum())
    return float(wrong.sum() / max(1, wrong.size - len(wrong)))


def share_out(
    process: PassageProcess, passages: Sequence[Passages], *, can_run: Sequence[bool], cycles: int, block: int, aim: Aim
) -> Iterator[CycleShare]:
    """Yield shares of cycles for cells, each the most useful one after those before it; none that teaches nothing.

    Parameters
    ----------
    process
        The belief, its variances fitted.
    passages
        Of each cell.
    can_run
        Whether each cell can be run on; one that died cannot.
    cycles
        To spend; a share that would take more is not among those looked at.
    block
        Shares are whole numbers of blocks.
    aim
        What is to be known.
    """
    done = np.array([one.last_cycle for one in passages])
    reached = np.array([max(one.reached, LEAST_LEVEL) for one in passages])
    running = np.array([able and not one.died for able, one in zip(can_run, passages, strict=True)])
    means = process.belief().lives_of_designs()[0]
    expected = process.belief()
    left = cycles
    while left >= block and running.any():
        belief = process.belief()
        levels = np.exp(np.log(reached)[:, None] * (1 - _AHEAD[None, :]))
        costs = _costs(expected, levels, done, block, left)
        before, after = _losses(aim, belief, means, levels)
        useful = running[:, None] & np.isfinite(costs) & (before - after > _LEAST_GAIN * before)
        if not useful.any():
            return
        gains = np.where(useful, (before - after) / costs, -np.inf)
        cell, ahead = np.unravel_index(int(np.argmax(gains)), gains.shape)
        spent = int(costs[cell, ahead])
        yield CycleShare(int(cell), spent, float(levels[cell, ahead]), before, float(after[cell, ahead]))
        left -= spent
        done[cell] += spent
        reached[cell], running[cell] = levels[cell, ahead], levels[cell, ahead] < 1.0
        process = process.having_passed(int(cell), float(levels[cell, ahead]), _READING)


def _costs(belief: Belief, levels: Floats, done: Floats, block: int, most: float) -> Floats:
    """Cycles, in whole blocks, that each action is expected to take; infinite where it is beyond the most."""
    logs, _ = belief.passages_of_cells(levels)
    cycles = np.exp(np.minimum(logs, 20.0)) - done[:, None]
    blocks = np.maximum(1.0, np.ceil(cycles / block)) * block
    return np.where(blocks <= max(block, most), blocks, np.inf)


def _losses(aim: Aim, belief: Belief, means: Floats, levels: Floats) -> tuple[float, Floats]:
    """The present loss, and that expected after each action; shape (n, levels)."""
    covariance = belief.lives_of_designs()[1]
    variances = belief.passages_of_cells(levels)[1] + _READING
    scaled = belief.covariances_with_designs(levels) / np.sqrt(variances)[:, :, None]
    before = loss_of(aim, means, covariance)
    if aim is Aim.MEDIAN:
        left = np.sqrt(np.maximum(np.diag(covariance) - scaled**2, 0.0))
        return before, np.asarray(left.mean(axis=-1))
    present = misordering(means, covariance)
    gained = present[belief.design][:, None, :] - _misordering_after(belief, means, covariance, scaled)
    if aim is Aim.BEST:
        best = int(np.argmax(means))
        of_best = (belief.design == best)[:, None]
        return before, before - np.where(of_best, gained.sum(axis=-1), gained[:, :, best])
    count = len(means)
    return before, before - 2 * gained.sum(axis=-1) / max(1, count * (count - 1))


def _misordering_after(belief: Belief, means: Floats, covariance: Floats, scaled: Floats) -> Floats:
    """Probability that each action leaves the cell's design in the wrong order with another; shape (n, levels, g).

    A difference of mean d and standard deviation s is wrongly ordered by a mean that correlates with it by r with
    probability ``2 T(d / s, sqrt(1 - r^2) / r)``.
    """
    from scipy.special import owens_t

    own, variances = belief.design, np.diag(covariance)
    spread = np.sqrt(np.maximum(variances[own][:, None] + variances - 2 * covariance[own], 1e-18))
    moved = np.abs(np.take_along_axis(scaled, own[:, None, None], axis=2) - scaled)
    correlation = np.clip(moved / spread[:, None, :], 1e-9, 1.0)
    apart = np.abs(means[own][:, None] - means) / spread
    wrong = 2 * owens_t(apart[:, None, :], np.sqrt(1 - correlation**2) / correlation)
    np.put_along_axis(wrong, own[:, None, None], 0.0, axis=2)
    return np.asarray(wrong)
