"""A series of circuit elements: which there are, their parameters, and the impedance that follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ragone.pipelines.kpi.impedance import elements
from ragone.pipelines.kpi.impedance.elements import Complex, Real


class Role(StrEnum):
    """The process that an element stands for."""

    SERIES = "series"
    INDUCTANCE = "inductance"
    CAPACITY = "capacity"
    ARC = "arc"
    DIFFUSION = "diffusion"


@dataclass(frozen=True, slots=True)
class Element:
    """A kind of element: its sign in a circuit's name, its function and its parameters."""

    sign: str
    role: Role
    function: Callable[..., Complex]
    parameters: tuple[str, ...]


SERIES = Element("R", Role.SERIES, elements.resistor, ("resistance",))
INDUCTOR = Element("L", Role.INDUCTANCE, elements.inductor, ("inductance",))
CAPACITOR = Element("C", Role.CAPACITY, elements.capacitor, ("capacity",))
ARC = Element("[R||CPE]", Role.ARC, elements.arc, ("resistance", "time_constant", "exponent"))
WARBURG = Element("W", Role.DIFFUSION, elements.semi_infinite_diffusion, ("coefficient",))
FINITE_LENGTH = Element(
    "W(finite length)", Role.DIFFUSION, elements.finite_length_diffusion, ("resistance", "time_constant")
)
FINITE_SPACE = Element(
    "W(finite space)", Role.DIFFUSION, elements.finite_space_diffusion, ("resistance", "time_constant")
)


@dataclass(frozen=True)
class Circuit:
    """Elements in series; a vector of parameters holds the natural logarithm of each, element after element."""

    elements: tuple[Element, ...]

    def __str__(self) -> str:
        return " + ".join(element.sign for element in self.elements)

    def __len__(self) -> int:
        return sum(len(element.parameters) for element in self.elements)

    def evaluate(self, omega: Real, logarithms: Real) -> tuple[Complex, Complex]:
        """Impedance [ohm], shape (n,), and its derivatives in the logarithms, shape (n, parameters)."""
        impedance = np.zeros(omega.shape, np.complex128)
        slopes = []
        for element, part in zip(self.elements, self.parts(logarithms), strict=True):
            rows = element.function(omega, *np.exp(part))
            impedance += rows[0]
            slopes.append(rows[1:])
        return impedance, np.concatenate(slopes).T

    def parts(self, logarithms: Real) -> list[Real]:
        """The vector cut into the parameters of each element."""
        ends = np.cumsum([len(element.parameters) for element in self.elements])
        return [np.asarray(part) for part in np.split(logarithms, ends[:-1])]

    def positions(self, chosen: Sequence[int], parameter: str) -> list[int]:
        """Positions of a parameter of the chosen elements in the vector."""
        starts = np.cumsum([0, *(len(element.parameters) for element in self.elements)])
        return [int(starts[i]) + self.elements[i].parameters.index(parameter) for i in chosen]

    def having(self, role: Role) -> list[int]:
        """The numbers of the elements of a role, in order."""
        return [i for i, element in enumerate(self.elements) if element.role is role]
