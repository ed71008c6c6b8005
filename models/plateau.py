"""Which designs are as good as the best that a campaign found? Those evaluated, and those that a surrogate predicts.

A maximum is flat at its top: far apart in the space, designs may lie within what their uncertainty or a maker's
indifference leaves open. The surrogate is the optimiser's own, so that it is no better than the campaign was long; its
region holds designs whose mean meets every limit, whatever their standard deviation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from ragone.models.acquisition.expected_improvement import fitted_alike
from ragone.models.acquisition.observations import Observations, observe
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.space import Choice, Floats, UnitCube
from ragone.models.goals import Goal, goals_of, least_of
from ragone.models.surrogate import fit_gaussian_process, repeatable
from ragone.schemas import Campaign, Candidate, Kpi, Plateau, stage
from ragone.schemas.errors import StageError
from ragone.schemas.parameter import Share

_ZOOMS = 3
_LEAST_WIDTH = 0.05  # of the unit cube: how far beyond a region is looked at least


@dataclass(frozen=True)
class _Region:
    """Points of the unit cube on the predicted plateau, and what share of the cube it fills."""

    points: Floats
    share: float


@stage(
    "campaign.plateau",
    libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy"),
    informed_by=("candidates", "kpis"),
)
def find_plateau(
    campaign: Campaign,
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    *,
    tolerance: Share = 0.01,
    point_count: int = 2048,
    seed: int,
) -> Plateau:
    """Find the plateau around the best design of a campaign with one objective.

    Parameters
    ----------
    campaign
        A campaign that found a feasible design.
    candidates
        Its candidates, in its order.
    kpis
        Its KPIs, in its order, without those that are missing.
    tolerance
        Share of the best value that counts as equal [-]; its standard uncertainty does if that is larger.
    point_count
        Points of the space at which the surrogate is asked.
    seed
        Of these points.

    Returns
    -------
    Plateau
        With nothing predicted where fewer designs have a value than the space has axes and two more.

    Raises
    ------
    StageError
        If the campaign has several objectives or none of its designs is feasible.
    """
    goals, cube = goals_of(campaign.goals), UnitCube.of(campaign.definition["space"])
    aim, best = _aim(campaign, goals), _best(campaign, kpis)
    value = _value(goals[aim], best)
    margin = max(tolerance * abs(value), best.standard_uncertainty or 0.0)
    near = _best_trials(campaign, goals[aim], aim, value - goals[aim].sign * margin)
    region = _region(_observed(campaign, cube, goals, candidates, kpis), cube, aim, margin, point_count, seed)
    return Plateau(
        kpi_name=best.name,
        unit=best.unit,
        best_value=value,
        margin=margin,
        tolerance=tolerance,
        candidate_ids=tuple(campaign.candidate_ids[number] for number in near),
        feasible_count=int(campaign.feasible.sum()),
        names=tuple(cube.variables),
        evaluated=_ranges(cube, [candidates[number] for number in near]),
        predicted={} if region is None else _ranges(cube, list(cube.candidates(region.points).values())),
        predicted_share=None if region is None else region.share,
        method=f"margin: the larger of {tolerance:.2%} of the best value and its standard uncertainty"
        + ("" if best.lower_bound is None else "; the best value is a bound, than which the KPI is larger: censored")
        + ("" if region is None else f"; region: means of Gaussian processes at {point_count} points of the space"),
    )


def _aim(campaign: Campaign, goals: Sequence[Goal]) -> int:
    """The place of the only objective among the goals."""
    aims = [place for place, goal in enumerate(goals) if goal.is_objective]
    if len(aims) != 1:
        raise StageError(f"campaign {campaign.name!r} has {len(aims)} objectives; look at its front instead.")
    return aims[0]


def _best(campaign: Campaign, kpis: Sequence[Kpi]) -> Kpi:
    """The best value of the objective."""
    found = next((kpi for kpi in kpis if kpi.id == campaign.best_kpi_id), None)
    if not campaign.best_kpi_id:
        raise StageError(f"no design of campaign {campaign.name!r} is feasible. Change its space or its limits.")
    if found is None:
        raise StageError(f"{campaign.best_kpi_id} is not among the KPIs given. Give all KPIs of the campaign.")
    return found


def _value(goal: Goal, best: Kpi) -> float:
    """The best value; of a censored one the bound, than which it is better."""
    least = least_of(goal, best)
    return best.measured_value if least is None else least


def _best_trials(campaign: Campaign, goal: Goal, aim: int, least: float) -> list[int]:
    """Numbers of the feasible trials that are no worse than a value, the best first."""
    values = {n: goal.sign * float(campaign.values[n][aim]) for n in np.flatnonzero(campaign.feasible).tolist()}
    return sorted((n for n in values if values[n] >= goal.sign * least), key=lambda n: -values[n])


def _observed(
    campaign: Campaign, cube: UnitCube, goals: Sequence[Goal], candidates: Sequence[Candidate], kpis: Sequence[Kpi]
) -> Observations:
    """The trials as the optimiser saw them, those that failed last; none that was evaluated more cheaply."""
    width, given = len(goals), iter(kpis)
    parts: dict[bool, list[Candidate]] = {True: [], False: []}
    values: list[Kpi] = []
    for number, candidate in enumerate(candidates):
        measured = all(campaign.kpi_ids[number * width : (number + 1) * width])
        own = list(islice(given, width if measured else 0))
        if campaign.is_at_target(candidate.values):
            parts[measured].append(candidate)
            values += own
    return observe(cube, goals, parts[True], values, parts[False])


def _region(seen: Observations, cube: UnitCube, aim: int, margin: float, point_count: int, seed: int) -> _Region | None:
    """The plateau of the surrogates, found in the whole cube, then more finely around what was found."""
    if not cube.axes or seen.measured_count < cube.axes + 2:
        return None
    even = sobol_points(cube.axes, skip=0, count=point_count, seed=seed)
    with repeatable(seed):
        predict = _predictor(seen, aim)
        points = np.concatenate([cube.snapped(even), seen.points])
        gains = predict(points)
        share = float(_near(gains, margin)[:point_count].mean())
        for _ in range(_ZOOMS if np.isfinite(gains).any() else 0):
            nearer = cube.snapped(_around(points[_near(gains, margin)], even))
            points, gains = np.concatenate([points, nearer]), np.concatenate([gains, predict(nearer)])
    return _Region(points[_near(gains, margin)], share)


def _near(gains: Floats, margin: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """True for gains within a margin of the largest; none that is minus infinity."""
    return np.asarray(np.isfinite(gains) & (gains >= gains.max() - margin))


def _predictor(seen: Observations, aim: int) -> Callable[[Floats], Floats]:
    """Predicted means of the objective, larger being better; minus infinity beyond a predicted limit."""
    fitted = [fitted_alike(seen.points, response, fit_gaussian_process) for response in seen.responses]

    def gains(points: Floats) -> Floats:
        found = seen.responses[aim].goal.gains(fitted[aim].predict(points)[0])
        for surrogate, response in zip(fitted, seen.responses, strict=True):
            if response.goal.limit is not None:
                kept = surrogate.predict(points)[0] >= response.goal.response(response.goal.limit)
                found = np.where(kept, found, -np.inf)
        return found

    return gains


def _around(region: Floats, even: Floats) -> Floats:
    """Points of the cube in the box of a region, half as wide again; many of them on faces that it touches."""
    low, high = region.min(axis=0), region.max(axis=0)
    wider = _LEAST_WIDTH + (high - low) / 2
    return np.asarray(np.clip(low - wider + (high - low + 2 * wider) * even, 0.0, 1.0))


def _ranges(cube: UnitCube, candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    """Lowest and highest value of each variable, or the options that occur; none without candidates."""
    found = {}
    for path, variable in cube.variables.items() if candidates else ():
        values = [candidate.values[path] for candidate in candidates]
        if isinstance(variable, Choice):
            found[path] = [option for option in variable.options if option in values]
        else:
            found[path] = [min(values), max(values)]
    return found
