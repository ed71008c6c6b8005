"""Where a cell's heat comes from: its sources kept apart, in W of the whole cell, beside PyBaMM's own variables.

With discharging currents positive, as PyBaMM counts, the terms are integrals over both coatings and the separator of

    Joule, electrolyte   -i_e . grad phi_e       reaction     a j eta
    Joule, solids        -i_s . grad phi_s       reversible   a j T dU/dT
    contact              I^2 R                   mixing       PyBaMM's, inside the particles, if that option is chosen

and close three balances, exact in the equations, the mesh aside; the first two hold isothermally too:

    at every moment    terminal power + Joule (both) + reaction + contact = chemical power = -integral of a j U(surface)
    over any time      energy delivered + heat of these four and of mixing = fall of chemical energy
    at every moment    heat capacity dT/dt = sum of the six - h A (T - ambient)

Chemical energy is the integral over all particles of g(c) with dg/dc = -F U(c). The second balance says that mixing is
no detail: without it a third of the heat is missing, so that `LUMPED` and `ISOTHERMAL` ask for it.
Chen2020 gives no entropic change: its reversible heat is zero by lack of data, not by nature.

phi_e is measured against a lithium electrode, so that its gradient holds the concentration overpotential too: "Joule
in electrolyte" is all that is lost in the electrolyte. Films, hysteresis, side reactions and, against lithium metal,
the metal's own resistance are not counted.
References: Bernardi, Pawlikowski, Newman 1985, doi 10.1149/1.2113792; Richardson, Korotkin 2021,
doi 10.1016/j.electacta.2021.138909 (heat of mixing, conservation of chemical energy).
"""

from __future__ import annotations

from typing import Any

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.factors import HEAT_CAPACITY, HEAT_TRANSFER, cooled
from ragone.pipelines.files.bpx.tables import sloped_splines
from ragone.schemas import CellParameters
from ragone.schemas.errors import MissingFieldError
from ragone.schemas.field import Bounds

ELECTROLYTE, SOLIDS = "Joule heating in electrolyte [W]", "Joule heating in solids [W]"
REACTION, REVERSIBLE = "Reaction heating [W]", "Reversible heating [W]"
CONTACT, MIXING = "Contact resistance heating [W]", "Heat of mixing [W]"
SOURCES = (ELECTROLYTE, SOLIDS, REACTION, REVERSIBLE, CONTACT, MIXING)
IRREVERSIBLE = (ELECTROLYTE, SOLIDS, REACTION, CONTACT)
CHEMICAL = "Chemical power [W]"
HEAT_NAMES = (*SOURCES, CHEMICAL)

_TEMPERATURE = "Volume-averaged cell temperature [K]"
_SOURCE, _SCALE = "Heat source [MW.m-3]", 1e6  # W/MW; of coatings at some C: the unknowns are of the order of one

# PyBaMM's options: a cell of one temperature, and one that is held at the ambient's.
LUMPED = {"thermal": "lumped", "use lumped thermal capacity": "true", "heat of mixing": "true"}
ISOTHERMAL = {
    "thermal": "isothermal",
    "calculate heat source for isothermal models": "true",
    "heat of mixing": "true",
}


def heat_variables(model: Any) -> dict[str, Any]:
    """The sources of heat and the chemical power of a lithium-ion model, by the names in `HEAT_NAMES`.

    Parameters
    ----------
    model
        PyBaMM's DFN, isothermal or lumped, not yet discretised; update its `variables` with what is returned.

    Returns
    -------
    dict
        Name -> symbol, for the whole cell; heat of mixing only if the model has that option.
    """
    pybamm, variables = load_pybamm(), model.variables
    electrodes = [e for e in ("Negative", "Positive") if f"{e} electrode potential [V]" in variables]
    densities = [_densities(variables, electrode) for electrode in electrodes]
    heats = {name: sum(_integral(model, density[name]) for density in densities) for name in densities[0]}
    if "Negative" not in electrodes:
        heats[REACTION] += _lithium_metal_reaction(model)
    if model.options["heat of mixing"] == "true":
        heats[MIXING] = variables[MIXING]
    gradient = pybamm.grad(variables["Electrolyte potential [V]"])
    joule = -pybamm.inner(variables["Electrolyte current density [A.m-2]"], gradient)
    return {ELECTROLYTE: _integral(model, joule), **heats, CONTACT: _contact(model)}


