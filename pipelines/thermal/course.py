"""How a decomposing cell's temperature runs: reactants used up, heat lost to an oven or to nobody.

    C dT/dt = heat(T, c) - h A (T - T_oven)          dc/dt = -rates(T, c)

A stiff system, integrated until the reactions alone would heat the cell at the rate that is called runaway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.thermal.decomposition import Decomposition
from ragone.schemas import RagoneError


class NotIntegratedError(RagoneError, ArithmeticError):
    """The integration in time broke down."""


@dataclass(frozen=True, slots=True)
class Course:
    """Times [s], temperatures [K], shape (n,); fractions left [-], shape (reactions, n); whether it ran away."""

    time: NDArray[np.float64]
    temperature: NDArray[np.float64]
    fractions: NDArray[np.float64]
    ran_away: bool


def course(
    decomposition: Decomposition,
    *,
    heat_capacity: float,
    conductance: float,
    oven: float,
    start: float,
    longest: float,
    runaway_rate: float,
    tolerance: float = 1e-10,
) -> Course:
    """Integrate from a start temperature.

    Parameters
    ----------
    decomposition
        Reactions, all fresh at the start.
    heat_capacity
        Of the whole cell [J/K].
    conductance
        To the oven [W/K]; 0 for an adiabatic cell.
    oven, start
        Temperatures [K].
    longest
        Where it is broken off [s].
    runaway_rate
        Self-heating by the reactions that is called runaway [K/s].
    tolerance
        Relative, of the integration [-].

    Raises
    ------
    NotIntegratedError
        If the integration breaks down.
    """
    from scipy.integrate import solve_ivp

    def change(_: float, state: NDArray[np.float64]) -> NDArray[np.float64]:
        temperature, fractions = float(state[0]), state[1:]
        rates = decomposition.rates(temperature, fractions)
        heat = decomposition.power(rates)
        return np.concatenate([[(heat - conductance * (temperature - oven)) / heat_capacity], -rates])

    def distance(_: float, state: NDArray[np.float64]) -> float:
        return float(np.log(decomposition.heat(float(state[0]), state[1:]) / heat_capacity / runaway_rate + 1e-300))

    distance.terminal, distance.direction = True, 1.0  # type: ignore[attr-defined]
    state = np.concatenate([[start], decomposition.fresh])
    if distance(0.0, state) >= 0:
        return Course(np.zeros(1), np.array([start]), decomposition.fresh[:, None], True)
    solved = solve_ivp(
        change, (0.0, longest), state, method="LSODA", events=distance, rtol=tolerance, atol=tolerance * 1e-2
    )
    if solved.status < 0:
        raise NotIntegratedError(f"the temperature cannot be followed beyond {solved.t[-1]:g} s: {solved.message}")
    return Course(solved.t, solved.y[0], solved.y[1:], solved.status == 1)


def border(runs_away: Callable[[float], bool], low: float, high: float, tolerance: float) -> float | None:
    """Temperature [K] between `low` and `high` from which on it runs away, by bisection; None if `high` does not."""
    if not runs_away(high):
        return None
    while high - low > tolerance:
        middle = (low + high) / 2
        low, high = (low, middle) if runs_away(middle) else (middle, high)
    return high
