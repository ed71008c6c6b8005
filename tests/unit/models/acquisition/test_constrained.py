"""Ascent within limits, against optima that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.acquisition.constrained import ascend_within, ranked

ALL = np.ones(2, dtype=bool)


def circle(points):
    """Raise x + y within a disc of radius 0.25 around (0.5, 0.5)."""
    away = points - 0.5
    values = np.column_stack([points.sum(axis=1), 0.25**2 - (away**2).sum(axis=1)])
    return values, np.stack([np.ones_like(points), -2 * away], axis=1)


def hock_schittkowski_21(points):
    """Lower 0.01 x^2 + y^2 - 100 with 10 x - y >= 10, x from 2 to 50, y from -50 to 50: at (2, 0)."""
    wide, low = np.array([48.0, 100.0]), np.array([2.0, -50.0])
    x = low + points * wide
    values = np.column_stack([100 - 0.01 * x[:, 0] ** 2 - x[:, 1] ** 2, 10 * x[:, 0] - x[:, 1] - 10])
    slopes = np.stack([np.column_stack([-0.02 * x[:, 0], -2 * x[:, 1]]), np.tile([10.0, -1.0], (len(x), 1))], axis=1)
    return values, slopes * wide


def rosenbrock(points):
    """Lower Rosenbrock's function over [-2, 2] squared, without a limit: 0 at (1, 1)."""
    x, y = (4 * points - 2).T
    values = -(100 * (y - x**2) ** 2 + (1 - x) ** 2)
    slopes = -4 * np.column_stack([-400 * x * (y - x**2) - 2 * (1 - x), 200 * (y - x**2)])
    return values[:, None], slopes[:, None]


def corner(points):
    """Raise x + 2 y, which ends at the edges."""
    return (points @ [1.0, 2.0])[:, None], np.tile([1.0, 2.0], (len(points), 1, 1))


@pytest.mark.parametrize(
    ("terms", "start", "exact"),
    [
        (circle, [0.5, 0.3], [0.5 + 0.25 / 2**0.5] * 2),
        (circle, [0.0, 0.9], [0.5 + 0.25 / 2**0.5] * 2),  # begun outside
        (hock_schittkowski_21, [0.5, 0.1], [0.0, 0.5]),
        (corner, [0.2, 0.3], [1.0, 1.0]),
        (rosenbrock, [0.1, 0.9], [0.75, 0.75]),
    ],
)
def test_the_exact_optimum_is_found(terms, start, exact) -> None:
    """Within 1e-5 of an edge of the cube."""
    assert ascend_within(terms, np.array([start]), ALL)[0] == pytest.approx(exact, abs=1e-5)


def test_an_axis_that_is_not_free_stays() -> None:
    """With x = 0.4 held, the largest y on the circle."""
    found = ascend_within(circle, np.array([[0.4, 0.5]]), np.array([False, True]))[0]
    assert found == pytest.approx([0.4, 0.5 + (0.25**2 - 0.1**2) ** 0.5], abs=1e-6)


def test_those_within_limits_come_first() -> None:
    """Then by value, then by the distance beyond."""
    assert ranked(np.array([[9.0, -2.0], [1.0, 0.5], [8.0, -1.0], [2.0, 0.0]])).tolist() == [3, 1, 2, 0]
