"""The solution of a protocol as columns: the samples of all steps, one below the other.

Where one step ends and the next begins there are two samples of the same time: before and after the current changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.cell.engine import load_pybamm
from pipelines.cell.protocols.variables import TEMPERATURE, sampled
from pipelines.cell.sampling import battery_data_current


@dataclass(frozen=True)
class Columns:
    """What was sampled; shape (n,) each, `variables` (names, n). Current in the sign of the Battery Data Format."""

    time: NDArray[np.float64]
    voltage: NDArray[np.float64]
    current: NDArray[np.float64]
    temperature: NDArray[np.float64]
    step: NDArray[np.int64]
    variables: NDArray[np.float64]


def no_columns(names: Sequence[str]) -> Columns:
    """Of a protocol that never began."""
    none = np.empty(0)
    return Columns(none, none, none, none, np.empty(0, np.int64), np.empty((len(names), 0)))


def read_columns(
    solutions: Sequence[Any | None],
    names: Sequence[str],
    times_of: Callable[[int, float], NDArray[np.float64]],
) -> Columns:
    """Sample every step.

    Parameters
    ----------
    solutions
        PyBaMM's, of each step; None where it was skipped.
    names
        Variables beside voltage, current and temperature.
    times_of
        Gives the times [s] since the step of that index began, given its length [s].
    """
    done = {index: solution for index, solution in enumerate(solutions) if solution is not None}
    if not done:
        return no_columns(names)
    times, moments, begin = [], [], 0.0
    for index, solution in done.items():
        end = float(solution.t[-1])
        times.append(np.minimum(begin + times_of(index, end - begin), end))
        moments.append(np.maximum(times[-1], solution.t[0]))  # PyBaMM begins a step the next float after the last
        begin = end
    at = np.concatenate(moments)
    whole = load_pybamm().Solution.from_sub_solutions(list(done.values()))  # a variable of all steps is built once
    return Columns(
        time=np.concatenate(times),
        voltage=sampled(whole, "Voltage [V]", at),
        current=battery_data_current(sampled(whole, "Current [A]", at)) + 0.0,  # no negative zero at rest
        temperature=sampled(whole, TEMPERATURE, at),
        step=np.repeat(np.array([*done]) + 1, [len(part) for part in times]),
        variables=np.stack([sampled(whole, name, at) for name in names]),
    )
