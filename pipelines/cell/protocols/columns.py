"""The solution of a protocol as columns: the samples of all steps, one below the other.

Where one step ends and the next begins there are two samples of the same time: before and after the current changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.protocols.variables import TEMPERATURE, sampled
from ragone.pipelines.cell.sampling import battery_data_current

STEPS_AT_ONCE = 50  # of which PyBaMM builds the variables together: some 6 MB a step until they are read


@dataclass(frozen=True)
class Columns:
    """Samples; shape (n,) each, `variables` (names, n). Current in the sign of the Battery Data Format."""

    time: NDArray[np.float64]
    voltage: NDArray[np.float64]
    current: NDArray[np.float64]
    temperature: NDArray[np.float64]
    step: NDArray[np.int64]
    variables: NDArray[np.float64]


def no_columns(names: Sequence[str]) -> Columns:
    """Return the columns of a protocol that never began."""
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
    indices, begin, parts = [*done], 0.0, [no_columns(names)]
    for first in range(0, len(indices), STEPS_AT_ONCE):
        some = {index: done[index] for index in indices[first : first + STEPS_AT_ONCE]}
        parts.append(_columns_of(some, names, times_of, begin))
        begin = float(some[max(some)].t[-1])
    return Columns(
        *(np.concatenate([getattr(part, field.name) for part in parts], axis=-1) for field in fields(Columns))
    )


def _columns_of(
    done: Mapping[int, Any], names: Sequence[str], times_of: Callable[[int, float], NDArray[np.float64]], begin: float
) -> Columns:
    """Columns of a few steps, by index, the first of which begins at a time [s]."""
    times, moments = [], []
    for index, solution in done.items():
        end = float(solution.t[-1])
        times.append(np.minimum(begin + times_of(index, end - begin), end))
        moments.append(np.maximum(times[-1], solution.t[0]))  # PyBaMM begins a step the next float after the last
        begin = end
    at = np.concatenate(moments)
    whole = load_pybamm().Solution.from_sub_solutions(list(done.values()))  # a variable of several steps is built once
    return Columns(
        time=np.concatenate(times),
        voltage=sampled(whole, "Voltage [V]", at),
        current=battery_data_current(sampled(whole, "Current [A]", at)) + 0.0,  # no negative zero at rest
        temperature=sampled(whole, TEMPERATURE, at),
        step=np.repeat(np.array([*done]) + 1, [len(part) for part in times]),
        variables=np.stack([sampled(whole, name, at) for name in names]),
    )
