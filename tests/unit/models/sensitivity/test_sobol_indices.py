"""Sobol indices of functions of which they are known exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ragone.models.sensitivity import sobol_indices

A, B = 7.0, 0.1
G = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])


def axes(count: int) -> list[slice]:
    """An input for each axis."""
    return [slice(number, number + 1) for number in range(count)]


def ishigami(points: Any) -> Any:
    """The function of Ishigami and Homma, 1990, whose inputs lie between -pi and pi."""
    x, y, z = (np.pi * (2 * points - 1)).T
    return np.sin(x) + A * np.sin(y) ** 2 + B * z**4 * np.sin(x)


def g_function(points: Any) -> Any:
    """The function of Saltelli and Sobol, 1995."""
    return np.prod((np.abs(4 * points - 2) + G) / (1 + G), axis=1)


def test_ishigami_has_its_exact_indices():
    """The third input matters with the first only: no first index, a total of 0.244."""
    found = sobol_indices(ishigami, axes(3), count=8192, seed=1)
    alone = np.array([(1 + B * np.pi**4 / 5) ** 2 / 2, A**2 / 8, 0.0])
    together = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = alone.sum() + together
    assert found.variance == pytest.approx(variance, rel=0.01)
    np.testing.assert_allclose(found.first, alone / variance, atol=0.01)
    np.testing.assert_allclose(found.total, (alone + together * np.array([1, 0, 1])) / variance, atol=0.01)


def test_the_g_function_has_its_exact_indices():
    """Six inputs, from one that matters to two that do not."""
    found = sobol_indices(g_function, axes(6), count=16384, seed=2)
    partial = 1 / (3 * (1 + G) ** 2)
    variance = np.prod(1 + partial) - 1
    np.testing.assert_allclose(found.first, partial / variance, atol=0.01)
    np.testing.assert_allclose(found.total, partial * np.prod(1 + partial) / (1 + partial) / variance, atol=0.01)


def test_errors_hold_the_truth():
    """Of 60 estimates of a total index, those farther than two standard errors are few, as of eight repeats."""
    variance = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
    exact = B**2 * np.pi**8 * (1 / 18 - 1 / 50) / variance
    found = [sobol_indices(ishigami, axes(3), count=256, seed=seed) for seed in range(60)]
    away = np.array([(one.total[2] - exact) / one.total_error[2] for one in found])
    assert (np.abs(away) < 2.36).mean() > 0.85  # 95 % of Student's t with seven degrees of freedom
    assert abs(np.mean([one.total[2] for one in found]) - exact) < 0.01


def test_axes_of_one_input_count_together():
    """A choice takes several axes; what they bring about is one share."""
    found = sobol_indices(lambda points: points[:, 0] + points[:, 1] + points[:, 2], [slice(0, 2), slice(2, 3)], seed=3)
    np.testing.assert_allclose(found.total, [2 / 3, 1 / 3], atol=0.02)


def test_a_constant_has_none():
    """No variance is there to share out."""
    assert sobol_indices(lambda points: np.full(len(points), 7.0), axes(2), seed=0) is None
