"""Parameter values of a cell that ages: those of the cell's own model, and those of its side reactions.

O'Kane et al. 2022 give SEI, plating, mechanics and loss of active material for the LG M50, the cell of Chen et al.
2020; cells whose electrodes are both of that family take them. Another set is taken if it gives them itself.

The measured area of the negative electrode enters side reactions as it enters the main one: with an interface
utilisation u the true area is u times that of PyBaMM's spheres. Thicknesses of films are those of the same volume
spread over the spheres, u times the true ones, so that the loss of porosity is right; rates and resistances are
scaled so that growth for each true area is that of the set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ragone.pipelines.ageing.mechanisms import Mechanisms
from ragone.pipelines.cell.engine import ARRHENIUS, load_pybamm
from ragone.pipelines.cell.model import cell_values
from ragone.schemas import CellParameters
from ragone.schemas.errors import MissingFieldError

FAMILY = ("Chen2020", ARRHENIUS, "OKane2022")  # sets of the LG M50
_SOURCE = "OKane2022"
_UTILISATION = "Initial negative electrode interface utilisation"
_SEI = (
    "Ratio of lithium moles to SEI moles",
    "SEI partial molar volume [m3.mol-1]",
    "SEI reaction exchange current density [A.m-2]",
    "SEI resistivity [Ohm.m]",
    "SEI solvent diffusivity [m2.s-1]",
    "Bulk solvent concentration [mol.m-3]",
    "SEI open-circuit potential [V]",
    "SEI electron conductivity [S.m-1]",
    "SEI lithium interstitial diffusivity [m2.s-1]",
    "Lithium interstitial reference concentration [mol.m-3]",
    "Initial SEI thickness [m]",
    "Initial SEI on cracks thickness [m]",
    "EC initial concentration in electrolyte [mol.m-3]",
    "EC diffusivity [m2.s-1]",
    "SEI kinetic rate constant [m.s-1]",
    "SEI growth activation energy [J.mol-1]",
)
_PLATING = (
    "Lithium metal partial molar volume [m3.mol-1]",
    "Lithium plating kinetic rate constant [m.s-1]",
    "Exchange-current density for plating [A.m-2]",
    "Exchange-current density for stripping [A.m-2]",
    "Initial plated lithium concentration [mol.m-3]",
    "Typical plated lithium concentration [mol.m-3]",
    "Lithium plating transfer coefficient",
    "Dead lithium decay constant [s-1]",
    "Dead lithium decay rate [s-1]",
    "Initial SEI thickness [m]",
)
_MECHANICS = (
    "Poisson's ratio",
    "Young's modulus [Pa]",
    "reference concentration for free of deformation [mol.m-3]",
    "partial molar volume [m3.mol-1]",
    "volume change",
    "initial crack length [m]",
    "initial crack width [m]",
    "number of cracks per unit area [m-2]",
    "Paris' law constant b",
    "Paris' law constant m",
    "cracking rate",
)
_LOSS = ("LAM constant proportional term [s-1]", "LAM constant exponential term", "critical stress [Pa]")
_POWERS = {  # of the interface utilisation, by which a parameter is multiplied
    "Initial SEI thickness [m]": 1,
    "Initial SEI on cracks thickness [m]": 1,
    "SEI reaction exchange current density [A.m-2]": 1,
    "SEI kinetic rate constant [m.s-1]": 1,
    "SEI solvent diffusivity [m2.s-1]": 2,
    "SEI electron conductivity [S.m-1]": 2,
    "SEI lithium interstitial diffusivity [m2.s-1]": 2,
    "EC diffusivity [m2.s-1]": 2,
    "SEI resistivity [Ohm.m]": -2,
    "Exchange-current density for plating [A.m-2]": 1,
    "Exchange-current density for stripping [A.m-2]": 1,
}


def ageing_values(cell: CellParameters, mechanisms: Mechanisms, *, initial_state_of_charge: float) -> Any:
    """PyBaMM parameter values of a cell that ages, no operating condition yet.

    Raises
    ------
    MissingFieldError
        If neither the cell's parameter set gives what a mechanism needs nor another set of the same cell does.
    """
    values = cell_values(cell, initial_state_of_charge=initial_state_of_charge)
    names = [*_names(mechanisms), *(("Initial SEI thickness [m]",) if mechanisms.porosity_change else ())]
    if _of_the_family(cell):
        source = load_pybamm().ParameterValues(_SOURCE)
        values.update({name: source[name] for name in names}, check_already_exists=False)
    missing = [name for name in names if name not in values]
    if missing:
        raise MissingFieldError(
            f"parameter_set = {cell.parameter_set!r} gives no {missing[0]!r} and {len(missing) - 1} more, which "
            f"{mechanisms} needs. Choose a cell of {', '.join(FAMILY)}, or switch the mechanism off."
        )
    values.update(_over_true_area(values, names), check_already_exists=False)
    return values


def _of_the_family(cell: CellParameters) -> bool:
    negative = cell.negative_parameter_set or cell.parameter_set
    named = not cell.parameters and not cell.negative_parameters
    return named and cell.parameter_set in FAMILY and negative in FAMILY


def _names(mechanisms: Mechanisms) -> tuple[str, ...]:
    given: tuple[str, ...] = _SEI if mechanisms.grows else ()
    if mechanisms.plates:
        given += _PLATING
    of_electrodes = (_MECHANICS if mechanisms.strains else ()) + (_LOSS if mechanisms.loss_of_active_material else ())
    return given + tuple(f"{name} electrode {one}" for name in ("Negative", "Positive") for one in of_electrodes)


def _over_true_area(values: Any, names: list[str]) -> dict[str, Any]:
    utilisation = float(values[_UTILISATION])
    if utilisation == 1:
        return {}
    return {name: _scaled(values[name], utilisation**power) for name, power in _POWERS.items() if name in names}


def _scaled(value: Any, factor: float) -> Any:
    """A number or a function, multiplied."""
    if not callable(value):
        return value * factor
    function: Callable[..., Any] = value

    def scaled(*arguments: Any) -> Any:
        return function(*arguments) * factor

    return scaled
