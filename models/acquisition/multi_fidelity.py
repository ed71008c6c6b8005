"""Which designs are most worth evaluating next, and how thoroughly each? Design and fidelity by gain per cost.

The gain of an evaluation at the target is its log expected improvement there, as of `feasible_improvement`; that of a
cheaper one the same, times the correlation of what it would give with the response at the target, as it is after all
that was evaluated so far: where a cheap evaluation has said what it can, only its bias is left, and the correlation is
small. A cheap one is to improve on what is believed of all designs, one at the target on those that were
evaluated there. Cheap evaluations are left out altogether where values at the
target, each left out in turn, are expected better without them, and where a KPI is censored.

The result is repeatable to the last bit on one machine: float64, one thread, seeded restarts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ragone.models.acquisition.ascent import ascend_by_trial
from ragone.models.acquisition.belief import LEAST_MEASURED
from ragone.models.acquisition.changed_space import ChangedSpace
from ragone.models.acquisition.feasible_improvement import suggest_by_feasible_improvement
from ragone.models.acquisition.fidelities import TARGET, Fidelities, Tried
from ragone.models.acquisition.fidelity_gain import Gain, gain_of
from ragone.models.acquisition.sobol import distinct, even_points
from ragone.models.acquisition.space import Floats, UnitCube
from ragone.models.goals import goals_of
from ragone.models.surrogate import repeatable
from ragone.schemas import Candidate, Kpi, stage

_AT_TARGET = 4  # at the start, one evaluation of so many is at the target


@stage(
    "acquisition.multi_fidelity",
    libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy"),
    informed_by=("candidates", "kpis", "failed", "pending"),
)
def suggest_by_multi_fidelity(
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    failed: tuple[Candidate, ...] = (),
    pending: tuple[Candidate, ...] = (),
    *,
    space: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    fidelities: Sequence[Mapping[str, Any]] = (),
    budget: float | None = None,
    earlier: Mapping[str, Any] | None = None,
    count: int,
    seed: int,
) -> Mapping[str, Candidate]:
    """The designs, each at a fidelity, with the largest gain per cost.

    At the start the first points of a Sobol sequence: three quarters of the evaluations at the cheaper fidelities in
    turn, the others at the target, of designs that are evaluated cheaply, too. As `acquisition.feasible_improvement`
    as long as two candidates have not been measured at the target, where no cheaper fidelity can be afforded, and
    where the cheaper ones mislead.

    Parameters
    ----------
    candidates, kpis, failed, pending, space, goals, earlier, count, seed
        As `acquisition.feasible_improvement` takes them; what the space says of the paths of fidelities is not used,
        and candidates of a fidelity that is not given are passed over.
    fidelities
        ``{"values": {path: value}, "cost": ...}`` each, the one at which the answer is wanted first; costs in any one
        unit; none for the target alone. A candidate that does not name a path has its value at the target.
    budget
        What is left to spend, in the unit of the costs; null for no end. After a cheaper evaluation one at the target
        can still be paid.

    Returns
    -------
    Mapping[str, Candidate]
        Keyed "0", "1", ... in order.

    References
    ----------
    Huang et al., 2006, doi 10.1007/s00158-005-0587-0 (improvement, correlation and cost); Kennedy and O'Hagan, 2000,
    doi 10.1093/biomet/87.1.1; those of `acquisition.feasible_improvement`.
    """
    levels, wanted = Fidelities.of(fidelities), goals_of(goals)
    designs = {path: entry for path, entry in space.items() if path not in levels.values[TARGET]}
    if not (candidates or failed or pending):
        return _keyed(levels, _even(levels, UnitCube.of(designs), count, seed))
    tried = Tried.of(levels, wanted, candidates, kpis, failed, pending)
    changed = ChangedSpace.of(designs, tried.every, earlier or {})
    gain = None
    if changed.searched.axes and len(levels.affordable(budget)) > 1 and tried.measured_count >= LEAST_MEASURED:
        with repeatable(seed):
            gain = gain_of(levels, changed, wanted, tried, seed)
            chosen = [] if gain is None else _climbed(gain, changed, tried, budget, count, seed)
    if gain is None:
        own = tried.at_target()
        found = suggest_by_feasible_improvement(
            *own, space=designs, goals=goals, earlier=earlier, count=count, seed=seed
        )
        chosen = [(design, TARGET) for design in found.values()]
    return _keyed(levels, chosen)


def _keyed(levels: Fidelities, chosen: Sequence[tuple[Candidate, int]]) -> dict[str, Candidate]:
    return {str(place): levels.at(design, number) for place, (design, number) in enumerate(chosen)}


def _even(levels: Fidelities, cube: UnitCube, count: int, seed: int) -> list[tuple[Candidate, int]]:
    """Even designs at each fidelity, the first points of one sequence."""
    cheaper = len(levels.costs) - 1
    at_target = min(count, max(LEAST_MEASURED, -(-count // _AT_TARGET))) if cheaper else count
    shares = [at_target, *(len(range(number, count - at_target, cheaper)) for number in range(cheaper))]
    designs = list(cube.candidates(even_points(cube, np.empty((0, cube.axes)), count, seed)).values())
    return [(design, number) for number, share in enumerate(shares) for design in designs[:share]]


def _climbed(
    gain: Gain, changed: ChangedSpace, tried: Tried, budget: float | None, count: int, seed: int
) -> list[tuple[Candidate, int]]:
    """Designs and their fidelities, one after the other, each knowing those before and the pending ones."""
    cube, chosen = changed.searched, list[tuple[Candidate, int]]()
    known = changed.points(tried.pending)
    for place in range(count):
        gain.await_at(known)
        affordable = gain.levels.affordable(budget)
        _, number, point = max((_best(gain, cube, n, seed + place) for n in affordable), key=lambda best: best[0])
        before = changed.points([*tried.designs_at(number), *(design for design, n in chosen if n == number)])
        own = distinct(cube, point, changed.searched_points(before[changed.inside(before)]), seed)
        chosen.append((cube.candidates(own)["0"], number))
        known = np.vstack([known, changed.embedded(own)])
        budget = None if budget is None else budget - gain.levels.costs[number]
    return chosen


def _best(gain: Gain, cube: UnitCube, number: int, seed: int) -> tuple[float, int, Floats]:
    """The largest gain per cost at a fidelity, and where in the searched cube it is."""
    over = gain.over(number)
    point = ascend_by_trial(over, cube, 1, seed)
    return over.at(point), number, point
