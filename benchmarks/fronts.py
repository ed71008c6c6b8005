"""How much of a known front is found with a given budget, beside BoTorch as its tutorials set it up?

Problems of two objectives from BoTorch's own collection, two of them with constraints. A run is judged by the
hypervolume of its feasible evaluations over the reference point of the problem. Both are given it, as a study states it
by `better_than`; how ours does where it has to infer it is shown beside.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from benchmarks.measure import Line, tell
from ragone.models.acquisition import suggest_by_feasible_improvement, suggest_by_sobol
from ragone.models.surrogate import repeatable
from ragone.schemas import Candidate, Kpi, KpiOutcome

PROBLEMS = ("BraninCurrin", "ConstrainedBraninCurrin", "C2DTLZ2")
_SEEDS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "10"))
_ARGUMENTS = {"C2DTLZ2": {"dim": 4}}
_INITIAL, _TOTAL = 6, 18
Floats = np.ndarray[Any, np.dtype[np.float64]]


def lines() -> list[Line]:
    """Median hypervolume of each problem beside the peer's, of the same even starts; tens of minutes."""
    found = []
    with ProcessPoolExecutor(2) as pool:
        for problem in PROBLEMS:
            tell(f"front of {problem}")
            calls = [(problem, seed) for seed in range(_SEEDS)]
            ours, inferring, peer = (
                np.array(list(pool.map(_hypervolume, *zip(*calls, strict=True), [engine] * _SEEDS)))
                for engine in (_ours, _inferring, _peer)
            )
            found += [_line(problem, ours, peer, ">= 1"), _line(f"{problem}, reference inferred", inferring, peer, "")]
    return found


def _line(problem: str, ours: Floats, peer: Floats, goal: str) -> Line:
    ratio = float(np.median(ours) / np.median(peer))
    spread = f" (90 % of runs above {np.quantile(ours, 0.1):.4g})"
    what = f"hypervolume of {problem} after {_TOTAL} evaluations, {len(ours)} seeds"
    beside = f"{np.median(peer):.4g} BoTorch's tutorial (90 % above {np.quantile(peer, 0.1):.4g})"
    return Line(what, f"{np.median(ours):.4g}{spread}", beside, f"{ratio:.4g}", goal, ratio >= 1 if goal else None)


def _hypervolume(name: str, seed: int, engine: Callable[[Any, Floats, Floats, Floats, int], Floats]) -> float:
    """The hypervolume that an engine's run ends with."""
    import torch

    problem = _problem(name)
    points = _even(problem.dim, seed)
    values, slacks = _evaluated(problem, points)
    while len(points) < _TOTAL:
        following = engine(problem, points, values, slacks, seed)[None]
        added = _evaluated(problem, following)
        points, values, slacks = (
            np.vstack(pair) for pair in zip((points, values, slacks), (following, *added), strict=True)
        )
    return _enclosed(problem, torch.from_numpy(values[(slacks >= 0).all(axis=1)]))


def _enclosed(problem: Any, values: Any) -> float:
    import botorch.utils.multi_objective.hypervolume as hypervolume
    import botorch.utils.multi_objective.pareto as pareto

    front = values[pareto.is_non_dominated(values)] if len(values) else values
    return float(hypervolume.Hypervolume(problem.ref_point.double()).compute(front)) if len(front) else 0.0


def _problem(name: str) -> Any:
    import botorch.test_functions.multi_objective as problems

    return getattr(problems, name)(**_ARGUMENTS.get(name, {}), negate=True).double()


def _even(axes: int, seed: int) -> Floats:
    found = suggest_by_sobol((), (), space=_space(axes), goals=_goals(0), count=_INITIAL, seed=seed)
    return np.array([[one.values[f"x{axis}"] for axis in range(axes)] for one in found.values()])


def _space(axes: int) -> dict[str, Any]:
    return {f"x{axis}": {"low": 0.0, "high": 1.0} for axis in range(axes)}


