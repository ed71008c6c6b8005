"""How many evaluations until a design is within 1 % of the best, and how much front for a given budget?

Our stage beside bare BoTorch (the set-up of its tutorials: a process with its default kernel, standardised values,
noisy expected improvement from even starts, one after the other), the tree-structured Parzen estimator of Optuna, and
the Sobol sequence. All see the same stand-in with the same noise and begin with the same even designs. An evaluation
counts by its true value, which no engine is shown.

Optuna is no dependency: without it, its lines are left out.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from benchmarks.measure import Line, seconds, stated
from benchmarks.stand_in import GOALS, SPACE, Floats, candidate_at, kpi_of, stand_in, unit_point
from ragone.models.acquisition import (
    suggest_by_expected_improvement,
    suggest_by_feasible_improvement,
    suggest_by_sobol,
)
from ragone.models.surrogate import repeatable

_MANY = 500
_SEEDS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "10"))
_LIMIT = 60  # evaluations after which a run is given up
_WITHIN = 0.99

Suggest = Callable[[Floats, Floats, Floats, int], Floats]  # points, values, deviations, seed -> next point


def evaluations_needed(suggest: Suggest, initial: int, noise: float, seed: int, limit: int = _LIMIT) -> int:
    """Evaluations, the initial ones included, until one is truly within 1 % of the best; `limit` + 1 if none is.

    Parameters
    ----------
    suggest
        The engine.
    initial
        Even designs at first.
    noise
        Factor of the stated standard uncertainties; the errors are as large.
    seed
        Of the even designs, the errors and the engine.
    limit
        Evaluations at most.
    """
    truth, random = stand_in(), np.random.default_rng(seed)
    even = suggest_by_sobol((), (), space=SPACE, goals=GOALS, count=initial, seed=seed)
    points = np.array([unit_point(candidate) for candidate in even.values()])
    values, deviations = np.empty(0), np.empty(0)
    for number in range(limit):
        if number >= initial:
            points = np.vstack([points, suggest(points, values, deviations, seed)])
        true, deviation = float(truth.truth(points[number][None])[0]), noise * truth.deviation(points[number])
        if true >= _WITHIN * truth.optimum:
            return number + 1
        values = np.append(values, true + deviation * random.standard_normal())
        deviations = np.append(deviations, deviation)
    return limit + 1


def by_stage(
    stage: Any, points: Floats, values: Floats, deviations: Floats, seed: int, *, known: bool = True
) -> Floats:
    """The next point of one of our stages, told the noise or not."""
    candidates = tuple(map(candidate_at, points))
    kpis = tuple(kpi_of(v, d if known else None) for v, d in zip(values.tolist(), deviations.tolist(), strict=True))
    found = stage(candidates, kpis, space=SPACE, goals=GOALS, count=1, seed=seed)
    return unit_point(found["0"])


def by_botorch(points: Floats, values: Floats, deviations: Floats, seed: int, *, known: bool = False) -> Floats:
    """The next point of BoTorch as its tutorials set it up."""
    import botorch
    import botorch.acquisition.logei as acquisitions
    import botorch.models.transforms as transforms
    import botorch.optim.optimize as optimize
    import botorch.sampling.normal as sampling
    import gpytorch
    import torch

    with repeatable(seed):
        x, y = torch.from_numpy(points), torch.from_numpy(values).unsqueeze(-1)
        noise = torch.from_numpy(deviations**2).unsqueeze(-1) if known else None
        model = botorch.models.SingleTaskGP(x, y, noise, outcome_transform=transforms.Standardize(1))
        botorch.fit_gpytorch_mll(gpytorch.mlls.ExactMarginalLogLikelihood(model.likelihood, model))
        sampler = sampling.SobolQMCNormalSampler(torch.Size([128]), seed=seed)
        acquisition = acquisitions.qLogNoisyExpectedImprovement(model, x, sampler=sampler)
        bounds = torch.stack([torch.zeros(x.shape[1]), torch.ones(x.shape[1])]).double()
        found, _ = optimize.optimize_acqf(acquisition, bounds, q=1, num_restarts=10, raw_samples=512)
    return np.asarray(found.numpy()[0])


def by_parzen(points: Floats, values: Floats, deviations: Floats, seed: int) -> Floats:
    """The next point of Optuna's tree-structured Parzen estimator."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed + len(points), n_startup_trials=1)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    axes = {str(axis): optuna.distributions.FloatDistribution(0.0, 1.0) for axis in range(points.shape[1])}
    for point, value in zip(points, values, strict=True):
        row = {str(axis): float(x) for axis, x in enumerate(point)}
        study.add_trial(optuna.trial.create_trial(params=row, distributions=axes, value=float(value)))
    found = study.ask(axes).params
    return np.array([found[str(axis)] for axis in range(points.shape[1])])


