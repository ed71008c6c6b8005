"""One jump of the current, and how the voltage answers it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.transient.holds import Hold

LEAST_AT_ONCE = 0.1  # of what follows: an ohmic part below it has hardly been seen


@dataclass(frozen=True, slots=True)
class Jump:
    """A change between two holds; times in the curve's own [s], arrays over the settled rows after it, shape (n,).

    `rise` is the middle of the current's rise and `half_gap` by how much it may lie elsewhere. `answer` [ohm] is the
    change of voltage over the change of current, `deviation` its standard deviation per sample, and `shared_deviation`
    that which all samples have in common, from the voltage before, the current's noise and what was found beside it.
    `slope_deviation` [ohm/s] is what the slope of the voltage before leaves open. `finding` says what widened the
    uncertainty, `doubt` why the answer is not to be trusted at all; both are mostly empty.
    """

    before: Hold
    after: Hold
    first_row: int
    change: float
    rise: float
    half_gap: float
    time: NDArray[np.float64]
    answer: NDArray[np.float64]
    deviation: float
    shared_deviation: float
    baseline_slope: float
    slope_deviation: float
    left_out: int
    finding: str = ""
    doubt: str = ""

    @property
    def single(self) -> bool:
        """Whether one row alone says what the voltage was before."""
        return self.before.end - self.before.start == 1

    @property
    def resolution(self) -> float:
        """Longest time from the jump to the first settled sample [s]."""
        return float(self.time[0] - self.rise + self.half_gap)

    @property
    def text(self) -> str:
        """The jump in words: the change of current, and its time."""
        return (
            f"current from {self.before.level:.4g} A to {self.after.level:.4g} A at row {self.first_row}, "
            f"t = {self.rise:.6g} s"
        )


def doubt_of(value: float, reach: float, row: int) -> str:
    """The reason why the voltage before a jump may be that after it; empty if an answer begins as a cell's does.

    Parameters
    ----------
    value, reach
        What answers at once, and what follows soon [ohm].
    row
        The first after the jump.
    """
    if not 0 <= value < LEAST_AT_ONCE * reach:
        return ""
    return (
        f"row {row} answers with {value:.3g} ohm, less than {LEAST_AT_ONCE:.0%} of the {reach:.3g} ohm that follow: "
        "the rows before the jump seem to hold a voltage from after it; record the rest before the pulse"
    )
