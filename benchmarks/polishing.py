"""How good is a design that is believed to be the best, beside one that the default suggests last?

Campaigns over the stand-in of real designs, with its noise: ten designs spread evenly, the others suggested by
`acquisition.feasible_improvement`, and the last one by it or by `acquisition.best_belief`. Designs are judged by the
truth, which neither stage sees: how far the last one lies below the optimum, and the one with the best measured value.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from benchmarks.measure import Line, stated, tell
from benchmarks.stand_in import GOALS, SPACE, kpi_of, stand_in, unit_point
from ragone.models.acquisition import suggest_by_best_belief, suggest_by_feasible_improvement, suggest_by_sobol
from ragone.schemas import Candidate

_SEEDS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "10"))
_INITIAL, _TOTAL = 10, 24


def below_optimum(seed: int) -> tuple[float, float, float]:
    """Distances below the optimum [W.h/L]: of the last design by the default, by belief, and of the best measured."""
    problem, random = stand_in(), np.random.default_rng(seed)
    given: dict[str, Any] = {"space": SPACE, "goals": GOALS, "seed": seed}
    tried: list[Candidate] = list(suggest_by_sobol((), (), count=_INITIAL, **given).values())
    values: list[float] = []
    deviations: list[float] = []
    while True:
        for one in tried[len(values) :]:
            point = unit_point(one)
            deviations.append(problem.deviation(point))
            values.append(float(problem.truth(point[None])[0]) + deviations[-1] * random.standard_normal())
        known = tuple(tried), tuple(map(kpi_of, values, deviations))
        if len(tried) == _TOTAL - 1:
            break
        tried += suggest_by_feasible_improvement(*known, count=1, **given).values()
    engines: tuple[Any, ...] = (suggest_by_feasible_improvement, suggest_by_best_belief)
    last = [engine(*known, count=1, **given)["0"] for engine in engines]
    points = np.array([unit_point(one) for one in (*last, tried[int(np.argmax(values))])])
    default, belief, best = (problem.optimum - problem.truth(points)).tolist()
    return default, belief, best


def lines() -> list[Line]:
    """Medians over seeds; about a minute each for ten."""
    tell(f"polished campaigns, {_SEEDS} seeds")
    default, belief, best = np.array([below_optimum(seed) for seed in range(_SEEDS)]).T
    what = f"last of {_TOTAL} designs below the optimum, {_SEEDS} seeds, median (90 %)"
    better = float((belief < default).mean())
    ratio = float(np.median(belief) / np.median(default))
    return [
        Line(what, _spread(belief), f"{_spread(default)} by feasible_improvement", f"{ratio:.3g}", "<= 1", ratio <= 1),
        stated("best measured before it, below the optimum", _spread(best)),
        stated("campaigns whose last design by belief is truly better than by the default", f"{better:.0%}"),
        stated("campaigns in which it is truly better than the best measured", f"{float((belief < best).mean()):.0%}"),
    ]


def _spread(values: Any) -> str:
    return f"{np.median(values):.3g} ({np.quantile(values, 0.9):.3g}) W.h/L"
