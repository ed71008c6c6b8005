"""The walk from noise to a clean field, beside one known exactly: of clean fields that are white noise themselves."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch

from ragone.models.generator import schedule

SPREAD = 0.5  # of the clean fields


def expected(noisy: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
    """The mean clean field given a noisy one: Bayes' rule of two Gaussians."""
    clear = 1 - level
    return noisy * clear * SPREAD**2 / ((clear * SPREAD) ** 2 + level**2)


def walk_error(steps: int, crowding: float, *, plain: bool = False) -> float:
    """Relative error at the end of the walk, which scales all noise by the spread of the clean fields."""
    noisy, before = torch.ones((), dtype=torch.float64), None
    levels = schedule.crowded(torch.linspace(1, 0, steps + 1, dtype=torch.float64), crowding)
    for level, lower in pairwise(levels):
        clean = expected(noisy, level)
        noisy = schedule.stepped(noisy, schedule.ahead(clean, None if plain else before), level, lower)
        before = clean
    return float(abs(noisy / SPREAD - 1))


@pytest.mark.parametrize("crowding", [1.0, 3.0, 9.0])
def test_the_walk_is_of_second_order(crowding):
    """Half the step, a quarter of the error; without looking ahead, half of it, and far more of it."""
    counts = (2048, 4096, 8192)  # few steps near no noise, and a logarithm in the error: the order shows late
    for plain, order in ((False, 2.0), (True, 1.0)):
        errors = [walk_error(steps, crowding, plain=plain) for steps in counts]
        assert [math.log2(a / b) for a, b in pairwise(errors)] == pytest.approx([order, order], abs=0.25)
    assert walk_error(64, crowding) < 0.3 * walk_error(64, crowding, plain=True)


def test_levels_fall_from_noise_to_none_crowded_towards_noise():
    """Both ends stay; more than half lie in the noisier half."""
    levels = schedule.crowded(torch.linspace(1, 0, 9), 5.0)
    assert (levels[0], levels[-1]) == (1, 0)
    assert bool((levels.diff() < 0).all())
    assert int((levels > 0.5).sum()) > 5
