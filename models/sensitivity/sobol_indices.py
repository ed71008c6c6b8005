"""Sobol indices: the share of a response's variance that each input brings about, alone and with the others.

Inputs are uniform and independent on the unit cube. The indices are those of the function given: of a surrogate's mean
they say what the surrogate makes of the inputs, not what the surrogate does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Response = Callable[[Floats], Floats]

_REPEATS = 8  # scramblings of the sequence: their scatter is the error


@dataclass(frozen=True)
class SobolIndices:
    """First-order and total indices [-] with standard errors, shape (inputs,) each; the variance of the response.

    A first index is the share of the variance that would vanish, on average, if the input were known; a total index
    the share that would be left if all others were.
    """

    first: Floats
    first_error: Floats
    total: Floats
    total_error: Floats
    variance: float


def sobol_indices(response: Response, inputs: Sequence[slice], *, count: int = 512, seed: int) -> SobolIndices | None:
    """Estimate the indices from so many points, (inputs + 2) evaluations each; None of a response that is constant.

    Parameters
    ----------
    response
        Values, shape (n,), at points of shape (n, axes) of the unit cube.
    inputs
        The axes of each input, which together are all axes.
    count
        Points, a multiple of 8 whose eighth is a power of two.
    seed
        Seed of the scramblings.

    References
    ----------
    Saltelli et al., 2010, doi 10.1016/j.cpc.2009.09.018, table 2: formulas b (first order) and f (total; Jansen).
    """
    random = np.random.default_rng(seed)
    repeats = [_repeat(response, inputs, count // _REPEATS, random) for _ in range(_REPEATS)]
    first, total, variances = (np.array(each) for each in zip(*repeats, strict=True))
    variance = float(variances.mean())
    if not variance > 0:
        return None
    first, total = first / variance, total / variance  # one variance for all: its error is small beside theirs
    root = np.sqrt(_REPEATS)
    return SobolIndices(
        first.mean(axis=0),
        first.std(axis=0, ddof=1) / root,
        total.mean(axis=0),
        total.std(axis=0, ddof=1) / root,
        variance,
    )


def _repeat(
    response: Response, inputs: Sequence[slice], count: int, random: np.random.Generator
) -> tuple[list[float], list[float], float]:
    """Partial variances of the inputs, alone and in total, and the whole variance, from one scrambled sequence."""
    from scipy.stats import qmc  # heavy

    axes = max(each.stop for each in inputs)
    points = qmc.Sobol(2 * axes, scramble=True, rng=random).random(count)
    one, other = points[:, :axes], points[:, axes:]
    mixed = [_exchanged(one, other, each) for each in inputs]
    values = response(np.concatenate([one, other, *mixed])).reshape(len(inputs) + 2, count)
    values = values - values[:2].mean()  # Saltelli's product is less noisy of a centred response
    first = [float(np.mean(values[1] * (each - values[0]))) for each in values[2:]]
    total = [float(np.mean((values[0] - each) ** 2)) / 2 for each in values[2:]]
    return first, total, float(values[:2].var())


def _exchanged(one: Floats, other: Floats, axes: slice) -> Floats:
    """The points of one, with some axes of the other."""
    mixed = one.copy()
    mixed[:, axes] = other[:, axes]
    return mixed
