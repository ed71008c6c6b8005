"""The peer of the homogenisation benchmark: TauFactor 1.2.1 on the CPU, all cores, as shipped.

Its default criterion, single precision, its own loop. One departure, in its favour: several conducting phases get the
potentials half a voxel outside the end layers, as its solver of one phase and ours have them, so that all solve the
same problem; as shipped they are a whole voxel outside, which alone is an error of about one part in the length.
"""

from __future__ import annotations

import io
import os
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.volumes import Labels

_LONGEST_SECONDS = 60.0
_STEPS = 100  # between two looks at the clock; TauFactor judges its convergence as often
_MOST_STEPS = 10_000  # TauFactor's default


@dataclass(frozen=True)
class Solved:
    """Effective conductivity, seconds from labels to it, and whether TauFactor was content with it."""

    value: float
    seconds: float
    converged: bool


def solve_pore(
    pore: Labels, *, repeats: int, most_steps: int = _MOST_STEPS, longest_seconds: float = _LONGEST_SECONDS
) -> Solved:
    """Conductivity along axis 0, relative to that of label 1; the fastest of the repeats."""
    from taufactor import Solver

    def once() -> Solved:
        start = time.perf_counter()
        solver = Solver(pore, device="cpu")
        return _solve(solver, start, most_steps, longest_seconds, 1.0)

    return _fastest(once, repeats)


def solve_solid(labels: Labels, conductivities: dict[int, float], *, repeats: int) -> Solved:
    """Conductivity along axis 0 of several phases, label 0 being the one that insulates."""
    from taufactor import MultiPhaseSolver

    conducting = {label: value for label, value in conductivities.items() if value > 0}

    def once() -> Solved:
        start = time.perf_counter()
        solver = MultiPhaseSolver(labels, conducting, device="cpu")
        high, low = solver.pre_factors[0][:, -1], solver.pre_factors[1][:, 0]
        solver.factor[:, 0] += low[:, 1:-1, 1:-1]
        solver.factor[:, -1] += high[:, 1:-1, 1:-1]
        high *= 2
        low *= 2
        layers = labels.shape[0]
        return _solve(solver, start, _MOST_STEPS, _LONGEST_SECONDS, layers / (layers + 1))

    return _fastest(once, repeats)


def _fastest(once: Any, repeats: int) -> Solved:
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    found: Solved = min((once() for _ in range(repeats)), key=lambda solved: solved.seconds)
    return found


def _solve(solver: Any, start: float, most_steps: int, longest_seconds: float, factor: float) -> Solved:
    """TauFactor's loop until it is content, its limit is reached or time is up; it warns on stdout of the pauses."""
    while not solver.converged and solver.iter < most_steps and time.perf_counter() - start < longest_seconds:
        with redirect_stdout(io.StringIO()):
            solver.solve(iter_limit=solver.iter + _STEPS, verbose=False)
    seconds = time.perf_counter() - start
    return Solved(factor * float(np.squeeze(solver.D_eff)), seconds, bool(solver.converged))
