"""Where single precision cannot narrow the interval, double precision goes on; where nothing can, the solve ends."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.characterise.kernel import conductivity_tensor, effective_conductivity, solver
from ragone.schemas import TransportOutcome

MEDIUM = {0: 0.0, 1: 5e-4, 2: 1.0}


def plates(count: int, gap: int, width: int) -> np.ndarray:
    """Slabs of a good conductor, `gap` voxels thick, that touch through one voxel of a poor one each."""
    labels = np.full((count * (gap + 1) + gap, width, width), 2, np.uint8)
    for number in range(count):
        wall = gap + number * (gap + 1)
        labels[wall] = 0
        labels[wall, (number % 2) * (width // 2) + width // 4, width // 4] = 1
    return labels


@pytest.fixture
def precisions(monkeypatch) -> list[str]:
    """The precision of each potential that was looked at."""
    looked_at, certified_interval = [], solver.certified_interval

    def looking(operator, *others):
        looked_at.append(str(operator.dtype))
        return certified_interval(operator, *others)

    monkeypatch.setattr(solver, "certified_interval", looking)
    return looked_at


@pytest.mark.parametrize("size", [(20, 3, 64), (30, 3, 48)])
def test_double_precision_goes_on(precisions, size):
    """A volume a million times worse than its better phase: the interval is as narrow as asked for, and true."""
    found = effective_conductivity(plates(*size), MEDIUM, relative_tolerance=3e-4, largest_iteration_count=60)
    assert (precisions[0], precisions[-1]) == ("float32", "float64")
    assert found.outcome is TransportOutcome.CONVERGED
    exact = effective_conductivity(plates(*size), MEDIUM, relative_tolerance=1e-8)
    assert found.lower <= exact.lower <= exact.upper <= found.upper
    assert found.upper - found.lower <= 3e-4 * found.value
    assert found.iterations <= 30


def test_single_precision_where_it_serves(precisions):
    """Shorter, the same medium needs no other precision."""
    found = effective_conductivity(plates(10, 3, 16), MEDIUM, relative_tolerance=3e-4)
    assert set(precisions) == {"float32"}
    assert found.outcome is TransportOutcome.CONVERGED


def test_periodic_volumes_too(precisions, monkeypatch):
    """The tensor is taken up again in double precision, with the entries that this gives from the start."""
    labels = plates(30, 3, 48)[1:-2]  # the first slab goes on behind the last
    exact = conductivity_tensor(labels, MEDIUM, relative_tolerance=1e-6)
    assert set(precisions) == {"float64"}
    precisions.clear()
    monkeypatch.setattr(solver, "_precision", lambda *_: np.float32)
    found = conductivity_tensor(labels, MEDIUM, relative_tolerance=3e-4, largest_iteration_count=60)
    assert (precisions[0], precisions[-1]) == ("float32", "float64")
    assert found.outcomes == (TransportOutcome.CONVERGED,) * 3
    assert np.all(np.abs(found.value - exact.value) <= found.half_width + exact.half_width)


def test_an_interval_that_stays_wide_ends_the_solve(precisions, monkeypatch):
    """If no look brings a narrower interval the solve ends with that, long before the limit, and says so."""
    monkeypatch.setattr(solver, "certified_interval", lambda operator, *_: precisions.append("") or (-1.0, 1.0))
    found = effective_conductivity(plates(4, 3, 8), MEDIUM, largest_iteration_count=10_000)
    assert found.outcome is TransportOutcome.MAX_STEPS
    assert (found.lower, found.iterations < 200) == (0.0, True)  # an energy is not below zero
