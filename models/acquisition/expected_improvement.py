"""Which candidates are most worth evaluating next? Those with the largest log expected improvement.

A Gaussian process is fitted to each KPI that the goals name; the candidates that maximise the acquisition over them
(see `improvement`) are suggested, one after the other within a batch.

Assumes what the surrogate assumes. It learns no boundary of what cannot be evaluated (see `observations`).

The result is repeatable to the last bit on one machine: float64, one thread, seeded restarts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragone.models.acquisition.ascent import ascend_by_gradient, ascend_by_trial
from ragone.models.acquisition.improvement import improvement, is_differentiable
from ragone.models.acquisition.observations import Observations, Response, observe
from ragone.models.acquisition.sobol import distinct, even_points
from ragone.models.acquisition.space import Floats, UnitCube
from ragone.models.acquisition.surrogates import fit_to_response
from ragone.models.goals import goals_of
from ragone.models.surrogate import fit_gaussian_process, repeatable
from ragone.schemas import Candidate, Kpi, stage
from ragone.schemas.protocols import FitSurrogate, Surrogate

_LEAST_MEASURED = 2  # one value has no spread to standardise by


@stage(
    "acquisition.expected_improvement",
    libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy"),
    informed_by=("candidates", "kpis", "failed"),
)
def suggest_by_expected_improvement(
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    failed: tuple[Candidate, ...] = (),
    *,
    space: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    count: int,
    seed: int,
) -> Mapping[str, Candidate]:
    """The candidates with the largest log expected improvement.

    Until two candidates have a value for every goal, they come from the Sobol sequence. A candidate that was tried
    before would be found in the lake and teach nothing: the next Sobol point takes its place.

    Parameters
    ----------
    candidates
        Every candidate so far that was evaluated.
    kpis
        KPI of each goal, for each candidate in turn; one that is not measured counts as infeasible.
    failed
        Candidates whose evaluation failed: they have no KPI and are treated like infeasible ones.
    space
        Path to its values, in the unit that the path ends in: ``{"low": 0.2, "high": 0.5}``, with ``"whole": true``
        for whole numbers, ``{"choices": [...]}``, or ``{"value": ...}`` for what every candidate carries.
    goals
        ``{"kpi": ..., "sense": ..., "limit": ...}`` each: objectives to ``maximise`` or ``minimise``, with no limit,
        and constraints, ``at_least`` or ``at_most`` a limit in the KPI's unit.
    count
        Candidates wanted, >= 1.
    seed
        Seed of the restarts and of the samples of the acquisition.

    Returns
    -------
    Mapping[str, Candidate]
        Keyed "0", "1", ... in order.

    References
    ----------
    Ament et al., 2023, arXiv 2310.20708 (the logarithm); Balandat et al., 2020, arXiv 1910.06403 (BoTorch);
    Letham et al., 2019, doi 10.1214/18-BA1110 (noise, constraints); Daulton et al., 2021, arXiv 2105.08195 (several
    objectives).
    """
    cube = UnitCube.of(space)
    seen = observe(cube, goals_of(goals), candidates, kpis, failed)
    if seen.measured_count < _LEAST_MEASURED or not cube.axes:
        return cube.candidates(even_points(cube, seen.points, count, seed))
    return cube.candidates(most_promising(cube, seen, fit_gaussian_process, count, seed))


def most_promising(cube: UnitCube, seen: Observations, fit: FitSurrogate, count: int, seed: int) -> Floats:
    """Points that maximise the acquisition over the surrogates that `fit` makes, shape (count, axes); none twice."""
    with repeatable(seed):
        surrogates = [fitted_alike(seen.points, each, fit) for each in seen.responses]
        acquisition = improvement(surrogates, seen, seed)
        if is_differentiable(surrogates) and not cube.discrete:
            chosen = ascend_by_gradient(acquisition, cube.axes, count, seed)
        else:
            chosen = ascend_by_trial(acquisition, cube, count, seed)
    return distinct(cube, chosen, seen.points, seed)


def fitted_alike(points: Floats, response: Response, fit: FitSurrogate) -> Surrogate:
    """The surrogate that `fit` makes; where values are censored, of which `fit` knows nothing, one that knows it."""
    if response.censored is not None:
        return fit_to_response(points, response)
    return fit(points, response.values, response.variances)
