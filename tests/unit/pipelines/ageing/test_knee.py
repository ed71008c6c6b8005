"""Knees: at the bend where there is one, within their uncertainty, and none where the fade has none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from capacity_fades import Floats, bent, smooth

from ragone.pipelines.ageing.knee import Knee, knee_by_bacon_watts, knee_by_tangents, onset_by_double_bacon_watts

CYCLES = np.arange(1, 701.0)
Method = Callable[[Floats, Floats], Knee]
METHODS = [knee_by_bacon_watts, onset_by_double_bacon_watts, knee_by_tangents]


def twice_bent(cycle: Floats) -> Floats:
    """Three straight lines that meet at 300 and 500."""
    return 1 - 1e-4 * cycle - 4e-4 * np.maximum(cycle - 300, 0) - 8e-4 * np.maximum(cycle - 500, 0)


@pytest.mark.parametrize("method", [knee_by_bacon_watts, knee_by_tangents])
def test_a_bend_is_found_where_it_is(method: Method) -> None:
    """Two straight lines that meet at cycle 400."""
    assert method(CYCLES, bent(CYCLES)).place == pytest.approx(400, abs=1e-6)


def test_the_onset_is_the_first_of_two_bends() -> None:
    """The single model lies between the two; of one bend only there is no onset before it."""
    assert onset_by_double_bacon_watts(CYCLES, twice_bent(CYCLES)).place == pytest.approx(300, abs=1e-5)
    assert 300 < knee_by_bacon_watts(CYCLES, twice_bent(CYCLES)).place < 500
    assert "at once" in onset_by_double_bacon_watts(CYCLES, bent(CYCLES)).refused


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("course", [twice_bent, smooth])
@pytest.mark.parametrize("noise", [2e-3, pytest.param(5e-4, marks=pytest.mark.slow)])
def test_the_uncertainty_covers_what_noise_does(
    method: Method, course: Callable[[Floats], Floats], noise: float
) -> None:
    """The place without noise lies within 1.96 standard uncertainties about 95 times in 100, of 40 noisy fades."""
    truth = method(CYCLES, course(CYCLES)).place
    chance = np.random.default_rng(2)
    found = [method(CYCLES, course(CYCLES) + noise * chance.standard_normal(700)) for _ in range(40)]
    scores = np.array([(one.place - truth) / (one.uncertainty or np.nan) for one in found])
    assert not any(one.refused for one in found)
    assert np.mean(np.abs(scores) < 1.96) >= 0.85
    assert 0.4 < scores.std() < 1.4


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "course",
    [
        lambda n: 1 - 3e-4 * n,
        lambda n: 1 - 0.2 * np.sqrt(n / 700),
        lambda n: 1 - 0.2 * (n / 700) ** 2,
        lambda n: bent(n, late=1.5e-4),
        lambda n: bent(n, knee=690),
        lambda n: np.full(700, 0.9) + 0 * n,
    ],
    ids=["linear", "square root", "parabola", "hardly steeper", "at the end", "no fade"],
)
@pytest.mark.parametrize("noise", [0.0, 1e-3])
def test_a_fade_without_a_knee_has_none(method: Method, course: Callable[[Floats], Floats], noise: float) -> None:
    """Nor one whose bend has just begun as the record ends; the reason is said."""
    capacity = course(CYCLES) + noise * np.random.default_rng(3).standard_normal(700)
    assert method(CYCLES, capacity).refused


@pytest.mark.parametrize("method", METHODS)
def test_a_few_cycles_have_no_knee(method: Method) -> None:
    """Nineteen cycles are too few."""
    assert "too few" in method(CYCLES[:19], bent(CYCLES[:19], knee=10)).refused
