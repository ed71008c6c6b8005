"""Writing a cell in the Battery Parameter eXchange format, BPX 1.1.

Functions of stoichiometry and concentration become tables, sampled densely enough for the linear interpolation that
readers use; their temperature dependence becomes an activation energy at the reference temperature. What the format
has no word for is refused, not dropped: lithium metal, a thermodynamic factor, a transference number that varies, an
exchange current that is not proportional to the square root of concentrations. A measured area multiplies the
reaction rate constant of its electrode, as it does in the model.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.layers import number
from ragone.pipelines.cell.model import cell_values
from ragone.pipelines.cell.stoichiometry import FARADAY
from ragone.pipelines.files.bpx.format import OPEN_CIRCUIT, BpxError
from ragone.pipelines.files.bpx.read import checked_bpx
from ragone.schemas import CellOutcome, CellParameters, NegativeElectrode

VERSION = "1.1.0"
_GAS_CONSTANT = 8.31446261815324  # J/(mol K), CODATA 2018
_SAME = 0.01  # relative deviation up to which a function has the form that BPX writes

Function = Callable[..., float]


def bpx_document(cell: CellParameters, *, title: str = "") -> dict[str, Any]:
    """The cell as the document of a BPX file, checked by the format's own library.

    Parameters
    ----------
    cell
        A cell that could be built.
    title
        Of the file; the parameter set and form factor unless given.

    Raises
    ------
    BpxError
        If the cell was not built, or has what BPX cannot say.
    """
    if cell.outcome is not CellOutcome.BUILT:
        raise BpxError(f"the cell was not built ({cell.outcome}), so that there is nothing to write.")
    if cell.parameter_factors:
        names = ", ".join(cell.parameter_factors)
        raise BpxError(f"the cell is a draw of uncertain parameters ({names}). Write the cell that it was drawn from.")
    if cell.negative_electrode is not NegativeElectrode.INTERCALATION:
        raise BpxError("BPX has no word for a lithium-metal electrode. Write a full cell.")
    full, empty = (cell_values(cell, initial_state_of_charge=soc) for soc in (1.0, 0.0))
    return checked_bpx(
        {
            "Header": {
                "BPX": VERSION,
                "Title": title or f"{cell.form_factor} cell on {cell.chemistry}",
                "Description": cell.method,
                "Model": "DFN",
            },
            "Parameterisation": {
                "Cell": _cell(cell, full),
                "Electrolyte": _electrolyte(full),
                "Negative electrode": _electrode("negative", full, empty, cell.surface_area_ratio("negative")),
                "Positive electrode": _electrode("positive", full, empty, cell.surface_area_ratio("positive")),
                "Separator": _layer("Separator", full),
                "User-defined": {
                    "Contact resistance [Ohm]": cell.contact_resistance_ohm,
                    **{name: number(full, name) for name in (OPEN_CIRCUIT.format(0), OPEN_CIRCUIT.format(100))},
                },
            },
            "State": {
                "Initial conditions": {
                    "Initial temperature [K]": number(full, "Initial temperature [K]"),
                    "Initial electrolyte concentration [mol.m-3]": _concentration(full),
                },
                "Thermal environment": {"Ambient temperature [K]": number(full, "Ambient temperature [K]")},
            },
        }
    ).document


def _cell(cell: CellParameters, values: Any) -> dict[str, Any]:
    known = {
        "Electrode area [m2]": cell.electrode_area_square_metre,
        "External surface area [m2]": cell.cooled_area_square_metre,
        "Volume [m3]": cell.cell_volume_cubic_metre,
        "Number of electrode pairs connected in parallel to make a cell": 1,
        "Lower voltage cut-off [V]": number(values, "Lower voltage cut-off [V]"),
        "Upper voltage cut-off [V]": number(values, "Upper voltage cut-off [V]"),
        "Nominal cell capacity [A.h]": cell.nominal_capacity_ampere_hour,
        "Reference temperature [K]": _temperature(values),
        "Density [kg.m-3]": cell.cell_mass_kilogram / cell.cell_volume_cubic_metre,
    }
    if cell.heat_capacity_joule_per_kelvin:
        known["Specific heat capacity [J.K-1.kg-1]"] = cell.heat_capacity_joule_per_kelvin / cell.cell_mass_kilogram
    return {name: value for name, value in known.items() if value is not None}


def _electrolyte(values: Any) -> dict[str, Any]:
    grid = np.linspace(0.0, 4.0, 401) * _concentration(values)
    for name, wanted in (("Thermodynamic factor", 1.0), ("Cation transference number", None)):
        factor = _function(values, name, 2)
        at_rest = factor(_concentration(values), _temperature(values))
        others = [factor(share * _concentration(values), _temperature(values)) for share in (0.5, 1.0, 2.0)]
        if any(abs(other - (wanted or at_rest)) > _SAME * abs(wanted or at_rest) for other in others):
            raise BpxError(f"{name} varies with concentration in this cell, and BPX has no word for that.")
    return {
        "Cation transference number": at_rest,
        **_table("Conductivity [S.m-1]", "Conductivity", values, "Electrolyte conductivity [S.m-1]", grid),
        **_table("Diffusivity [m2.s-1]", "Diffusivity", values, "Electrolyte diffusivity [m2.s-1]", grid),
    }


def _electrode(electrode: str, full: Any, empty: Any, area_ratio: float) -> dict[str, Any]:
    name = electrode.capitalize()
    largest = number(full, f"Maximum concentration in {electrode} electrode [mol.m-3]")
    ends = [number(v, f"Initial concentration in {electrode} electrode [mol.m-3]") / largest for v in (full, empty)]
    porosity, radius = number(full, f"{name} electrode porosity"), number(full, f"{name} particle radius [m]")
    solid = (1 - porosity) / number(full, f"{name} electrode tortuosity factor (electrode)")
    grid = _stoichiometries()
    ocp = _function(full, f"{name} electrode OCP [V]", 1)
    entropic = _function(full, f"{name} electrode OCP entropic change [V.K-1]", 2)
    return {
        **_layer(f"{name} electrode", full),
        "Conductivity [S.m-1]": number(full, f"{name} electrode conductivity [S.m-1]") * solid,
        "Minimum stoichiometry": min(ends),
        "Maximum stoichiometry": max(ends),
        "Maximum concentration [mol.m-3]": largest,
        "Particle radius [m]": radius,
        "Surface area per unit volume [m-1]": 3
        * number(full, f"{name} electrode active material volume fraction")
        / radius,
        "OCP [V]": _sampled(ocp, grid),
        "Entropic change coefficient [V.K-1]": _sampled(lambda x: entropic(x, largest), grid),
        **_table("Diffusivity [m2.s-1]", "Diffusivity", full, f"{name} particle diffusivity [m2.s-1]", grid),
        **_reaction_rate(full, electrode, largest, area_ratio),
    }


def _reaction_rate(values: Any, electrode: str, largest: float, area_ratio: float) -> dict[str, float]:
    """j0 = F K (c_e / c_e0 x (1 - x))^(1/2), Arrhenius in temperature."""
    name = f"{electrode.capitalize()} electrode exchange-current density [A.m-2]"
    current, rest, temperature = _function(values, name, 4), _concentration(values), _temperature(values)

    def rate(share: float, x: float, at: float) -> float:
        return current(share * rest, x * largest, largest, at) / (FARADAY * math.sqrt(share * x * (1 - x)))

    constant = rate(1.0, 0.5, temperature)
    for share, x in ((0.5, 0.5), (2.0, 0.5), (1.0, 0.2), (1.0, 0.8)):
        if abs(rate(share, x, temperature) / constant - 1) > _SAME:
            raise BpxError(
                f"{name} is not proportional to (c_e x (1 - x))^(1/2), the only form that BPX knows: at x = {x:g} and "
                f"{share:g} times the resting concentration it is {rate(share, x, temperature) / constant:.3g} of that."
            )
    return {
        "Reaction rate constant [mol.m-2.s-1]": constant * area_ratio,
        "Reaction rate constant activation energy [J.mol-1]": _activation(lambda at: rate(1.0, 0.5, at), temperature),
    }


def _layer(layer: str, values: Any) -> dict[str, float]:
    porosity = number(values, f"{layer} porosity")
    efficiency = porosity / number(values, f"{layer} tortuosity factor (electrolyte)")
    if not 0 < efficiency < 1 or not 0 < porosity < 1:
        raise BpxError(
            f"{layer}: porosity {porosity:g} and transport efficiency {efficiency:g} must lie between 0 and 1 for "
            "readers of BPX, which take a Bruggeman exponent from their logarithms."
        )
    return {
        "Thickness [m]": number(values, f"{layer} thickness [m]"),
        "Porosity": porosity,
        "Transport efficiency": efficiency,
    }


def _table(field: str, energy: str, values: Any, name: str, grid: NDArray[np.float64]) -> dict[str, Any]:
    """A table over the grid at the reference temperature, and its activation energy in the grid's middle."""
    function, temperature = _function(values, name, 2), _temperature(values)
    middle = float(grid[len(grid) // 4])
    return {
        field: _sampled(lambda x: function(x, temperature), grid),
        f"{energy} activation energy [J.mol-1]": _activation(lambda at: function(middle, at), temperature),
    }


def _activation(function: Function, temperature: float) -> float:
    """Activation energy [J/mol] by the change over 10 K around the reference temperature."""
    low, high = temperature - 5, temperature + 5
    return _GAS_CONSTANT * math.log(function(high) / function(low)) / (1 / low - 1 / high)


def _sampled(function: Function, grid: NDArray[np.float64]) -> float | dict[str, list[float]]:
    """A number if it is one everywhere, else a table of what is finite."""
    with np.errstate(all="ignore"):
        pairs = [(float(x), function(float(x))) for x in grid]
    finite = [(x, y) for x, y in pairs if math.isfinite(y)]
    heights = {y for _, y in finite}
    if len(heights) == 1:
        return heights.pop()
    return {"x": [x for x, _ in finite], "y": [y for _, y in finite]}


def _stoichiometries() -> NDArray[np.float64]:
    """Stoichiometries from empty to full, ten times denser near both ends, where potentials bend."""
    edge = np.linspace(1e-6, 0.05, 401)
    return np.unique(np.concatenate([edge, np.linspace(0.05, 0.95, 901), 1 - edge]))


def _function(values: Any, name: str, arguments: int) -> Function:
    """A parameter as a function of so many numbers; one that takes fewer is given the first of them."""
    value, names = values[name], [f"argument {index}" for index in range(arguments)]
    if not callable(value):
        constant = float(value)
        return lambda *_: constant
    inputs = [load_pybamm().InputParameter(each) for each in names]
    expression = values.process_symbol(_called(value, inputs))
    return lambda *given: float(np.asarray(expression.evaluate(inputs=dict(zip(names, given, strict=True)))).item())


def _called(function: Any, inputs: list[Any]) -> Any:
    """The function's expression; a function of fewer arguments is given the first."""
    required = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    return load_pybamm().convert_to_symbol(function(*inputs[: len(required)]))


def _temperature(values: Any) -> float:
    return number(values, "Reference temperature [K]")


def _concentration(values: Any) -> float:
    return number(values, "Initial concentration in electrolyte [mol.m-3]")