def _goals(limits: int, references: Sequence[float | None] = (None, None)) -> list[dict[str, Any]]:
    aims = [
        {"kpi": f"aim {n}", "sense": "maximise", "limit": None, "reference": reference}
        for n, reference in enumerate(references)
    ]
    return [*aims, *({"kpi": f"limit {n}", "sense": "at_least", "limit": 0.0} for n in range(limits))]


def _evaluated(problem: Any, points: Floats) -> tuple[Floats, Floats]:
    """Objectives, larger being better, and slacks of the constraints, shape (n, objectives) and (n, constraints)."""
    import torch

    low, high = problem.bounds
    at = low + (high - low) * torch.from_numpy(points)
    limited = hasattr(problem, "evaluate_slack")
    slacks = problem.evaluate_slack(at, noise=False).numpy() if limited else np.ones((len(points), 0))
    return problem(at, noise=False).numpy(), slacks


def _ours(problem: Any, points: Floats, values: Floats, slacks: Floats, seed: int) -> Floats:
    return _suggested(points, values, slacks, seed, problem.ref_point.tolist())


def _inferring(problem: Any, points: Floats, values: Floats, slacks: Floats, seed: int) -> Floats:
    return _suggested(points, values, slacks, seed, (None, None))


def _suggested(points: Floats, values: Floats, slacks: Floats, seed: int, references: Sequence[float | None]) -> Floats:
    axes = points.shape[1]
    candidates = tuple(Candidate(values={f"x{n}": float(x) for n, x in enumerate(point)}) for point in points)
    goals = _goals(slacks.shape[1], references)
    rows = np.hstack([values, slacks])
    kpis = tuple(_kpi(goal["kpi"], float(value)) for row in rows for goal, value in zip(goals, row, strict=True))
    given: dict[str, Any] = {"space": _space(axes), "goals": goals, "count": 1, "seed": seed}
    found = suggest_by_feasible_improvement(candidates, kpis, **given)["0"].values
    return np.array([found[f"x{axis}"] for axis in range(axes)])


def _kpi(name: str, value: float) -> Kpi:
    return Kpi(
        name=name,
        value=value,
        unit="1",
        outcome=KpiOutcome.MEASURED,
        sample_count=1,
        definition="a test function",
        method="exact",
    )


def _peer(problem: Any, points: Floats, values: Floats, slacks: Floats, seed: int) -> Floats:
    """BoTorch's tutorials of (constrained) noisy expected hypervolume improvement, with its logarithmic form."""
    import botorch
    import botorch.acquisition.multi_objective.logei as acquisitions
    import botorch.acquisition.multi_objective.objective as objectives
    import botorch.models.model_list_gp_regression as lists
    import botorch.models.transforms as transforms
    import botorch.optim.optimize as optimize
    import botorch.sampling.normal as sampling
    import gpytorch
    import torch

    acquisitions._load_attempted = True  # as ours: no kernel is compiled
    with repeatable(seed):
        x = torch.from_numpy(points)
        columns = torch.from_numpy(np.hstack([values, -slacks])).unsqueeze(-1).unbind(1)
        models = [botorch.models.SingleTaskGP(x, y, outcome_transform=transforms.Standardize(1)) for y in columns]
        model = lists.ModelListGP(*models)
        botorch.fit_gpytorch_mll(gpytorch.mlls.SumMarginalLogLikelihood(model.likelihood, model))
        limits: list[Any] = [lambda z, n=n: z[..., 2 + n] for n in range(slacks.shape[1])]
        acquisition = acquisitions.qLogNoisyExpectedHypervolumeImprovement(
            model,
            problem.ref_point.tolist(),
            x,
            sampler=sampling.SobolQMCNormalSampler(torch.Size([128]), seed=seed),
            objective=objectives.IdentityMCMultiOutputObjective(outcomes=[0, 1]),
            constraints=limits or None,
            prune_baseline=True,
        )
        bounds = torch.stack([torch.zeros(problem.dim), torch.ones(problem.dim)]).double()
        found, _ = optimize.optimize_acqf(acquisition, bounds, q=1, num_restarts=10, raw_samples=512)
    return np.asarray(found.numpy()[0])
