"""The cell's model: PyBaMM's DFN with the measured metrics of the electrodes fed in.

No ageing; potentials are uniform over each collector, as in a tabless cell; welds and tabs are one contact resistance.

- Ions: transport efficiency eps / tau with the measured tortuosity factor tau.
- Electrons: PyBaMM scales the conductivity by (1 - eps) / tau_s. The measured conductivity is already the effective
  one, so it is given as it is, with tau_s = 1 - eps.
- Area: PyBaMM's is 3 eps_s / R; the measured one enters the reaction rate as a constant interface utilisation.
  The spheres of radius R keep the diffusion inside the particles: R is that of the particles as drawn, where known.
- A negative electrode that was neither measured nor stated, and such a separator, keep the parameter set's Bruggeman
  law, written as tau = eps^(1 - b).
- Parameters that differ from the set's by a factor are multiplied by it (`factors`).
- Against lithium metal there is no negative electrode but the plating reaction of Xu et al. 2019, fast and planar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.pipelines.cell.chemistry import parameter_values_of
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.factors import factored
from ragone.pipelines.cell.stoichiometry import half_cell_window, host_capacity, stoichiometry_window
from ragone.schemas import CellParameters, NegativeElectrode

OPTIONS = {
    "thermal": "isothermal",
    "transport efficiency": "tortuosity factor",
    "interface utilisation": "constant",
    "contact resistance": "true",
}
METRICS = (
    "porosity",
    "active_material_fraction",
    "pore_tortuosity_factor",
    "effective_conductivity_siemens_per_metre",
    "surface_area_ratio",
)  # of a measured coating, each a field of the cell after its electrode's name
_LITHIUM_METAL = (
    "Exchange-current density for lithium metal electrode [A.m-2]",
    "Lithium metal partial molar volume [m3.mol-1]",
)


def cell_values(cell: CellParameters, *, initial_state_of_charge: float) -> Any:
    """PyBaMM parameter values of the cell, full electrode area, no operating condition yet."""
    values = parameter_values_of(cell)
    given = {
        "Electrode height [m]": 1.0,
        "Electrode width [m]": cell.electrode_area_square_metre,
        "Nominal cell capacity [A.h]": cell.nominal_capacity_ampere_hour,
        "Contact resistance [Ohm]": cell.contact_resistance_ohm,
        **_positive_electrode(cell),
        **_separator(values, cell),
    }
    if cell.negative_electrode is NegativeElectrode.LITHIUM_METAL:
        given |= _lithium_metal(values, initial_state_of_charge)
    else:
        given |= _negative_electrode(values, cell) | _initial_concentrations(values, cell, initial_state_of_charge)
    values.update(given, check_already_exists=False)
    if cell.parameter_factors:
        values.update(factored(values, cell), check_already_exists=False)
    return values


def _positive_electrode(cell: CellParameters) -> dict[str, float]:
    return {
        "Positive electrode thickness [m]": cell.positive_thickness_metre,
        "Positive particle radius [m]": cell.positive_particle_radius_metre,
        **_measured("positive", cell),
        "Initial negative electrode interface utilisation": 1.0,
    }


def _negative_electrode(values: Any, cell: CellParameters) -> dict[str, float]:
    thickness = {"Negative electrode thickness [m]": cell.negative_thickness_metre}
    if cell.negative_porosity is not None:
        radius = cell.negative_particle_radius_metre
        radii = {} if radius is None else {"Negative particle radius [m]": radius}
        return thickness | radii | _measured("negative", cell)
    porosity = float(values["Negative electrode porosity"])
    electrolyte = float(values["Negative electrode Bruggeman coefficient (electrolyte)"])
    electrode = float(values["Negative electrode Bruggeman coefficient (electrode)"])
    return {
        **thickness,
        "Negative electrode tortuosity factor (electrolyte)": porosity ** (1 - electrolyte),
        "Negative electrode tortuosity factor (electrode)": (1 - porosity) ** (1 - electrode),
        "Initial negative electrode interface utilisation": 1.0,
    }


def _measured(electrode: str, cell: CellParameters) -> dict[str, float]:
    """Parameters of the model that follow from the metrics of a coating."""
    porosity, active, pores, conductivity, area = (getattr(cell, f"{electrode}_{name}") for name in METRICS)
    name = electrode.capitalize()
    return {
        f"{name} electrode porosity": porosity,
        f"{name} electrode active material volume fraction": active,
        f"{name} electrode conductivity [S.m-1]": conductivity,
        f"{name} electrode tortuosity factor (electrode)": 1 - porosity,
        f"{name} electrode tortuosity factor (electrolyte)": pores,
        f"Initial {electrode} electrode interface utilisation": area,
    }


def _lithium_metal(values: Any, state_of_charge: float) -> dict[str, Any]:
    metal = load_pybamm().ParameterValues("Xu2019")
    y = half_cell_window(values).at(state_of_charge)[1]
    return {
        **{name: metal[name] for name in _LITHIUM_METAL},
        "Initial negative electrode interface utilisation": 1.0,
        "Initial concentration in positive electrode [mol.m-3]": y * _largest_concentration(values, "positive"),
    }


def _separator(values: Any, cell: CellParameters) -> dict[str, float]:
    given = {"Separator thickness [m]": cell.separator_thickness_metre, "Separator porosity": cell.separator_porosity}
    known = {name: float(values[name]) if value is None else value for name, value in given.items()}
    exponent = float(values["Separator Bruggeman coefficient (electrolyte)"])
    tortuosity = cell.separator_tortuosity_factor or known["Separator porosity"] ** (1 - exponent)
    return known | {"Separator tortuosity factor (electrolyte)": tortuosity}


def _initial_concentrations(values: Any, cell: CellParameters, state_of_charge: float) -> dict[str, float]:
    """Concentrations in both electrodes [mol/m^3] at a state of charge."""
    active = cell.negative_active_material_fraction
    active = float(values["Negative electrode active material volume fraction"]) if active is None else active
    window = stoichiometry_window(
        values,
        positive=host_capacity(
            values, "positive", cell.positive_thickness_metre, cell.positive_active_material_fraction
        ),
        negative=host_capacity(values, "negative", cell.negative_thickness_metre, active),
    )
    stoichiometries = zip(("negative", "positive"), window.at(state_of_charge), strict=True)
    return {
        f"Initial concentration in {name} electrode [mol.m-3]": share * _largest_concentration(values, name)
        for name, share in stoichiometries
    }


def _largest_concentration(values: Any, electrode: str) -> float:
    return float(values[f"Maximum concentration in {electrode} electrode [mol.m-3]"])


def dfn(negative: NegativeElectrode, options: Mapping[str, Any] | None = None) -> Any:
    """The model, not yet discretised; `options` are PyBaMM's, beyond or instead of `OPTIONS`."""
    against = {"working electrode": "positive"} if negative is NegativeElectrode.LITHIUM_METAL else {}
    return load_pybamm().lithium_ion.DFN({**OPTIONS, **against, **(options or {})})
