"""How many evaluations does a campaign save that learns from earlier ones? Ours, cold and warm, on the stand-in.

Counted until a design is truly within 1 % of the best, the initial ones included, as `optimiser` counts. The earlier
campaigns are those of `related_campaigns`: related, far, and opposite. With the same initial count the first designs
are even ones; the default start is two designs that the sources expect best.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from benchmarks.measure import Line
from benchmarks.optimiser import by_stage, evaluations_needed
from benchmarks.related_campaigns import learned
from benchmarks.stand_in import GOALS, SPACE, Floats, candidate_at, kpi_of, stand_in, unit_point
from ragone.models.acquisition import suggest_by_feasible_improvement

_EVEN, _WARM = 5, 2  # initial designs: even ones, as a cold start has them; favourites, as a warm start has them
_LIMIT = 40
_SAME, _DEFAULT, _MORE = 0.7, 0.5, 3.0  # goals: ratios to the cold start, and evaluations more than it
_RELATED, _OPPOSITE = ("other power", "other process"), ("opposite", "far")
_SEEDS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "10"))
_TRANSFERS = ("multi_task", "ranking")


def warm_evaluations(sources: Sequence[str], initial: int, even: bool, seed: int, transfer: str) -> int:
    """Evaluations needed by a campaign that learns from those named; even designs at first, or their favourites."""
    records = tuple(learned(name, seed) for name in sources)
    given: dict[str, Any] = {"sources": records, "transfer": transfer}
    engine = partial(suggest_by_feasible_improvement, **given)
    if even:
        return evaluations_needed(partial(by_stage, engine), initial, 1.0, seed, _LIMIT)
    return _from_favourites(engine, initial, seed)


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


def needed(
    sources: Sequence[str], initial: int, even: bool, transfer: str = "multi_task", seeds: int = _SEEDS
) -> Floats:
    """Evaluations needed for each seed, shape (seeds,)."""
    calls = [(sources, initial, even, seed, transfer) for seed in range(seeds)]
    with ProcessPoolExecutor(2) as pool:
        return np.array(list(pool.map(warm_evaluations, *zip(*calls, strict=True))))


def lines() -> list[Line]:
    """Evaluations to within 1 %, medians and 90th percentiles, cold and warm; tens of minutes on a busy machine."""
    cold = needed((), _EVEN, even=True)
    found = []
    for transfer in _TRANSFERS:
        for initial, even, goal in ((_EVEN, True, _SAME), (_WARM, False, _DEFAULT)):
            how = f"{transfer}, {initial} {'even' if even else 'favourite'} designs at first"
            alone = {name: needed((name,), initial, even, transfer) for name in (*_RELATED, *_OPPOSITE)}
            both = needed(_RELATED, initial, even, transfer)
            found += [_ratio(f"{name}; {how}", alone[name], cold, goal) for name in _RELATED]
            found += [_excess(f"{name}; {how}", alone[name], cold) for name in _OPPOSITE]
            better = min((alone[name] for name in _RELATED), key=np.median)
            found.append(_not_worse(f"two sources; {how}", both, better))
    return found


def _ratio(what: str, warm: Floats, cold: Floats, goal: float) -> Line:
    ratio = float(np.median(warm) / np.median(cold))
    return Line(what, _spread(warm), f"{_spread(cold)} cold", f"{ratio:.2f}", f"<= {goal:g}", ratio <= goal)


def _excess(what: str, warm: Floats, cold: Floats) -> Line:
    more = float(np.median(warm) - np.median(cold))
    return Line(what, _spread(warm), f"{_spread(cold)} cold", f"{more:+g}", f"<= +{_MORE:g}", more <= _MORE)


def _not_worse(what: str, both: Floats, better: Floats) -> Line:
    met = bool(np.median(both) <= np.median(better))
    ratio = float(np.median(both) / np.median(better))
    return Line(what, _spread(both), f"{_spread(better)} the better one", f"{ratio:.2f}", "<= 1", met)


def _spread(counts: Floats) -> str:
    return f"{np.median(counts):g} (90 %: {np.quantile(counts, 0.9):.3g})"
