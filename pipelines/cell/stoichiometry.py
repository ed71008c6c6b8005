"""Between which stoichiometries a cell with these two electrodes works.

The cyclable lithium per positive active material is that of the parameter set's own cell, the same formation loss,
unless the values state it.
With the electrodes' capacities it fixes the open-circuit stoichiometries at the two voltage limits of the set
(as PyBaMM's ElectrodeSOH does). Open-circuit potentials are taken at the reference temperature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.pipelines.cell.engine import load_pybamm
from ragone.schemas.errors import BoundsError

FARADAY = 96485.33212  # C/mol, CODATA 2018
AMPERE_HOUR = 3600.0  # C
CYCLABLE_LITHIUM = "Cyclable lithium over positive host capacity"  # where it is not that of the values' own cell
_MARGIN = 1e-9

Potential = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Window:
    """Stoichiometry [-] of the negative (x) and positive (y) electrode at 0 and 100 % state of charge."""

    x_0: float
    x_100: float
    y_0: float
    y_100: float

    def at(self, state_of_charge: float) -> tuple[float, float]:
        """Stoichiometries (x, y) [-] at a state of charge in [0, 1]."""
        x = self.x_0 + state_of_charge * (self.x_100 - self.x_0)
        y = self.y_0 - state_of_charge * (self.y_0 - self.y_100)
        return x, y


def host_capacity(values: Any, electrode: str, thickness_metre: float, active_fraction: float) -> float:
    """Charge between stoichiometry 0 and 1 of one coated side over its area [A.h/m^2]."""
    concentration = float(values[f"Maximum concentration in {electrode} electrode [mol.m-3]"])
    return FARADAY * concentration * active_fraction * thickness_metre / AMPERE_HOUR


def reference_capacity(values: Any, electrode: str) -> float:
    """The same of the parameter set's own cell [A.h/m^2]."""
    name = electrode.capitalize()
    thickness = float(values[f"{name} electrode thickness [m]"])
    return host_capacity(
        values, electrode, thickness, float(values[f"{name} electrode active material volume fraction"])
    )


def reference_window(values: Any) -> Window:
    """The window of the parameter set's own cell."""
    return stoichiometry_window(
        values, positive=reference_capacity(values, "positive"), negative=reference_capacity(values, "negative")
    )


def stoichiometry_window(values: Any, *, positive: float, negative: float) -> Window:
    """Stoichiometries at the voltage limits of the parameter set.

    Parameters
    ----------
    values
        PyBaMM parameter values with the concentrations of the parameter set.
    positive, negative
        Host capacity of each electrode [A.h/m^2].

    Raises
    ------
    BoundsError
        If no stoichiometry gives one of the limits: the negative electrode is far too small or too large.
    """
    lithium = lithium_per_positive(values) * positive
    potentials = _potential(values, "Positive"), _potential(values, "Negative")
    found = [_positive_stoichiometry(potentials, voltage, lithium, positive, negative) for voltage in _limits(values)]
    x_0, x_100 = ((lithium - y * positive) / negative for y in found)
    return Window(x_0=x_0, x_100=x_100, y_0=found[0], y_100=found[1])


def half_cell_window(values: Any) -> Window:
    """The positive electrode's between the voltage limits of the parameter set, against lithium metal; x is 0.

    Raises
    ------
    BoundsError
        If the electrode's potential does not pass one of the limits.
    """
    potential = _potential(values, "Positive")
    y_0, y_100 = (_stoichiometry_at(potential, voltage) for voltage in _limits(values))
    return Window(x_0=0.0, x_100=0.0, y_0=y_0, y_100=y_100)


def _stoichiometry_at(potential: Potential, wanted: float) -> float:
    """Positive stoichiometry [-] at which the potential against lithium [V] is met; full if it stays above."""
    from scipy.optimize import brentq

    low, high = 1e-3, 1 - 1e-9
    if potential(low) < wanted:
        raise BoundsError(f"the positive electrode never reaches {wanted:g} V against lithium metal.")
    return float(brentq(lambda y: potential(y) - wanted, low, high, xtol=1e-13)) if potential(high) < wanted else high


def lithium_per_positive(values: Any) -> float:
    """Cyclable lithium over the positive host capacity [-]: as stated, else that of the parameter set's own cell."""
    if CYCLABLE_LITHIUM in values:  # asking for what is missing makes PyBaMM look for what is spelled alike
        return float(values[CYCLABLE_LITHIUM])
    x, y = (
        float(values[f"Initial concentration in {name} electrode [mol.m-3]"])
        / float(values[f"Maximum concentration in {name} electrode [mol.m-3]"])
        for name in ("negative", "positive")
    )
    return y + x * reference_capacity(values, "negative") / reference_capacity(values, "positive")


def _limits(values: Any) -> tuple[float, float]:
    """Open-circuit voltage [V] at 0 and at 100 % state of charge."""
    empty, full = (float(values[f"Open-circuit voltage at {soc}% SOC [V]"]) for soc in (0, 100))
    return empty, full


def _positive_stoichiometry(
    potentials: tuple[Potential, Potential], voltage: float, lithium: float, positive: float, negative: float
) -> float:
    """Positive stoichiometry [-] at which the open-circuit voltage [V] is met, lithium being conserved."""
    from scipy.optimize import brentq

    def excess(y: float) -> float:
        return potentials[0](y) - potentials[1]((lithium - y * positive) / negative) - voltage

    low, high = max(0.0, (lithium - negative) / positive), min(1.0, lithium / positive)
    low, high = low + _MARGIN, high - _MARGIN  # some potentials are infinite for an empty or a full electrode
    if not excess(low) > 0 > excess(high):
        raise BoundsError(
            f"no stoichiometry gives an open-circuit voltage of {voltage:g} V with host capacities of {positive:.3g} "
            f"and {negative:.3g} A.h/m^2. Choose a negative-to-positive capacity ratio nearer to that of the parameter "
            "set's own cell, or mend open-circuit potentials and voltage limits."
        )
    return float(brentq(excess, low, high, xtol=1e-13))


def _potential(values: Any, electrode: str) -> Potential:
    """Open-circuit potential [V] of an electrode over its stoichiometry; the expression is built once."""
    curve = values[f"{electrode} electrode OCP [V]"](load_pybamm().InputParameter("stoichiometry"))

    def potential(stoichiometry: float) -> float:
        with np.errstate(all="ignore"):  # a potential may be infinite where no cell works
            return float(curve.evaluate(inputs={"stoichiometry": stoichiometry}).item())

    return potential
