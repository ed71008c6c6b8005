"""Electrolytes by name: conductivity, diffusivity, transference number and thermodynamic factor, each with its source.

Most are those of PyBaMM's parameter sets, function by function. Landesfeind and Gasteiger measured three more over
concentration and temperature alike; PyBaMM ships the forms of their fits, and the coefficients of one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from ragone.pipelines.cell.engine import HALF_CELL_SETS, load_pybamm, parameter_values
from ragone.schemas.errors import UnknownFieldError, did_you_mean
from ragone.schemas.field import Bounds

CONCENTRATION = "Initial concentration in electrolyte [mol.m-3]"
CONDUCTIVITY, DIFFUSIVITY = "Electrolyte conductivity [S.m-1]", "Electrolyte diffusivity [m2.s-1]"
TRANSFERENCE, FACTOR = "Cation transference number", "Thermodynamic factor"
PARTS = (CONDUCTIVITY, DIFFUSIVITY, TRANSFERENCE, FACTOR)

_LANDESFEIND = "Landesfeind and Gasteiger 2019, doi 10.1149/2.0571912jes; their range was not at hand"
_SHIPPED = "pybamm.input.parameters.lithium_ion.ORegan2022"
_MOLAR = 1000.0  # mol/m^3


@dataclass(frozen=True)
class Electrolyte:
    """An electrolyte: its composition, its source, and the concentrations at which it was measured.

    `parameter_set` is PyBaMM's that gives it; `coefficients`, by PyBaMM's name of the property, those of the fits of
    Landesfeind and Gasteiger instead. Concentrations [mol/m^3] are null where the range is not known; temperatures
    are those of docs/CELL.md.
    """

    composition: str
    source: str
    parameter_set: str = ""
    coefficients: Mapping[str, tuple[float, ...]] | None = None
    concentrations: tuple[float, float] | None = None


NAMED_ELECTROLYTES: Mapping[str, Electrolyte] = {
    "nyman-2008": Electrolyte(
        "LiPF6 in EC:EMC 3:7",
        "Nyman, Behm and Lindbergh 2008, doi 10.1016/j.electacta.2008.04.023",
        "Chen2020",
        concentrations=(200.0, 2000.0),
    ),
    "nyman-2008-arrhenius": Electrolyte(
        "LiPF6 in EC:EMC 3:7",
        "Nyman, Behm and Lindbergh 2008 at 25 degC; activation energy of 17 kJ/mol after Ecker et al. 2015, "
        "doi 10.1149/2.0551509jes",
        "OKane2022",
        concentrations=(200.0, 2000.0),
    ),
    "valoen-2005": Electrolyte(
        "LiPF6 in PC:EC:DMC 10:27:63",
        "Valoen and Reimers 2005, doi 10.1149/1.1872737; PyBaMM's Xu2019 takes a thermodynamic factor of 1",
        "Xu2019",
    ),
    "landesfeind-2019-ec-emc": Electrolyte("LiPF6 in EC:EMC 3:7 by weight", _LANDESFEIND, "ORegan2022"),
    "landesfeind-2019-ec-dmc": Electrolyte(
        "LiPF6 in EC:DMC 1:1 by weight",
        _LANDESFEIND,
        coefficients={
            CONDUCTIVITY: (0.798, 228.0, -1.22, 0.509, -4e-3, 3.79e-3),
            DIFFUSIVITY: (1470.0, 1.33, -1690.0, -563.0),
            TRANSFERENCE: (-7.91, 0.245, 5.28e-2, 0.698, -1.08e-2, -8.21e-5, 7.43e-4, -2.22e-3, 3.07e-5),
            FACTOR: (-5.58, 7.17, 3.80e-2, 1.91, -6.65e-2, -5.08e-5, 0.11, -6.10e-3, 1.51e-4),
        },
    ),
    "landesfeind-2019-emc-fec": Electrolyte(
        "LiPF6 in EMC:FEC 19:1 by weight",
        _LANDESFEIND,
        coefficients={
            CONDUCTIVITY: (2.51e-2, 175.0, 1.23, 0.205, -8.81e-2, 2.83e-3),
            DIFFUSIVITY: (586.0, 1.33, -1380.0, -582.0),
            TRANSFERENCE: (-12.2, -3.05, 8.38e-2, 1.78, 1.51e-3, -1.37e-4, -2.45e-2, -5.15e-3, 2.14e-5),
            FACTOR: (3.22, -10.1, -1.58e-2, 6.12, 2.96e-2, 2.42e-5, -0.222, -1.57e-2, 6.30e-6),
        },
    ),
}


def require_electrolyte(name: str) -> None:
    """Refuse a name that is neither an electrolyte's nor that of a parameter set that has one.

    Raises
    ------
    UnknownFieldError
        With what it could be.
    """
    known = (*NAMED_ELECTROLYTES, *HALF_CELL_SETS)
    if name not in known:
        raise UnknownFieldError(
            f"electrolyte = {name!r} is neither an electrolyte's name nor a parameter set: {did_you_mean(name, known)}"
        )


def require_measured(name: str, concentration: float) -> None:
    """Refuse a concentration at rest [mol/m^3] at which an electrolyte of the catalogue was not measured.

    Raises
    ------
    BoundsError
        With the range; where it is not known nothing is refused.
    """
    named = NAMED_ELECTROLYTES.get(name)
    if named is not None and named.concentrations is not None:
        Bounds(*named.concentrations).require(concentration, f"electrolyte_concentration of {name}", "mol/m^3")


def electrolyte_parameters(name: str) -> dict[str, Any]:
    """The parameters of an electrolyte by PyBaMM's names, its concentration at rest among them.

    Parameters
    ----------
    name
        One of `NAMED_ELECTROLYTES`, or a parameter set of PyBaMM.

    Raises
    ------
    UnknownFieldError
        If it is neither.
    """
    require_electrolyte(name)
    named = NAMED_ELECTROLYTES.get(name, Electrolyte("", "", name))
    if named.coefficients is not None:
        return {CONCENTRATION: _MOLAR, **_fits(name)}
    if named.parameter_set in HALF_CELL_SETS:
        values = parameter_values(named.parameter_set, half_cell=True)
    else:
        values = load_pybamm().ParameterValues(named.parameter_set)  # refused for its electrodes only
    return {part: values[part] for part in (CONCENTRATION, *PARTS)}


@lru_cache(maxsize=len(NAMED_ELECTROLYTES))
def _fits(name: str) -> dict[str, Any]:
    """The fitted functions of concentration and temperature; made once, so that they are the same each time."""
    load_pybamm()
    shipped = import_module(_SHIPPED)
    coefficients = NAMED_ELECTROLYTES[name].coefficients
    assert coefficients is not None
    forms = {
        CONDUCTIVITY: shipped.electrolyte_conductivity_base_Landesfeind2019,
        DIFFUSIVITY: shipped.electrolyte_diffusivity_base_Landesfeind2019,
        TRANSFERENCE: shipped.electrolyte_transference_number_base_Landesfeind2019,
        FACTOR: shipped.electrolyte_TDF_base_Landesfeind2019,
    }
    return {part: _fitted(form, coefficients[part]) for part, form in forms.items()}


def _fitted(form: Callable[..., Any], coefficients: tuple[float, ...]) -> Callable[[Any, Any], Any]:
    def of_concentration_and_temperature(concentration: Any, temperature: Any) -> Any:
        return form(concentration, temperature, coefficients)

    return of_concentration_and_temperature
