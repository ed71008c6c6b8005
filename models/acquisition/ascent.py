"""Where is an acquisition largest? By its gradient where it has one, by trial where it has none.

A surrogate that only predicts gives no gradient, and a whole number or a choice none that helps: the acquisition is
constant between its values. Points of a batch are found one after the other, each knowing those before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.space import Floats, UnitCube

_RESTARTS = 8
_RAW_SAMPLES = 256
_CANDIDATES = 512  # of the search by trial, evenly spread
_OFFSPRING = 16  # of each restart, in each round
_WIDTHS = 0.2 * 0.6 ** np.arange(20)  # standard deviation of the offspring, by round; the last is 1e-5
_REDRAWN = 0.25  # share of the discrete variables that an offspring draws anew


def ascend_by_gradient(acquisition: Any, axes: int, count: int, seed: int) -> Floats:
    """Points of the unit cube, shape (count, axes), from several starts uphill."""
    import botorch.optim.optimize as optimize
    import torch

    chosen, _ = optimize.optimize_acqf(
        acquisition,
        bounds=torch.stack([torch.zeros(axes, dtype=torch.float64), torch.ones(axes, dtype=torch.float64)]),
        q=count,
        num_restarts=_RESTARTS,
        raw_samples=_RAW_SAMPLES,
        options={"seed": seed},
        sequential=True,
    )
    return np.asarray(chosen.detach().numpy(), dtype=np.float64)


def ascend_by_trial(acquisition: Any, cube: UnitCube, count: int, seed: int) -> Floats:
    """Snapped points of the unit cube, shape (count, axes): an even spread, its best refined in ever smaller steps."""
    import torch

    random = np.random.default_rng(seed)
    chosen = np.empty((0, cube.axes))
    for number in range(count):
        spread = sobol_points(cube.axes, skip=number * _CANDIDATES, count=_CANDIDATES, seed=seed)
        chosen = np.vstack([chosen, _refined(acquisition, cube, cube.snapped(spread), random)])
        acquisition.set_X_pending(torch.from_numpy(chosen))
    return chosen


def raised_by_trial(
    worth: Callable[[Floats], Floats], cube: UnitCube, points: Floats, values: Floats, random: np.random.Generator
) -> Floats:
    """The best point that descends from the best of those given, whose values are given too."""
    best = np.argsort(-values, kind="stable")[:_RESTARTS]
    kept, found = points[best], values[best]
    for width in _WIDTHS:
        young = np.repeat(kept, _OFFSPRING, axis=0)
        young = np.clip(young + width * random.standard_normal(young.shape), 0.0, 1.0)
        young = cube.snapped(cube.redrawn(young, _REDRAWN, random))
        family = np.concatenate([kept[:, None], young.reshape(len(kept), _OFFSPRING, -1)], axis=1)
        every = np.column_stack([found, worth(young).reshape(len(kept), _OFFSPRING)])
        first = every.argmax(axis=1)
        kept, found = family[np.arange(len(kept)), first], every.max(axis=1)
    return np.asarray(kept[found.argmax()])


def _refined(acquisition: Any, cube: UnitCube, points: Floats, random: np.random.Generator) -> Floats:
    """The best point of an acquisition that descends from the best of those given."""
    values = _values(acquisition, points)
    return raised_by_trial(lambda young: _values(acquisition, young), cube, points, values, random)


def _values(acquisition: Any, points: Floats) -> Floats:
    """The acquisition at points of shape (count, axes); least where it has no value."""
    import torch

    with torch.no_grad():
        values = acquisition(torch.from_numpy(points).unsqueeze(1)).numpy()
    return np.where(np.isnan(values), -np.inf, values)
