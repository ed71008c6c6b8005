"""The heat that a cell makes by falling apart: four Arrhenius reactions, each with what is left of its reactant.

Kinetics of Hatchard et al. 2001 with the parameters that Kim et al. 2007 list for a charged cell, kg of reactant
instead of kg per m^3 of jelly roll. One variable c per reaction, the fraction left, is enough:

    dc/dt = -A f(c) exp(-E / R T)         heat = H m A f(c) exp(-E / R T)

    f(c) = c                                   SEI, electrolyte
    f(c) = c exp(-(z + c_initial - c) / z_0)   negative electrode and electrolyte: the film grows as lithium is used up
    f(c) = c (1 - c)                           positive electrode and electrolyte: autocatalytic in 1 - c

They were fitted to lithium cobalt oxide against graphite. A nickel-rich oxide decomposes earlier and gives off more
heat: with these parameters its margin is overstated. Venting, short circuits inside and combustion are not in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.schemas import CellParameters
from ragone.schemas.errors import MissingFieldError, UnknownFieldError, did_you_mean
from ragone.schemas.field import POSITIVE

Vector = NDArray[np.float64]
GAS_CONSTANT = 8.314462618  # J/(mol K), CODATA 2018
REFERENCE = "Hatchard et al. 2001, doi 10.1149/1.1377592; Kim et al. 2007, doi 10.1016/j.jpowsour.2007.04.018"

_NEGATIVE_SOLIDS = ("negative_active_material", "negative_carbon_binder")

# Heat [J/kg of the component], frequency factor [1/s], activation energy [J/mol], fraction at the start [-].
KIM_2007: dict[str, dict[str, Any]] = {
    "sei": {
        "component": "negative_solids",
        "heat_joule_per_kilogram": 2.57e5,
        "frequency_per_second": 1.667e15,
        "activation_energy_joule_per_mole": 1.3508e5,
        "initial_fraction": 0.15,
    },
    "negative_electrode": {
        "component": "negative_solids",
        "heat_joule_per_kilogram": 1.714e6,
        "frequency_per_second": 2.5e13,
        "activation_energy_joule_per_mole": 1.3508e5,
        "initial_fraction": 0.75,
        "film": 0.033,
        "reference_film": 0.033,
    },
    "positive_electrode": {
        "component": "positive_active_material",
        "heat_joule_per_kilogram": 3.14e5,
        "frequency_per_second": 6.667e13,
        "activation_energy_joule_per_mole": 1.396e5,
        "initial_fraction": 0.96,
        "autocatalytic": True,
    },
    "electrolyte": {
        "component": "electrolyte",
        "heat_joule_per_kilogram": 1.55e5,
        "frequency_per_second": 5.14e25,
        "activation_energy_joule_per_mole": 2.74e5,
        "initial_fraction": 1.0,
    },
}


@dataclass(frozen=True, slots=True)
class Reaction:
    """One of them; see the module's docstring. Without a reference film no film slows it down."""

    component: str
    heat_joule_per_kilogram: float
    frequency_per_second: float
    activation_energy_joule_per_mole: float
    initial_fraction: float = 1.0
    film: float = 0.0
    reference_film: float | None = None
    autocatalytic: bool = False


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Reactions of one cell, and the mass [kg] of what reacts in each; arrays have one element per reaction."""

    reactions: tuple[Reaction, ...]
    masses: tuple[float, ...]

    @cached_property
    def fresh(self) -> Vector:
        """Fractions before anything has reacted [-]."""
        return self._of("initial_fraction")

    @cached_property
    def enthalpies(self) -> Vector:
        """Heat per fraction used up [J]."""
        return np.asarray(self._of("heat_joule_per_kilogram") * np.array(self.masses), np.float64)

    def rates(self, temperature: float, fractions: Vector) -> Vector:
        """Fraction used up per time [1/s]."""
        left = np.clip(fractions, 0.0, 1.0)
        conversion = left * np.where(self._autocatalytic, 1 - left, 1.0)
        film = (self._film + self.fresh - left) / self._reference_film
        exponent = -film - self._energies / (GAS_CONSTANT * temperature)
        return np.asarray(self._frequencies * conversion * np.exp(exponent), np.float64)

    def power(self, rates: Vector) -> float:
        """Heat of reactions at these rates [W]; summed without BLAS, whose last digit depends on where arrays lie."""
        return float(np.sum(rates * self.enthalpies))

    def heat(self, temperature: float, fractions: Vector | None = None) -> float:
        """Generated at a temperature [K] by what is left, or by the fresh cell [W]."""
        return self.power(self.rates(temperature, self.fresh if fractions is None else fractions))

    def slope(self, temperature: float) -> float:
        """Derivative of the fresh cell's heat with respect to temperature [W/K]."""
        rises = self.rates(temperature, self.fresh) * self._energies / (GAS_CONSTANT * temperature**2)
        return self.power(rises)

    @cached_property
    def _frequencies(self) -> Vector:
        return self._of("frequency_per_second")

    @cached_property
    def _energies(self) -> Vector:
        return self._of("activation_energy_joule_per_mole")

    @cached_property
    def _autocatalytic(self) -> NDArray[np.bool_]:
        return np.array([reaction.autocatalytic for reaction in self.reactions])

    @cached_property
    def _film(self) -> Vector:
        return self._of("film")

    @cached_property
    def _reference_film(self) -> Vector:
        """Infinite where no film slows the reaction down."""
        return np.array([np.inf if r.reference_film is None else r.reference_film for r in self.reactions])

    def _of(self, name: str) -> Vector:
        return np.array([getattr(reaction, name) for reaction in self.reactions], np.float64)


def decomposition_of(cell: CellParameters, kinetics: Mapping[str, Mapping[str, Any]]) -> Decomposition:
    """The reactions of a cell, with the masses of its components.

    Raises
    ------
    UnknownFieldError, MissingFieldError, BoundsError
        If the kinetics hold an unknown parameter, lack one or have one that is not positive, or the cell has no such
        component.
    """
    in_order = sorted(kinetics.items())  # a recorded mapping has no order of its own, and sums depend on theirs
    reactions = tuple(_reaction(name, values) for name, values in in_order)
    return Decomposition(reactions, tuple(_mass(cell, reaction.component) for reaction in reactions))


def _reaction(name: str, values: Mapping[str, Any]) -> Reaction:
    known = [field.name for field in fields(Reaction)]
    for key in values:
        if key not in known:
            raise UnknownFieldError(f"kinetics.{name} has no parameter {key!r}: {did_you_mean(key, known)}")
    missing = [key for key in known[:4] if key not in values]
    if missing:
        raise MissingFieldError(f"kinetics.{name} lacks {', '.join(missing)}.")
    for key in known[1:4]:
        POSITIVE.require(values[key], f"kinetics.{name}.{key}", "")
    return Reaction(**values)


def component_masses(cell: CellParameters) -> dict[str, float]:
    """Mass of each component of a cell [kg]; the solids of a measured negative coating also together."""
    parts = cell.components.get("components", {}) if isinstance(cell.components, Mapping) else {}
    masses = {name: float(part["mass_kilogram"]) for name, part in parts.items()}
    measured = [masses[name] for name in _NEGATIVE_SOLIDS if name in masses]
    return masses | ({"negative_solids": sum(measured)} if measured else {})


def _mass(cell: CellParameters, component: str) -> float:
    masses = component_masses(cell)
    if component not in masses:
        raise MissingFieldError(f"the cell has no component {component!r}; it has {', '.join(masses) or 'none'}.")
    return masses[component]
