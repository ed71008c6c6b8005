"""Which of the cells that still run should be run on, and for how many cycles? Their fades decide, dead or not.

Stopping by what was seen does no harm to a belief that takes all into account that was seen. It does to an estimate
from the lives alone: a cell that was stopped because it faded slowly or fast is not censored at random.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ragone.models.survival.allocation import Aim, CycleShare, loss_of, share_out
from ragone.models.survival.equal_shares import equal_shares
from ragone.models.survival.lifetimes import Floats
from ragone.models.survival.passage_process import Belief, PassageProcess
from ragone.models.survival.passages import Passages, passages_of
from ragone.schemas import CapacityFade, CycleAllocation, FadeOutcome, stage
from ragone.schemas.errors import StageError

_WIDE = 1.959964  # standard deviations on both sides of a mean that hold 95 %
_DRAWS = 4096
_CANNOT = (FadeOutcome.INFEASIBLE, FadeOutcome.SOLVER_FAILED, FadeOutcome.NOT_CONDUCTING, FadeOutcome.NOT_BUILT)
_MEANINGS = {
    Aim.BEST: "sum, over the other designs, of the probability that each lives longer than the one believed best",
    Aim.RANKING: "expected share of pairs of designs that are believed in the wrong order",
    Aim.MEDIAN: "standard uncertainty of the logarithm of a design's median life, averaged over designs",
}
_METHOD = (
    "Gaussian belief in the logarithm of the cycle at which a loss is passed, with parts of all cells, of a design and "
    "of a cell; the share that lowers the expected doubt most for each cycle, one after another"
)
_REFERENCE = "Swersky et al. 2014, arXiv:1406.3896; Chen et al. 2000, doi 10.1023/A:1008349927281"


@dataclass(frozen=True)
class _Cells:
    """The cells in order: those of the fades, and those that could be started."""

    names: tuple[str, ...]
    fade_ids: tuple[str, ...]
    designs: tuple[str, ...]
    passages: tuple[Passages, ...]
    hindered: tuple[str, ...]


@stage("survival.allocate_cycles", libraries=("scipy", "numpy"), informed_by=("fades",))
def allocate_cycles(
    fades: tuple[CapacityFade, ...],
    *,
    designs: tuple[str, ...],
    cycles: int,
    block: int = 25,
    aim: Literal["best", "ranking", "median"] = "ranking",
    capacity_share: float = 0.8,
    new_cells: int = 0,
) -> CycleAllocation:
    """Share cycles out between cells that run, so that lives of designs are known as well as possible.

    Parameters
    ----------
    fades
        One of each cell, from its first cycle on.
    designs
        Name of each cell's design.
    cycles
        To spend.
    block
        Cycles are given in whole numbers of this.
    aim
        What is to be known: which design lives longest, their order, or the median life of each.
    capacity_share
        Share of the first capacity at which a life ends [-].
    new_cells
        Cells of each design that could be started besides.

    Returns
    -------
    CycleAllocation
        Nothing is added to a cell whose life has ended, that cannot be run on, or that would teach too little.

    Raises
    ------
    StageError
        If there are not as many designs as fades, a fade does not begin with its first cycle, a cell is given twice,
        or a number is out of bounds.
    """
    _require(fades, designs, cycles, block, capacity_share, new_cells)
    wanted, cells = Aim[aim.upper()], _cells(fades, designs, capacity_share, new_cells)
    names = tuple(sorted(set(cells.designs)))
    process = PassageProcess.of(cells.passages, np.array([names.index(name) for name in cells.designs])).fitted()
    can_run = [not why for why in cells.hindered]
    shares = list(share_out(process, cells.passages, can_run=can_run, cycles=cycles, block=block, aim=wanted))
    added, levels = _added(cells, shares)
    belief = process.belief()
    lives, variances = _lives_of_cells(belief, cells.passages)
    means, covariance = belief.lives_of_designs()
    equal = equal_shares(process, cells.passages, can_run=can_run, cycles=cycles)
    now = loss_of(wanted, means, covariance)
    return CycleAllocation(
        aim=str(wanted),
        capacity_share=capacity_share,
        cycle_budget=cycles,
        block=block,
        fade_ids=cells.fade_ids,
        cell_names=cells.names,
        cell_designs=cells.designs,
        cycles_done=np.array([one.last_cycle for one in cells.passages], dtype=np.int64),
        cycles_added=added,
        loss_now=np.array([one.reached for one in cells.passages]),
        loss_expected=levels,
        reasons=tuple(_reason(number, cells, shares) for number in range(len(cells.names))),
        **_interval("life", lives, np.sqrt(variances)),
        design_names=names,
        **_interval("design", means, np.sqrt(np.diag(covariance))),
        probability_best=_probability_best(means, covariance),
        doubt_meaning=_MEANINGS[wanted],
        doubt_now=now,
        doubt_expected=shares[-1].loss_after if shares else now,
        doubt_equal_shares=loss_of(wanted, means, equal.belief().lives_of_designs()[1]),
        method=_METHOD,
        reference=_REFERENCE,
    )


def _lives_of_cells(belief: Belief, passages: Sequence[Passages]) -> tuple[Floats, Floats]:
    """Mean and variance of the logarithm of each cell's life: as it was seen of the dead, as it is believed of others.

    Between its knots a belief is straight, so that it need not pass where a bent fade was seen to end.
    """
    means, variances = belief.passages_of_cells(np.ones((len(passages), 1)))
    died = np.array([one.died for one in passages])
    seen = [(one.log_cycles[-1], one.variances[-1]) if one.died else (0.0, 0.0) for one in passages]
    ends, errors = np.array(seen).T
    return np.where(died, ends, means[:, 0]), np.where(died, errors, variances[:, 0])


def _require(
    fades: Sequence[CapacityFade], designs: Sequence[str], cycles: int, block: int, share: float, new_cells: int
) -> None:
    if len(designs) != len(fades) or not fades:
        raise StageError(f"{len(fades)} fades and {len(designs)} names of designs: give one name for each fade.")
    if cycles < 1 or block < 1 or new_cells < 0:
        raise StageError(f"cycles = {cycles} and block = {block} must be 1 or more, new_cells = {new_cells} 0 or more.")
    if not 0 < share < 1:
        raise StageError(f"capacity_share = {share:g} [-] is outside (0, 1). It is a share of the first capacity.")
    twice = [name for name, count in Counter(fade.id for fade in fades).items() if count > 1]
    if twice:
        raise StageError(f"fade {twice[0]} is given twice. Give each cell once.")
    for fade in fades:
        if len(fade.cycle_count) and fade.cycle_count[0] != 1:
            raise StageError(
                f"the fade of {fade.cell_name!r} begins with cycle {fade.cycle_count[0]}, so that its first capacity "
                "is not known. Give the fade that joins its segments."
            )


def _cells(fades: Sequence[CapacityFade], designs: Sequence[str], share: float, new_cells: int) -> _Cells:
    started = [(fade.cell_name, fade.id, design) for fade, design in zip(fades, designs, strict=True)]
    fresh = [(f"new {number + 1} of {name}", "", name) for name in sorted(set(designs)) for number in range(new_cells)]
    names, ids, groups = zip(*started, *fresh, strict=True)
    passages = tuple(passages_of(fade, capacity_share=share) for fade in fades)
    hindered = tuple(_hindrance(fade, one) for fade, one in zip(fades, passages, strict=True))
    return _Cells(names, ids, groups, passages + (Passages.none_yet(),) * len(fresh), hindered + ("",) * len(fresh))


def _hindrance(fade: CapacityFade, passages: Passages) -> str:
    """The reason for which a cell cannot be run on; empty if it can."""
    if passages.died:
        return "its life has ended"
    return f"it cannot be run on: {fade.outcome}" if fade.outcome in _CANNOT else ""


def _added(cells: _Cells, shares: Sequence[CycleShare]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Floats]:
    """Cycles added to each cell, and the level that it is expected to reach."""
    added = np.zeros(len(cells.names), dtype=np.int64)
    levels = np.array([one.reached for one in cells.passages])
    for share in shares:
        added[share.cell] += share.cycles
        levels[share.cell] = share.level
    return added, levels


def _reason(number: int, cells: _Cells, shares: Sequence[CycleShare]) -> str:
    own = [share for share in shares if share.cell == number]
    if cells.hindered[number]:
        return cells.hindered[number]
    if not own:
        return "other cells teach more for each cycle"
    lowered = sum(share.loss_before - share.loss_after for share in own) / max(shares[0].loss_before, 1e-12)
    until = "to its end" if own[-1].level >= 1 else f"until {own[-1].level:.0%} of the loss that ends its life"
    return f"runs {until}; lowers the doubt by {lowered:.0%} of what it is now"


def _interval(name: str, means: Floats, deviations: Floats) -> dict[str, Floats]:
    return {
        f"{name}_{end}": np.exp(np.minimum(means + sign * _WIDE * deviations, 50.0))
        for end, sign in (("low", -1), ("median", 0), ("high", 1))
    }


def _probability_best(means: Floats, covariance: Floats) -> Floats:
    """Share of draws of all lives in which each design's is the longest."""
    values, vectors = np.linalg.eigh(covariance)
    normal = np.random.default_rng(0).standard_normal((_DRAWS, len(means)))
    draws = means + (normal * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return np.asarray(np.bincount(draws.argmax(axis=1), minlength=len(means)) / _DRAWS)
