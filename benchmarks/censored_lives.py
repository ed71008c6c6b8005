"""What does a budget that cuts most runs cost the search for the longest life, and does a censored likelihood help?

Lives on random surfaces over two variables, log-normal over the space; each run ends at a budget that a share of all
designs outlives. Five optimisers of one set-up differ in what they see of a censored run: its bound as a bound, its
bound as if it were the life, nothing (left out), and the life itself; and, with bounds, the lives themselves in place
of their logarithms. Judged by the true logarithm of the life of the
design that the surrogate recommends at the end, below the largest of the surface: the factor by which its life is
short. The surfaces are drawn from a process of another kernel scale than the surrogate assumes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from benchmarks.measure import Line, tell
from ragone.models.acquisition import suggest_by_feasible_improvement, suggest_by_sobol
from ragone.models.acquisition.belief import Beliefs
from ragone.models.surrogate.kriging import matern
from ragone.schemas import Candidate, Kpi, KpiOutcome

_SEEDS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "10"))
_SHARES = (0.3, 0.5, 0.7)
_INITIAL, _TOTAL, _GRID = 8, 20, 25
_SPACE = {"x": {"low": 0.0, "high": 1.0}, "y": {"low": 0.0, "high": 1.0}}
_GOALS = [{"kpi": "log_life", "sense": "maximise", "limit": None}]
_LENGTH = 0.5
_LINEAR = "lives on a linear scale"
Floats = np.ndarray[Any, np.dtype[np.float64]]
Seen = Callable[[float, float], Kpi | None]


def lines() -> list[Line]:
    """The median factor of life lost by each, and how often intervals hold the lives of runs that were cut."""
    found = []
    with ProcessPoolExecutor(2) as pool:
        for share in _SHARES:
            tell(f"lives of which {share:.0%} outlive the budget")
            runs = {
                name: np.array(list(pool.map(_run, [name] * _SEEDS, [share] * _SEEDS, range(_SEEDS))), dtype=np.float64)
                for name in _SEEN
            }
            found += _lines(share, runs)
    return found


def _lines(share: float, runs: dict[str, Floats]) -> list[Line]:
    ours = float(np.median(runs["bound"][:, 0]))
    medians = {name: float(np.median(run[:, 0])) for name, run in runs.items()}
    others = ", ".join(f"{medians[name]:.3f} {name}" for name in runs if name != "bound")
    best = min(medians["plugged in"], medians["left out"])
    held, count = runs["bound"][:, 1:].sum(axis=0)
    plugged, of = runs["plugged in"][:, 1:].sum(axis=0)
    linear, among = runs[_LINEAR][:, 1:].sum(axis=0)
    what = f"{share:.0%} of designs outlive the budget"
    regret = f"{what}: logarithm of the life lost after {_TOTAL} runs, median of {_SEEDS} seeds"
    coverage = f"{what}: cut lives within their 95 % interval"
    return [
        Line(regret, f"{ours:.3f}", others, f"{ours / best:.2f}" if best else "", "<= 1", ours <= best),
        Line(
            coverage,
            f"{held / count:.0%} of {count:.0f}",
            f"{plugged / of:.0%} plugged in, {linear / among:.0%} {_LINEAR}",
            "",
            "",
            None,
        ),
    ]


def _run(name: str, share: float, seed: int) -> tuple[float, int, int]:
    """The regret of the design recommended; how many lives that were cut lie in their interval, and of how many."""
    surface = _Surface(seed)
    budget = float(np.quantile(surface.heights, 1 - share))
    tried = list(suggest_by_sobol((), (), space=_SPACE, goals=_GOALS, count=_INITIAL, seed=seed).values())
    while len(tried) < _TOTAL:
        known, kpis = _known(surface, tried, budget, _SEEN[name])
        given: dict[str, Any] = {"space": _SPACE, "goals": _GOALS, "count": 1, "seed": seed}
        pending = tuple(one for one in tried if one not in known)  # left out: not to be suggested again
        tried += suggest_by_feasible_improvement(known, kpis, (), pending, **given).values()
    known, kpis = _known(surface, tried, budget, _SEEN[name])
    beliefs = Beliefs.of(known, kpis, (), space=_SPACE, goals=_GOALS, seed=seed)
    if not beliefs.surrogates:
        return float(surface.heights.max() - surface.at(tried[0])), 0, 0
    means, deviations = beliefs.predict(_points(tried))
    recommended = tried[int(means[:, 0].argmax())]
    lives = np.array([surface.at(one) for one in tried])
    cut = lives > budget
    held = np.abs(means[:, 0] - (np.exp(lives) if name == _LINEAR else lives)) <= 1.96 * deviations[:, 0]
    return float(surface.heights.max() - surface.at(recommended)), int(held[cut].sum()), int(cut.sum())


def _known(
    surface: _Surface, tried: list[Candidate], budget: float, seen: Seen
) -> tuple[tuple[Candidate, ...], tuple[Kpi, ...]]:
    rows = [(one, kpi) for one in tried if (kpi := seen(surface.at(one), budget)) is not None]
    return tuple(one for one, _ in rows), tuple(kpi for _, kpi in rows)


def _points(tried: list[Candidate]) -> Floats:
    return np.array([[one.values["x"], one.values["y"]] for one in tried])


class _Surface:
    """A random surface of the logarithm of the life, drawn at a grid and the process's mean between its points."""

    def __init__(self, seed: int) -> None:
        axis = np.linspace(0.0, 1.0, _GRID)
        self._grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        covariance = matern(self._grid / _LENGTH, self._grid / _LENGTH) + 1e-8 * np.eye(len(self._grid))
        random = np.random.default_rng(seed)
        self.heights = 6.5 + 0.6 * np.linalg.cholesky(covariance) @ random.standard_normal(len(self._grid))
        self._weights = np.linalg.solve(covariance, self.heights - 6.5)

    def at(self, one: Candidate) -> float:
        """The logarithm of the life of a design."""
        across = matern(_points([one]) / _LENGTH, self._grid / _LENGTH)
        return float(6.5 + (across @ self._weights)[0])


def _kpi(value: float | None, bound: float | None = None) -> Kpi:
    outcome = KpiOutcome.CENSORED if value is None else KpiOutcome.MEASURED
    return Kpi(
        name="log_life",
        value=value,
        unit="1",
        outcome=outcome,
        lower_bound=bound,
        sample_count=1,
        definition="benchmark",
        method="benchmark",
    )


_SEEN: dict[str, Seen] = {
    "bound": lambda life, budget: _kpi(life) if life <= budget else _kpi(None, budget),
    _LINEAR: lambda life, budget: _kpi(float(np.exp(life))) if life <= budget else _kpi(None, float(np.exp(budget))),
    "plugged in": lambda life, budget: _kpi(min(life, budget)),
    "left out": lambda life, budget: _kpi(life) if life <= budget else None,
    "uncensored": lambda life, budget: _kpi(life),
}
