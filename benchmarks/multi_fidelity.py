"""What does it cost until a design is within 1 % of the best, where cheaper evaluations can be had?

Design and fidelity chosen by `acquisition.multi_fidelity` beside the default at the target only. Costs are in
evaluations at the target, those of the start included; only evaluations at the target count as found. All begin with
designs of one Sobol sequence: ours with ten of which three are at the target and the others cheap, the default with
ten at the target, and with three, too, for what a smaller start alone saves.

The functions are BoTorch's augmented ones, with the cost models of its tutorial (5 + s) and of its default (0.01 + s)
at fidelity s, and the stand-in of real designs, whose cheap fidelity has a bias that grows with the loading, as coarse
voxels that raise the tortuosity factor do. Last, one whose cheap fidelity misleads: it is largest where the target is
least, or has nothing to do with it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from benchmarks.measure import Line, seconds, stated, tell
from benchmarks.stand_in import stand_in
from ragone.models.acquisition import suggest_by_feasible_improvement, suggest_by_multi_fidelity, suggest_by_sobol
from ragone.schemas import Candidate, Kpi, KpiOutcome

_SEEDS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "10"))
_INITIAL, _FEW = 10, 3  # evaluations of the start; those of ours that are at the target
_WORSE = 1.1  # of the default's cost, that of ours at most where the cheap fidelity misleads
_FIDELITY = "fidelity"
GOALS = [{"kpi": "response", "sense": "maximise", "limit": None}]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Response = Callable[[Floats, float], float]  # a point of the unit cube and the fidelity -> larger is better


@dataclass(frozen=True)
class Problem:
    """A response over the unit cube at fidelity 1 and below, the least value that counts as found, and costs."""

    response: Response
    axes: int
    enough: float
    costs: Mapping[float, float]  # by fidelity, in evaluations at the target, which comes first
    limit: float  # cost at which a run is given up
    deviation: float | None = None  # standard uncertainty of the response


def _by_botorch(name: str, point: Floats, fidelity: float) -> float:
    """A test function of BoTorch, larger being better."""
    import botorch.test_functions.multi_fidelity as functions
    import torch

    function: Any = getattr(functions, name)(negate=True)
    low, high = function.bounds.double().numpy()
    at: Floats = low + (high - low) * np.append(point, fidelity)
    return float(function(torch.from_numpy(at)[None], noise=False))


def _biased(point: Floats, fidelity: float) -> float:
    """The stand-in; what is missing of the fidelity takes a share away that grows with loading and with solids."""
    true = float(stand_in().truth(point[None])[0])
    return true * float(1.0 - (1.0 - fidelity) * (0.05 + 0.12 * point[2] + 0.06 * point[0] ** 2))


def _opposite(point: Floats, fidelity: float) -> float:
    true = float(stand_in().truth(point[None])[0])
    return true if fidelity == 1.0 else -true


def _unrelated(point: Floats, fidelity: float) -> float:
    true = float(stand_in().truth(point[None])[0])
    return true if fidelity == 1.0 else 500.0 + 150.0 * float(np.sin(9.0 * point + [0.3, 1.1, 2.0, 4.0]).sum())


@cache
def problems() -> dict[str, Problem]:
    """The problems by name."""
    best = stand_in().optimum
    branin, hartmann = (partial(_by_botorch, name) for name in ("AugmentedBranin", "AugmentedHartmann"))
    default = {s: (0.01 + s) / 1.01 for s in (1.0, 0.5, 0.1)}
    tutorial = {s: (5.0 + s) / 6.0 for s in (1.0, 0.5)}
    cheap = {1.0: 1.0, 0.0: 0.1}
    return {
        "augmented Branin, cost 0.01 + s": Problem(branin, 2, -0.397887 - 0.5, default, 40.0),
        "augmented Hartmann, cost 0.01 + s": Problem(hartmann, 6, 0.99 * 3.32237, default, 60.0),
        "augmented Hartmann, cost 5 + s": Problem(hartmann, 6, 0.99 * 3.32237, tutorial, 60.0),
        "real designs, biased at a tenth of the cost": Problem(_biased, 4, 0.99 * best, cheap, 40.0, 4.0),
        "real designs, opposite at a tenth of the cost": Problem(_opposite, 4, 0.99 * best, cheap, 40.0, 4.0),
        "real designs, unrelated at a tenth of the cost": Problem(_unrelated, 4, 0.99 * best, cheap, 40.0, 4.0),
    }


def cost_of_run(name: str, seed: int, *, cheaper: bool, initial: int = _INITIAL) -> tuple[float, float, int]:
    """Cost until one is found, the limit if none is; processor seconds a suggestion; cheap evaluations."""
    problem, random = problems()[name], np.random.default_rng(seed)
    given: dict[str, Any] = {
        "space": {f"x{axis}": {"low": 0.0, "high": 1.0} for axis in range(problem.axes)},
        "goals": GOALS,
        "seed": seed,
    }
    engine: Any = suggest_by_feasible_improvement
    if cheaper:
        engine = suggest_by_multi_fidelity
        given["fidelities"] = [{"values": {_FIDELITY: s}, "cost": cost} for s, cost in problem.costs.items()]
    first = (engine if cheaper else suggest_by_sobol)((), (), count=initial, **given)
    waiting, tried, kpis = list(first.values()), list[Candidate](), list[Kpi]()
    spent, times = 0.0, list[float]()
    while spent < problem.limit:
        if not waiting:
            start = time.process_time()
            budget = {"budget": problem.limit - spent} if cheaper else {}
            waiting = list(engine(tuple(tried), tuple(kpis), count=1, **given, **budget).values())
            times.append(time.process_time() - start)
        one = waiting.pop(0)
        fidelity = one.values.get(_FIDELITY, 1.0)
        spent += problem.costs[fidelity]
        value = problem.response(np.array([one.values[f"x{axis}"] for axis in range(problem.axes)]), fidelity)
        if fidelity == 1.0 and value >= problem.enough:
            break
        tried.append(one)
        kpis.append(_kpi(value + (problem.deviation or 0.0) * random.standard_normal(), problem.deviation))
    cheap = sum(one.values.get(_FIDELITY, 1.0) != 1.0 for one in tried)
    return min(spent, problem.limit), float(np.mean(times or [0.0])), cheap


def _kpi(value: float, deviation: float | None) -> Kpi:
    return Kpi(
        name="response",
        value=value,
        unit="1",
        outcome=KpiOutcome.MEASURED,
        standard_uncertainty=deviation,
        sample_count=1,
        definition="a test function",
        method="exact",
    )


def lines() -> list[Line]:
    """Median costs beside the default's, and the time of a suggestion; tens of minutes."""
    found, times = [], list[float]()
    with ProcessPoolExecutor(2) as pool:
        for name in problems():
            tell(f"costs of {name}")
            seeds = range(_SEEDS)
            calls = [
                [pool.submit(cost_of_run, name, seed, cheaper=cheaper, initial=initial) for seed in seeds]
                for cheaper, initial in ((True, _INITIAL), (False, _INITIAL), (False, _FEW))
            ]
            ours, default, few = ([call.result() for call in each] for each in calls)
            times += [taken for _, taken, _ in ours]
            found.append(_line(name, *([one[0] for one in runs] for runs in (ours, default, few))))
    return [*found, stated("a suggestion of design and fidelity, mean of one core", seconds(float(np.mean(times))))]


def _line(name: str, ours: Sequence[float], default: Sequence[float], few: Sequence[float]) -> Line:
    ratio = float(np.median(ours) / np.median(default))
    most = _WORSE if "opposite" in name or "unrelated" in name else 1.0
    what = f"cost to within 1 %, {name}, {len(ours)} seeds"
    peer = f"{_spread(default)} target only; {_spread(few)} of {_FEW} initial"
    return Line(what, _spread(ours), peer, f"{ratio:.3g}", f"<= {most:g}", ratio <= most)


def _spread(costs: Sequence[float]) -> str:
    return f"{np.median(costs):.3g} (90 %: {np.quantile(costs, 0.9):.3g})"
