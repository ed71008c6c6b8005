"""Cells whose capacity cycle by cycle is known exactly, as maps of one cycle: for what carries a life over cycles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ragone.pipelines.ageing.cycle_map import CycleRow
from ragone.pipelines.ageing.errors import CycleFailedError
from ragone.schemas import FadeOutcome


class FadingMap:
    """A cycle map of a smooth life: `loss` [-] is a function of time in cycles that solves an autonomous equation.

    The state is the time, hidden in the loss by `inverse`, beside fast variables that follow it, each coming closer by
    a factor of its own in every cycle. The capacity is 5 A h times one less the loss, less a little of the fast ones.
    """

    def __init__(
        self,
        loss: Callable[[float], float],
        inverse: Callable[[float], float],
        *,
        fast: tuple[float, ...] = (),
        noise: float = 0.0,
    ) -> None:
        self.loss, self.inverse, self.fast = loss, inverse, np.array(fast)
        self.noise, self.random = noise, np.random.default_rng(3)
        self.lower, self.upper = 0.0, 1.0
        self.calls = 0

    def initial_state(self) -> np.ndarray:
        """Return no loss, and fast variables away from where they belong."""
        return np.array([self.loss(0.0), *np.full(len(self.fast), 0.1)])

    def advance(self, state: np.ndarray) -> tuple[np.ndarray, CycleRow]:
        """Do one cycle; a cell that has nothing left cannot."""
        self.calls += 1
        loss = self.loss(self.inverse(float(state[0])) + 1)
        if loss >= 1:
            raise CycleFailedError(FadeOutcome.INFEASIBLE, "nothing left")
        follow = np.sin(3 * loss)
        fast = follow + self.fast * (state[1:] - follow)
        capacity = 5 * (1 - loss) - 0.01 * float(np.sum(fast - follow)) + self.noise * self.random.standard_normal()
        row = CycleRow(3600.0 * (2 - loss), capacity, capacity, 0.0, 0.0, float("nan"), 298.15, np.array([loss]))
        return np.array([loss, *fast]), row

    def is_physical(self, state: np.ndarray) -> bool:
        """Return whether the loss lies within its bounds."""
        return bool(self.lower <= state[0] <= self.upper)


def square_root(cycles: float = 2000.0, **more: object) -> FadingMap:
    """Return a loss of 20 % after so many cycles, as the square root of their number (a growing film)."""
    factor = 0.2 / np.sqrt(cycles)
    return FadingMap(lambda n: factor * np.sqrt(n + 1), lambda loss: (loss / factor) ** 2 - 1, **more)


def linear(cycles: float = 1000.0, **more: object) -> FadingMap:
    """Return a loss of 20 % after so many cycles, in proportion."""
    return FadingMap(lambda n: 0.2 * n / cycles, lambda loss: loss / 0.2 * cycles, **more)


def knee(at: float = 160.0, width: float = 12.0, **more: object) -> FadingMap:
    """Return a slow linear loss that bends at a knee into one ten times as steep."""

    def loss(n: float) -> float:
        return 2e-4 * n + 2e-3 * width * np.logaddexp(0, (n - at) / width)

    def inverse(value: float) -> float:
        low, high = -1.0, 5000.0
        for _ in range(70):
            middle = (low + high) / 2
            low, high = (middle, high) if loss(middle) < value else (low, middle)
        return (low + high) / 2

    return FadingMap(loss, inverse, **more)
