"""Slopes of a life at simulated cycles, their sums over skipped ones, and what a jump over these corrects and leaves.

A jump is made with the slopes known before it, and corrected with the slope where it lands. The order of both is
chosen: a polynomial through one more slope is taken where it came closer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.ageing.cycle_map import CycleRow, State

_LEFT = 0.3  # least share of a correction that is taken to be left after it, by three slopes
_LEFT_OF_HIGHER = 0.2  # the same by four


@dataclass(frozen=True)
class Place:
    """A simulated cycle: its count, the state at its end, its row, what it reports, and changes over the cycle."""

    count: int
    state: State
    row: CycleRow
    reported: NDArray[np.float64]
    state_slope: State
    reported_slope: NDArray[np.float64]

    @property
    def capacity_slope(self) -> float:
        """Change of the discharging capacity over the cycle [A h]."""
        return float(self.reported_slope[0])


@dataclass(frozen=True)
class Jump:
    """The cycle where a jump lands, the correction of state and report there, and the error left after it.

    `error` is that of the predicted report, `residual` that of the corrected one, `unexplained` the part of both that
    slopes do not explain; `order` is the number of slopes that would have predicted best.
    """

    place: Place
    correction: State
    reported_correction: NDArray[np.float64]
    error: NDArray[np.float64]
    residual: NDArray[np.float64]
    unexplained: NDArray[np.float64]
    order: int

    @property
    def corrected_row(self) -> CycleRow:
        """The row of the cycle where the jump lands, as it would be in the corrected state to first order."""
        return with_reported(self.place.row, self.place.reported + self.reported_correction)


def reported(row: CycleRow) -> NDArray[np.float64]:
    """Return what a cycle reports: the discharging capacity [A h] first, then its variables."""
    return np.array([row.discharging_capacity, *row.variables], np.float64)


def summed_weights(ends: Sequence[int], last: int, skipped: int) -> NDArray[np.float64]:
    """Return the weights that sum a polynomial over skipped cycles from its values at other cycles.

    Parameters
    ----------
    ends
        Counts of the cycles at which values are known, all different; their number is the order.
    last
        Count of the last cycle before the skipped ones.
    skipped
        How many are skipped.

    Returns
    -------
    NDArray[np.float64]
        Shape (len(ends),) [-]. Exact for polynomials of a degree below the number of values.
    """
    counts = last + 1 + np.arange(skipped, dtype=np.float64)
    weights = np.empty(len(ends))
    for index, own in enumerate(ends):
        others = np.array([end for end in ends if end != own], np.float64)
        weights[index] = np.prod((counts[:, None] - others) / (own - others), axis=1).sum()
    return weights


def predicted_state(known: Sequence[Place], state: State, last: int, skipped: int) -> State:
    """Return the state after skipped cycles, by the slopes at known places.

    Parameters
    ----------
    known
        Simulated cycles before the jump.
    state
        Shape (states,), after the cycle `last`.
    last, skipped
        As `summed_weights`.
    """
    weights = summed_weights([place.count for place in known], last, skipped)
    summed: State = weights @ np.array([place.state_slope for place in known])
    return state + summed


def judged(
    known: Sequence[Place], landed: Place, *, base: NDArray[np.float64], last: int, skipped: int, order: int
) -> Jump:
    """Return a jump with its correction and its errors, from the slope where it lands.

    Parameters
    ----------
    known
        Two or three simulated cycles before the jump.
    landed
        The cycle where it lands; it is simulated from the state that the last `order` known slopes predict.
    base
        What was reported after the cycle `last`, before the jump.
    last, skipped
        As `summed_weights`.
    order
        Number of slopes that predicted the state.
    """
    places = [*known, landed]
    slopes = np.array([one.reported_slope for one in places])
    guesses = {n: _weights(places[:-1], n, last, skipped) for n in range(2, len(places))}
    sums = {n: _weights(places, n, last, skipped) for n in range(3, len(places) + 1)}
    second = np.abs(sums[3] @ slopes - guesses[2] @ slopes[:-1])
    third = np.abs(sums[4] @ slopes - sums[3] @ slopes) if 4 in sums else second
    best = 4 if third[0] < second[0] else 3
    change = sums[best] - np.append(guesses[order], 0.0)
    correction = change @ slopes
    whole = _weights(places, best, last, landed.count - last)
    unexplained = np.abs(base + whole @ slopes - landed.reported - correction)
    # where sums do not converge the oldest slope is of no use, as one of a transient, and what was corrected is left
    converged = np.minimum(third, second) * (4 in sums)
    left = np.maximum(converged, (_LEFT_OF_HIGHER if best == 4 else _LEFT) * second)
    return Jump(
        landed,
        change @ np.array([one.state_slope for one in places]),
        correction,
        np.abs(correction) + unexplained,
        unexplained + left,
        unexplained,
        min(guesses, key=lambda n: abs(float(sums[best] @ slopes[:, 0] - guesses[n] @ slopes[:-1, 0]))),
    )


def _weights(places: Sequence[Place], number: int, last: int, skipped: int) -> NDArray[np.float64]:
    """The weights of places by which the slopes at the last so many of them are summed over skipped cycles."""
    weights = np.zeros(len(places))
    weights[-number:] = summed_weights([one.count for one in places[-number:]], last, skipped)
    return weights


def with_reported(row: CycleRow, values: NDArray[np.float64]) -> CycleRow:
    """Return a row with other values of what it reports; charge and energy both ways change as the capacity does."""
    share = float(values[0]) / row.discharging_capacity
    return replace(
        row,
        discharging_capacity=float(values[0]),
        charging_capacity=share * row.charging_capacity,
        discharging_energy=share * row.discharging_energy,
        charging_energy=share * row.charging_energy,
        variables=values[1:],
    )
