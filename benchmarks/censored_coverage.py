"""Do 95 % intervals hold the values of runs that were cut, on surfaces by which no constant was chosen?

Thirty designs of two variables on each of several surfaces: draws of Gaussian processes of other smoothness and other
length scales than the surrogate's widening was found on, and known functions. What lies above a quantile is censored
there. The intervals of the censored process are asked for the true values, beside those of bounds taken as values, and
those of the censored process of lives on a linear scale, whose logarithms the values are.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from benchmarks.measure import Line, tell
from ragone.models.acquisition.censored import fit_to_censored
from ragone.models.acquisition.many_points import fit_to_many
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.surrogate import repeatable

_SEEDS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "10"))
_SHARES = (0.3, 0.5, 0.7)
_DESIGNS = 30
_SPREAD = 0.6  # standard deviation of the logarithm of a life
Floats = np.ndarray[Any, np.dtype[np.float64]]


def lines() -> list[Line]:
    """The coverage on each kind of surface, by the share of values that are cut."""
    found = []
    with ProcessPoolExecutor(2) as pool:
        for name in _SURFACES:
            tell(f"intervals on {name}")
            for share in _SHARES:
                runs = list(pool.map(_run, [name] * _SEEDS, [share] * _SEEDS, range(_SEEDS)))
                held, plugged, linear, count = (sum(column) for column in zip(*runs, strict=True))
                what = f"{name}, {share:.0%} cut: values within their 95 % interval"
                others = f"{plugged / count:.0%} plugged in, {linear / count:.0%} linear"
                found.append(Line(what, f"{held / count:.0%} of {count}", others, "", "", None))
    return found


def _run(name: str, share: float, seed: int) -> tuple[int, int, int, int]:
    """How many values that were cut each kind of interval holds, and how many there are."""
    points = sobol_points(2, skip=0, count=_DESIGNS, seed=100 + seed)
    values = _SURFACES[name](points, seed)
    values = _SPREAD * (values - values.mean()) / values.std()
    budget = float(np.quantile(values, 1 - share))
    cut = values > budget
    seen = np.where(cut, budget, values)
    with repeatable(seed):
        ours = fit_to_censored(points, seen, None, cut)
        others = fit_to_many(points, seen, None)
        linear = fit_to_censored(points, np.exp(seen), None, cut)
    at, true = points[cut], values[cut]
    return _held(ours, at, true), _held(others, at, true), _held(linear, at, np.exp(true)), int(cut.sum())


def _held(process: Any, points: Floats, values: Floats) -> int:
    means, covariances = process.predict(points)
    return int((np.abs(means - values) <= 1.96 * np.sqrt(np.maximum(covariances.diagonal(), 0.0))).sum())


def _drawn(points: Floats, seed: int, correlation: Callable[[Floats], Floats]) -> Floats:
    """A draw of a process with this correlation over distances."""
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    root = np.linalg.cholesky(correlation(distances) + 1e-8 * np.eye(len(points)))
    return np.asarray(root @ np.random.default_rng(1000 + seed).standard_normal(len(points)))


def _branin(points: Floats, seed: int) -> Floats:
    """The logarithm of Branin's function, upside down; turned about for every other seed."""
    x, y = 15.0 * (points[:, 0] if seed % 2 else 1.0 - points[:, 0]) - 5.0, 15.0 * points[:, 1]
    value = (y - 5.1 * x**2 / (4 * np.pi**2) + 5 * x / np.pi - 6) ** 2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10
    return np.asarray(-np.log(value))


def _arrhenius(points: Floats, seed: int) -> Floats:
    """The logarithm of a life that two processes end: one by time and temperature, one by rate, with a steep onset."""
    weight = 0.5 + 0.1 * seed
    return np.asarray(-np.log(0.3 * np.exp(2.0 * points[:, 0]) + np.exp(weight * 6.0 * (points[:, 1] - 0.5))))


_SURFACES: dict[str, Callable[[Floats, int], Floats]] = {
    "smooth draws": lambda points, seed: _drawn(points, seed, lambda d: np.exp(-0.5 * (d / 0.3) ** 2)),
    "rough draws": lambda points, seed: _drawn(
        points, seed, lambda d: (1 + np.sqrt(3) * d / 0.8) * np.exp(-np.sqrt(3) * d / 0.8)
    ),
    "Branin's function": _branin,
    "two ways to die": _arrhenius,
}
