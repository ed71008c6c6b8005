"""Why was a candidate suggested? What the surrogates believed of it before, and how much it promised.

The promise is the expected improvement over the largest mean among the feasible designs known then, times the chance
that every limit is kept and that the evaluation succeeds. The share of it that would be left without any uncertainty
is exploitation, the rest exploration.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.models.acquisition.belief import Beliefs
from ragone.models.explanation.unexplained import UnexplainedError
from ragone.models.goals import Goal, bound_of, value_of
from ragone.schemas import Candidate, Kpi


def believed(beliefs: Beliefs, candidate: Candidate, found: Sequence[Kpi]) -> list[dict[str, Any]]:
    """The mean and standard deviation expected of each goal, the value found, and its distance in deviations.

    Of a KPI that was censored the bound is given.

    The deviation of a residual is that of the belief and of the KPI's own standard uncertainty together.

    Raises
    ------
    UnexplainedError
        If there was no surrogate.
    """
    _require_surrogates(beliefs)
    means, deviations = beliefs.predict(beliefs.space.points([candidate]))
    rows = []
    for number, goal in enumerate(beliefs.goals):
        mean, deviation = float(means[0, number]), float(deviations[0, number])
        kpi = found[number] if found else None
        value, own = value_of(kpi), (kpi.standard_uncertainty if kpi else None) or 0.0
        together = math.hypot(deviation, own)
        residual = None if value is None or not together else (value - mean) / together
        expected = {"kpi": goal.kpi, "mean": mean, "deviation": deviation}
        rows.append({**expected, "found": value, "found_uncertainty": own or None, "residual": residual})
        if bound_of(kpi) is not None:
            rows[-1]["found_bound"] = bound_of(kpi)
    return rows


def promise(beliefs: Beliefs, candidate: Candidate) -> dict[str, Any]:
    """The gain expected of evaluating a candidate, in the objective's unit, the chances, and the share of exploration.

    `gain` and `exploration` are None with several objectives, or as long as nothing was feasible.

    Raises
    ------
    UnexplainedError
        If there was no surrogate.
    """
    _require_surrogates(beliefs)
    point = beliefs.space.points([candidate])
    means, deviations = beliefs.predict(point)
    success = float(beliefs.chance_of_success(point)[0])
    kept = [_chance_kept(g, means[0, n], deviations[0, n]) for n, g in enumerate(beliefs.goals) if g.limit is not None]
    feasible = success * math.prod(kept)
    found = {"chance_of_success": success, "chance_of_feasibility": feasible, "gain": None, "exploration": None}
    aims = [number for number, goal in enumerate(beliefs.goals) if goal.is_objective]
    if len(aims) > 1 or not beliefs.seen.feasible.any():
        return found
    aim, sign = aims[0], beliefs.goals[aims[0]].sign
    before = (sign * beliefs.predict(beliefs.seen.points)[0][:, aim])[beliefs.seen.feasible].max()
    lead, deviation = sign * float(means[0, aim]) - float(before), float(deviations[0, aim])
    gain = expected_improvement(lead, deviation)
    exploration = 1.0 - max(lead, 0.0) / gain if gain > 0 else None
    return {**found, "gain": gain * feasible, "exploration": exploration, "best_before": sign * float(before)}


def expected_improvement(lead: float, deviation: float) -> float:
    """The mean of the positive part of a normal variable.

    References
    ----------
    Jones, Schonlau and Welch, 1998, doi 10.1023/A:1008306431147, equation 15.
    """
    if not deviation > 0:
        return max(lead, 0.0)
    z = lead / deviation
    return deviation * (z * _below(z) + math.exp(-z * z / 2) / math.sqrt(2 * math.pi))


def _chance_kept(goal: Goal, mean: float, deviation: float) -> float:
    """The probability that a normal variable keeps the limit of a goal."""
    assert goal.limit is not None
    room = goal.response(mean) - goal.response(goal.limit)
    deviation = deviation / mean if goal.is_logarithmic else deviation
    return _below(room / deviation) if deviation > 0 else float(np.heaviside(room, 1.0))


def _below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _require_surrogates(beliefs: Beliefs) -> None:
    if not beliefs.surrogates:
        raise UnexplainedError("fewer than two designs had a value for every goal: there was nothing to learn from")