ENGINES: Mapping[str, Suggest] = {
    "feasible improvement": partial(by_stage, suggest_by_feasible_improvement),
    "expected improvement": partial(by_stage, suggest_by_expected_improvement),
    "BoTorch's tutorial": by_botorch,
    "BoTorch's tutorial, noise known": partial(by_botorch, known=True),
    "feasible improvement, noise inferred": partial(by_stage, suggest_by_feasible_improvement, known=False),
    "tree-structured Parzen": by_parzen,
}


OURS, TOLD_NOTHING = "feasible improvement", "feasible improvement, noise inferred"
_PARZEN = "tree-structured Parzen"
_GOALS_OF = {10: 15.0, 5: 11.0}  # median evaluations, by the initial ones
_LOUD, _GOAL_LOUD, _GOAL_KNOWN = 8.0, 20.0, 0.6  # noise; 90th percentile; its ratio to that of inferred noise


def lines() -> list[Line]:
    """Evaluations to within 1 %, medians and 90th percentiles; the time of a suggestion; tens of minutes."""
    with_optuna = importlib.util.find_spec("optuna") is not None
    others = ["expected improvement", "BoTorch's tutorial", *([_PARZEN] if with_optuna else [])]
    found = []
    for initial, goal in _GOALS_OF.items():
        counts = {engine: needed(engine, initial, 1.0) for engine in (OURS, *others)}
        ours = float(np.median(counts[OURS]))
        for engine in others:
            peer = float(np.median(counts[engine]))
            found.append(
                Line(
                    f"evaluations to within 1 %, {initial} initial, {_SEEDS} seeds",
                    _spread(counts[OURS]),
                    f"{_spread(counts[engine])} {engine}",
                    f"{ours / peer:.3g}",
                    f"<= {goal:g}",
                    ours <= goal,
                )
            )
    return [*found, *_loud(), *_even(), _time_of_suggestion()]


def _loud() -> list[Line]:
    """At 8 times the noise: known beside inferred, and beside BoTorch, which infers it."""
    ours = needed(OURS, 10, _LOUD)
    ninth = float(np.quantile(ours, 0.9))
    found = []
    for engine in (TOLD_NOTHING, "BoTorch's tutorial", "BoTorch's tutorial, noise known"):
        peer = needed(engine, 10, _LOUD)
        ratio = ninth / float(np.quantile(peer, 0.9))
        met = ninth <= _GOAL_LOUD and (engine != TOLD_NOTHING or ratio <= _GOAL_KNOWN)
        goal = f"90th percentile <= {_GOAL_LOUD:g}" + (f", ratio <= {_GOAL_KNOWN:g}" if engine == TOLD_NOTHING else "")
        what = f"the same at {_LOUD:g} times the noise, 10 initial"
        found.append(Line(what, _spread(ours), f"{_spread(peer)} {engine}", f"{ratio:.3g}", goal, met))
    return found


def _even() -> list[Line]:
    """The Sobol sequence, by the share of 4,096 even points that are within 1 %."""
    even = suggest_by_sobol((), (), space=SPACE, goals=GOALS, count=4096, seed=0)
    points = np.array([unit_point(candidate) for candidate in even.values()])
    truth = stand_in()
    share = float((truth.truth(points) >= _WITHIN * truth.optimum).mean())
    return [stated("mean evaluations of the Sobol sequence to within 1 %", f"{1 / share:.0f}" if share else "> 4096")]


def _time_of_suggestion() -> Line:
    """Median processor time of one suggestion from many candidates; it uses one core."""
    even = suggest_by_sobol((), (), space=SPACE, goals=GOALS, count=_MANY, seed=0)
    truth, random = stand_in(), np.random.default_rng(0)
    points = np.array([unit_point(candidate) for candidate in even.values()])
    deviations = np.array([truth.deviation(point) for point in points])
    values = truth.truth(points) + deviations * random.standard_normal(_MANY)
    by_stage(suggest_by_feasible_improvement, points, values, deviations, 0)
    times = []
    for seed in range(1, 6):
        start = time.process_time()
        ENGINES[OURS](points, values, deviations, seed)
        times.append(time.process_time() - start)
    taken = float(np.median(times))
    return Line(f"a suggestion from {_MANY} candidates, of one core", seconds(taken), "", "", "< 1 s", taken < 1)


def _spread(counts: Floats) -> str:
    return f"{np.median(counts):g} (90 %: {np.quantile(counts, 0.9):.3g})"


def needed(engine: str, initial: int, noise: float, seeds: int = _SEEDS, limit: int = _LIMIT) -> Floats:
    """Evaluations needed by an engine for each seed, shape (seeds,)."""
    calls = [(ENGINES[engine], initial, noise, seed, limit) for seed in range(seeds)]
    with ProcessPoolExecutor(2) as pool:
        return np.array(list(pool.map(evaluations_needed, *zip(*calls, strict=True))))
