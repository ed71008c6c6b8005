"""How many evaluations does a campaign save that learns from earlier ones? Ours, cold and warm, on the stand-in.

Counted until a design is truly within 1 % of the best, the initial ones included, as `optimiser` counts. The earlier
campaigns are those of `related_campaigns`: related, far, and opposite. With the same initial count the first designs
are even ones; the default start is two designs that the sources expect best.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from benchmarks.optimiser import _SEEDS, by_stage, evaluations_needed
from benchmarks.related_campaigns import learned
from benchmarks.stand_in import GOALS, SPACE, Floats, candidate_at, kpi_of, stand_in, unit_point
from ragone.models.acquisition import suggest_by_feasible_improvement

COLD, EVEN, WARM = 5, 5, 2  # initial designs: cold by default, warm with the same count, warm by default
_LIMIT = 40


def warm_evaluations(sources: Sequence[str], initial: int, even: bool, seed: int, transfer: str = "ranking") -> int:
    """Evaluations needed by a campaign that learns from those named; all even at first, or the sources' favourites."""
    records = tuple(learned(name, seed) for name in sources)
    engine = partial(suggest_by_feasible_improvement, sources=records, **_chosen(transfer))
    if even or not sources:
        return evaluations_needed(partial(by_stage, engine), initial, 1.0, seed, _LIMIT)
    return _from_favourites(engine, initial, seed)


def _chosen(transfer: str) -> dict[str, Any]:
    return {} if transfer == "ranking" else {"transfer": transfer}


def _from_favourites(engine: Any, initial: int, seed: int) -> int:
    """The same, begun by the engine itself."""
    truth, random = stand_in(), np.random.default_rng(seed)
    found = engine((), (), space=SPACE, goals=GOALS, count=initial, seed=seed)
    points = np.array([unit_point(candidate) for candidate in found.values()])
    values: list[float] = []
    deviations: list[float] = []
    for number in range(_LIMIT):
        if number >= initial:
            kpis = tuple(kpi_of(v, d) for v, d in zip(values, deviations, strict=True))
            asked = {"space": SPACE, "goals": GOALS, "count": 1, "seed": seed}
            points = np.vstack([points, unit_point(engine(tuple(map(candidate_at, points)), kpis, **asked)["0"])])
        true, deviation = float(truth.truth(points[number][None])[0]), truth.deviation(points[number])
        if true >= 0.99 * truth.optimum:
            return number + 1
        values.append(true + deviation * random.standard_normal())
        deviations.append(deviation)
    return _LIMIT + 1


def needed(sources: Sequence[str], initial: int, even: bool, transfer: str = "ranking", seeds: int = _SEEDS) -> Floats:
    """Evaluations needed for each seed, shape (seeds,)."""
    calls = [(sources, initial, even, seed, transfer) for seed in range(seeds)]
    with ProcessPoolExecutor(2) as pool:
        return np.array(list(pool.map(warm_evaluations, *zip(*calls, strict=True))))
