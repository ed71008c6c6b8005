"""Which designs are as good as the best that a campaign found? Those evaluated, and those that a surrogate predicts.

A maximum is flat at its top: far apart in the space, designs may lie within what their uncertainty or a maker's
indifference leaves open. The surrogate is the optimiser's own, so that it is no better than the campaign was long; its
region holds designs whose mean meets every limit, whatever their standard deviation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.models.acquisition.observations import Observations, observe
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.space import Choice, Floats, UnitCube
from ragone.models.goals import Goal, goals_of
from ragone.models.surrogate import fit_gaussian_process, repeatable
from ragone.schemas import Campaign, Candidate, Kpi, Plateau, stage
from ragone.schemas.errors import StageError
from ragone.schemas.parameter import Share


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
    margin = max(tolerance * abs(best.measured_value), best.standard_uncertainty or 0.0)
    near = _near(campaign, goals[aim], aim, best.measured_value - goals[aim].sign * margin)
    region = _region(_observed(campaign, cube, goals, candidates, kpis), cube, aim, margin, point_count, seed)
    return Plateau(
        kpi_name=best.name,
        unit=best.unit,
        best_value=best.measured_value,
        margin=margin,
        tolerance=tolerance,
        candidate_ids=tuple(campaign.candidate_ids[number] for number in near),
        feasible_count=int(campaign.feasible.sum()),
        names=tuple(cube.variables),
        evaluated=_ranges(cube, [candidates[number] for number in near]),
        predicted={} if region is None else _ranges(cube, list(cube.candidates(region).values())),
        predicted_share=None if region is None else len(region) / point_count,
        method=f"margin: the larger of {tolerance:.2%} of the best value and its standard uncertainty"
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


def _near(campaign: Campaign, goal: Goal, aim: int, least: float) -> list[int]:
    """Numbers of the feasible trials that are no worse than a value, the best first."""
    values = {n: goal.sign * float(campaign.values[n][aim]) for n in np.flatnonzero(campaign.feasible).tolist()}
    return sorted((n for n in values if values[n] >= goal.sign * least), key=lambda n: -values[n])


def _observed(
    campaign: Campaign, cube: UnitCube, goals: Sequence[Goal], candidates: Sequence[Candidate], kpis: Sequence[Kpi]
) -> Observations:
    """The trials as the optimiser saw them, those that failed last."""
    width = len(goals)
    whole = [all(campaign.kpi_ids[n * width : (n + 1) * width]) for n in range(len(candidates))]
    parts: dict[bool, list[Candidate]] = {True: [], False: []}
    for candidate, measured in zip(candidates, whole, strict=True):
        parts[measured].append(candidate)
    return observe(cube, goals, parts[True], kpis, parts[False])


def _region(seen: Observations, cube: UnitCube, aim: int, margin: float, point_count: int, seed: int) -> Floats | None:
    """Points of the space that the surrogates find on the plateau; None where too little was measured."""
    if not cube.axes or seen.measured_count < cube.axes + 2:
        return None
    points = cube.snapped(sobol_points(cube.axes, skip=0, count=point_count, seed=seed))
    able = np.ones(point_count, bool)
    with repeatable(seed):
        for place, response in enumerate(seen.responses):
            mean, _ = fit_gaussian_process(seen.points, response.values, response.variances).predict(points)
            if place == aim:
                gain = mean
            elif response.goal.limit is not None:
                able &= mean >= response.goal.sign * response.goal.limit
    return np.asarray(points[able & (gain >= gain[able].max(initial=-np.inf) - margin)])


def _ranges(cube: UnitCube, candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    """For each variable the lowest and the highest value, or the options that occur; none without candidates."""
    found = {}
    for path, variable in cube.variables.items() if candidates else ():
        values = [candidate.values[path] for candidate in candidates]
        chosen = isinstance(variable, Choice)
        found[path] = [o for o in variable.options if o in values] if chosen else [min(values), max(values)]
    return found