def separate_heat_source(model: Any) -> None:
    """Give the heat source of a lumped model unknowns of its own, one in each volume of the coatings and separator.

    Its temperature then depends on these, and not on the concentrations in all particles, which would fill a row of the
    Jacobian beside the column that the temperature fills: it is built and evaluated in a fraction of the time. The
    equations stay the same.
    """
    pybamm, variables, param = load_pybamm(), model.variables, model.param
    density = variables["Total heating [W.m-3]"]
    source = pybamm.Variable(_SOURCE, domains=density.domains)
    model.algebraic[source] = source - density / _SCALE
    model.initial_conditions[source] = pybamm.FullBroadcast(0.0, density.domain, "current collector")
    foils = sum(
        layer.L_cc * variables[f"{side} current collector Ohmic heating [W.m-3]"]
        for side, layer in (("Negative", param.n), ("Positive", param.p))
    )
    coated = pybamm.z_average(param.L_x * _SCALE * pybamm.x_average(source) + foils) * param.A_cc
    lost = variables["Surface total cooling [W]"] + variables["Lumped contact resistance heating [W]"]
    capacity = variables["Volume-averaged effective heat capacity [J.K-1.m-3]"] * param.V_cell
    model.rhs[variables[_TEMPERATURE]] = (coated + lost) / capacity


def _densities(variables: Any, electrode: str) -> dict[str, Any]:
    """Heat sources of one coating, without its electrolyte's [W/m^3]."""
    pybamm, name = load_pybamm(), f"{electrode} electrode"
    reaction_current = variables[f"{name} volumetric interfacial current density [A.m-3]"]
    potential = variables[f"{name} potential [V]"]
    entropic = variables[f"{name} temperature [K]"] * variables[f"{name} entropic change [V.K-1]"]
    return {
        SOLIDS: -pybamm.inner(variables[f"{name} current density [A.m-2]"], pybamm.grad(potential)),
        REACTION: reaction_current * variables[f"{name} reaction overpotential [V]"],
        REVERSIBLE: reaction_current * entropic,
        CHEMICAL: -reaction_current * variables[f"{name} open-circuit potential [V]"],
    }


def _lithium_metal_reaction(model: Any) -> Any:
    """Reaction heat at a lithium electrode [W]; its open-circuit potential is 0, so that it has no chemical power."""
    current = model.variables["Lithium metal total interfacial current density [A.m-2]"]
    overpotential = model.variables["Lithium metal interface reaction overpotential [V]"]
    return load_pybamm().z_average(current * overpotential) * model.param.A_cc


def _contact(model: Any) -> Any:
    if model.options["contact resistance"] == "false":
        return load_pybamm().Scalar(0)
    temperature = model.variables[_TEMPERATURE]
    return model.variables["Current [A]"] ** 2 * model.param.R_contact(temperature)


def _integral(model: Any, per_volume: Any) -> Any:
    """Integral of a density [W/m^3] over its own layers, for the whole coated area [W]."""
    pybamm, param = load_pybamm(), model.param
    layers = {"negative electrode": param.n.L, "separator": param.s.L, "positive electrode": param.p.L}
    thickness = sum(layers[domain] for domain in per_volume.domain)
    return pybamm.z_average(thickness * pybamm.x_average(per_volume)) * param.A_cc


def lumped_parameters(values: Any) -> dict[str, Any]:
    """Parameters of `LUMPED` that a set of PyBaMM's may lack: foils, which lose nothing, and slopes of splines."""
    foils = {
        f"{side} current collector {what}": value
        for side in ("Negative", "Positive")
        for what, value in (("thickness [m]", 0.0), ("conductivity [S.m-1]", 1e7))
    }
    missing = {name: value for name, value in foils.items() if name not in values}
    return missing | sloped_splines(values, load_pybamm())


def thermal_values(
    cell: CellParameters, *, heat_transfer_coefficient_watt_per_square_metre_kelvin: float
) -> dict[str, float]:
    """PyBaMM parameters of the lumped cell: heat capacity and cooled area are those of the record.

    Parameters
    ----------
    cell
        The cell.
    heat_transfer_coefficient_watt_per_square_metre_kelvin
        Between the can's surface and its surroundings [W/(m^2 K)], >= 0.

    Returns
    -------
    dict
        For a model with the options `LUMPED`. PyBaMM counts heats per cell volume and cancels it again: what matters
        is heat capacity = capacity per volume x volume.

    Raises
    ------
    MissingFieldError
        If the record does not say how the cell is cooled or what heats it.
    """
    Bounds(low=0).require(
        heat_transfer_coefficient_watt_per_square_metre_kelvin, "heat_transfer_coefficient", "W/m^2/K"
    )
    area, capacity = cell.cooled_area_square_metre, cell.heat_capacity_joule_per_kelvin
    if area is None or not capacity:
        raise MissingFieldError(
            f"the cell's cooled_area_square_metre = {area} and heat_capacity_joule_per_kelvin = {capacity}: both must "
            "be positive numbers. Build the cell in a can (--form-factor), or give External surface area [m2] and "
            "Specific heat capacity in its BPX file; records of older versions do not hold them."
        )
    given = {
        "Cell volume [m3]": cell.cell_volume_cubic_metre,
        "Cell cooling surface area [m2]": area,
        HEAT_CAPACITY: capacity / cell.cell_volume_cubic_metre,
        HEAT_TRANSFER: heat_transfer_coefficient_watt_per_square_metre_kelvin,
        "Contact resistance [Ohm]": cell.contact_resistance_ohm,
    }
    return cooled(given, cell)
