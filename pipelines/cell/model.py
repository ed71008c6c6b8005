"""The full-cell model: PyBaMM's DFN with the measured metrics of the positive electrode fed in.

Isothermal, no ageing, no contact resistance, tabless: potentials are uniform over each collector.

- Ions: transport efficiency eps / tau with the measured tortuosity factor tau.
- Electrons: PyBaMM scales the conductivity by (1 - eps) / tau_s. The measured conductivity is already the effective
  one, so it is given as it is, with tau_s = 1 - eps.
- Area: PyBaMM's is 3 eps_s / R; the measured one enters the reaction rate as a constant interface utilisation.
  The spheres of radius R keep the diffusion inside the particles.
- The negative electrode and the separator keep the parameter set's Bruggeman law, written as tau = eps^(1 - b).
"""

from __future__ import annotations

from typing import Any

from pipelines.cell.engine import load_pybamm, parameter_values
from pipelines.cell.stoichiometry import host_capacity, stoichiometry_window
from schemas import CellParameters

OPTIONS = {
    "operating mode": "power",
    "thermal": "isothermal",
    "transport efficiency": "tortuosity factor",
    "interface utilisation": "constant",
}


def cell_values(cell: CellParameters, *, initial_state_of_charge: float) -> Any:
    """PyBaMM parameter values of the cell, full electrode area, no operating condition yet."""
    values = parameter_values(cell.parameter_set)
    x, y = _stoichiometries(values, cell, initial_state_of_charge)
    given = {
        "Electrode height [m]": 1.0,
        "Electrode width [m]": cell.electrode_area_square_metre,
        "Nominal cell capacity [A.h]": cell.nominal_capacity_ampere_hour,
        "Negative electrode thickness [m]": cell.negative_thickness_metre,
        "Initial concentration in negative electrode [mol.m-3]": x * _largest_concentration(values, "negative"),
        "Initial concentration in positive electrode [mol.m-3]": y * _largest_concentration(values, "positive"),
        **_positive_electrode(cell),
        **_bruggeman_as_tortuosity(values),
    }
    values.update(given, check_already_exists=False)
    return values


def _positive_electrode(cell: CellParameters) -> dict[str, float]:
    return {
        "Positive electrode thickness [m]": cell.positive_thickness_metre,
        "Positive electrode porosity": cell.positive_porosity,
        "Positive electrode active material volume fraction": cell.positive_active_material_fraction,
        "Positive particle radius [m]": cell.positive_particle_radius_metre,
        "Positive electrode conductivity [S.m-1]": cell.positive_effective_conductivity_siemens_per_metre,
        "Positive electrode tortuosity factor (electrode)": 1 - cell.positive_porosity,
        "Positive electrode tortuosity factor (electrolyte)": cell.positive_pore_tortuosity_factor,
        "Initial positive electrode interface utilisation": cell.positive_surface_area_ratio,
        "Initial negative electrode interface utilisation": 1.0,
    }


def _bruggeman_as_tortuosity(values: Any) -> dict[str, float]:
    """Tortuosity factors that give the negative electrode and the separator their own Bruggeman efficiency."""
    negative, separator = float(values["Negative electrode porosity"]), float(values["Separator porosity"])
    electrolyte = float(values["Negative electrode Bruggeman coefficient (electrolyte)"])
    electrode = float(values["Negative electrode Bruggeman coefficient (electrode)"])
    return {
        "Negative electrode tortuosity factor (electrolyte)": negative ** (1 - electrolyte),
        "Negative electrode tortuosity factor (electrode)": (1 - negative) ** (1 - electrode),
        "Separator tortuosity factor (electrolyte)": separator
        ** (1 - float(values["Separator Bruggeman coefficient (electrolyte)"])),
    }


def _stoichiometries(values: Any, cell: CellParameters, state_of_charge: float) -> tuple[float, float]:
    """Negative and positive stoichiometry [-] at a state of charge."""
    active = float(values["Negative electrode active material volume fraction"])
    window = stoichiometry_window(
        values,
        positive=host_capacity(
            values, "positive", cell.positive_thickness_metre, cell.positive_active_material_fraction
        ),
        negative=host_capacity(values, "negative", cell.negative_thickness_metre, active),
    )
    return window.at(state_of_charge)


def _largest_concentration(values: Any, electrode: str) -> float:
    return float(values[f"Maximum concentration in {electrode} electrode [mol.m-3]"])


def dfn() -> Any:
    """The model, not yet discretised."""
    return load_pybamm().lithium_ion.DFN(OPTIONS)
