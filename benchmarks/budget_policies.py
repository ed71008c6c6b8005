"""Ways to spend cycles on the cells of a population: equal shares, successive halving, and the allocation of Ragone.

All of them judge by the same belief, `PassageProcess`, from what they have run, so that only the spending differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.synthetic_fades import Floats, Population
from ragone.models.survival.allocation import Aim, share_out
from ragone.models.survival.equal_shares import common_cycle
from ragone.models.survival.passage_process import PassageProcess
from ragone.models.survival.passages import Passages, find_passages

_BLOCK, _ROUNDS = 50, 40


@dataclass
class Bench:
    """Cells on their channels: what each has done so far, and the belief that follows."""

    population: Population
    done: Floats
    passages: list[Passages]
    process: PassageProcess

    @classmethod
    def of(cls, population: Population) -> Bench:
        """All cells new."""
        passages = [Passages.none_yet() for _ in population.losses]
        process = PassageProcess.of(passages, population.design)
        return cls(population, np.zeros(len(passages)), passages, process)

    @property
    def ends(self) -> Floats:
        """Cycles after which each cell is dead."""
        return np.array([float(len(losses)) for losses in self.population.losses])

    def run(self, cell: int, until: float) -> float:
        """Run a cell up to a cycle or its end; cycles spent."""
        until = min(max(until, self.done[cell]), self.ends[cell])
        spent = until - self.done[cell]
        if spent >= 1:
            self.done[cell] = until
            found = find_passages(*self.population.seen(cell, until))
            self.passages[cell] = replace(found, died=found.died or until >= self.ends[cell])
        return float(spent)

    def learn(self, steps: int) -> None:
        """Fit the belief to what was seen."""
        begun = PassageProcess.of(self.passages, self.population.design, like=self.process)
        self.process = begun.fitted(steps)


Policy = Callable[[Population, Floats], Iterator[Bench]]


def spend_equally(population: Population, shares: Floats) -> Iterator[Bench]:
    """Bring all cells to one cycle; what the dead do not need is left to the others."""
    bench = Bench.of(population)
    for share in shares:
        until = common_cycle(np.zeros(len(bench.ends)), bench.ends, share * bench.ends.sum())
        for cell in range(len(bench.ends)):
            bench.run(cell, np.floor(until))
        bench.learn(20)
        yield bench


def halve_successively(population: Population, shares: Floats) -> Iterator[Bench]:
    """Spend a fifth of the cycles on all designs, a fifth on the better half, and so on; for each budget anew.

    Jamieson and Talwalkar 2016, arXiv:1502.07943.
    """
    for share in shares:
        bench = Bench.of(population)
        rungs = int(np.ceil(np.log2(population.design.max() + 1)))
        kept = np.arange(population.design.max() + 1)
        for _ in range(rungs):
            cells = np.flatnonzero(np.isin(population.design, kept))
            cycles = share * bench.ends.sum() / rungs
            until = common_cycle(bench.done[cells], bench.ends[cells], cycles)
            for cell in cells.tolist():
                bench.run(cell, np.floor(until))
            bench.learn(20)
            means = bench.process.belief().lives_of_designs()[0]
            kept = kept[np.argsort(-means[kept])][: max(1, len(kept) // 2)]
        yield bench


def spend_by_gain(aim: Aim) -> Policy:
    """The policy that runs what teaches most, for an aim."""

    def spend(population: Population, shares: Floats) -> Iterator[Bench]:
        bench = Bench.of(population)
        total, spent = bench.ends.sum(), 0.0
        for share in shares:
            while spent < share * total - _BLOCK:
                round_ends = min(share * total, spent + total / _ROUNDS)
                bench.learn(8)
                went = _round(bench, aim, total - spent, round_ends - spent)
                spent += went
                if not went:
                    break  # nothing teaches anything any more: the rest is saved
            bench.learn(8)
            yield bench

    return spend


def _round(bench: Bench, aim: Aim, left: float, cycles: float) -> float:
    """Spend some cycles as shared out at this state of the belief; cycles spent."""
    able, spent = [True] * len(bench.passages), 0.0
    budget = int(max(left, 10 * _BLOCK))
    for share in share_out(bench.process, bench.passages, can_run=able, cycles=budget, block=_BLOCK, aim=aim):
        further = min(share.cycles, max(_BLOCK, cycles - spent))
        spent += bench.run(share.cell, bench.done[share.cell] + further)
        if spent >= cycles:
            break
    return spent
