"""Semenov's theory: from which temperature on cooling loses to a reaction that speeds itself up.

One temperature for the cell, loss linear in it, and no reactant used up: the critical state is where the generation
line touches the loss line. Using up reactants only helps, so that the critical ambient is a lower bound of the true
one. For one reaction of activation energy E the tangency is T - T_ambient = R T^2 / E, exactly.
Sources: Semenov 1928, Zeitschrift fuer Physik 48, 571; Frank-Kamenetskii 1969, Diffusion and Heat Transfer in Chemical
Kinetics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.pipelines.thermal.decomposition import Decomposition
from ragone.schemas.field import Bounds

_COLDEST, _HOTTEST = 150.0, 2000.0  # K; heat rises ever more steeply between them
TEMPERATURES = Bounds(_COLDEST, _HOTTEST)  # that may be given
_SMALLEST = 1e-300  # W/K, for the logarithm


@dataclass(frozen=True, slots=True)
class Tangency:
    """The critical state [K]: the highest ambient with a balance, and the temperature of no return above it."""

    ambient: float
    temperature: float


def tangency(decomposition: Decomposition, conductance: float) -> Tangency | None:
    """Point where generation touches the loss of a conductance [W/K]; None if none lies between 150 and 2000 K."""
    from scipy.optimize import brentq

    def excess(temperature: float) -> float:
        return float(np.log(max(decomposition.slope(temperature), _SMALLEST) / conductance))

    if not (decomposition.slope(_COLDEST) < conductance < decomposition.slope(_HOTTEST)):
        return None
    touches = float(brentq(excess, _COLDEST, _HOTTEST, xtol=1e-9))
    return Tangency(ambient=touches - decomposition.heat(touches) / conductance, temperature=touches)


def semenov_number(decomposition: Decomposition, conductance: float, ambient: float) -> float:
    """Slope of the fresh cell's heat at the ambient temperature [K] over the conductance [W/K].

    For one reaction it is Semenov's E heat / (R T^2 conductance), critical at 1/e to leading order in R T / E.
    """
    return decomposition.slope(ambient) / conductance
