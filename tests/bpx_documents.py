"""A BPX document of an invented cell with formulas and tables, for tests to change."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

NEGATIVE_OCP = "0.1 + 0.8 * exp(-30 * x) - 0.05 * x + 0.02 * tanh(-12 * (x - 0.5))"
POSITIVE_OCP = "4.35 - 1.1 * x + 0.05 * tanh(-9 * (x - 0.6)) - 1e-9 * exp(20 * x)"


def tabulated(function: Any, low: float, high: float, rows: int) -> dict[str, list[float]]:
    """A table of a function of arrays."""
    x = np.linspace(low, high, rows)
    return {"x": x.tolist(), "y": np.asarray(function(x), float).tolist()}


def invented_cell(**changes: dict[str, Any]) -> dict[str, Any]:
    """The document, with fields of a section replaced: `invented_cell(Cell={"Electrode area [m2]": 1.0})`."""
    electrode = {
        "Thickness [m]": 7e-5,
        "Porosity": 0.3,
        "Transport efficiency": 0.16,
        "Conductivity [S.m-1]": 10.0,
        "Particle radius [m]": 4e-6,
        "Surface area per unit volume [m-1]": 4e5,
        "Diffusivity activation energy [J.mol-1]": 2e4,
        "Reaction rate constant activation energy [J.mol-1]": 3e4,
    }
    sections: dict[str, dict[str, Any]] = {
        "Cell": {
            "Electrode area [m2]": 0.02,
            "External surface area [m2]": 0.03,
            "Volume [m3]": 1e-4,
            "Number of electrode pairs connected in parallel to make a cell": 10,
            "Lower voltage cut-off [V]": 2.6,
            "Upper voltage cut-off [V]": 4.1,
            "Nominal cell capacity [A.h]": 6.0,
            "Reference temperature [K]": 298.15,
            "Density [kg.m-3]": 2000.0,
            "Specific heat capacity [J.K-1.kg-1]": 1000.0,
        },
        "Electrolyte": {
            "Cation transference number": 0.26,
            "Conductivity [S.m-1]": "0.13 * (x / 1000) ** 3 - 2.5 * (x / 1000) ** 1.5 + 3.3 * (x / 1000)",
            "Diffusivity [m2.s-1]": "8.8e-11 * (x / 1000) ** 2 - 4e-10 * (x / 1000) + 4.9e-10",
        },
        "Negative electrode": {
            **electrode,
            "OCP [V]": NEGATIVE_OCP,
            "Entropic change coefficient [V.K-1]": "-1e-4 * x",
            "Diffusivity [m2.s-1]": 2e-14,
            "Maximum concentration [mol.m-3]": 29000.0,
            "Minimum stoichiometry": 0.01,
            "Maximum stoichiometry": 0.85,
            "Reaction rate constant [mol.m-2.s-1]": 5e-6,
        },
        "Positive electrode": {
            **electrode,
            "OCP [V]": POSITIVE_OCP,
            "Entropic change coefficient [V.K-1]": {"x": [0.0, 0.5, 1.0], "y": [-1e-4, 2e-5, -5e-5]},
            "Diffusivity [m2.s-1]": "4e-15 * (1 + x)",
            "Maximum concentration [mol.m-3]": 46000.0,
            "Minimum stoichiometry": 0.42,
            "Maximum stoichiometry": 0.95,
            "Reaction rate constant [mol.m-2.s-1]": 2e-5,
        },
        "Separator": {"Thickness [m]": 2e-5, "Porosity": 0.45, "Transport efficiency": 0.3},
    }
    for name, fields in changes.items():
        section = name.replace("_", " ") if name != "User_defined" else "User-defined"
        sections.setdefault(section, {}).update(fields)
    return copy.deepcopy(
        {"Header": {"BPX": "1.1.0", "Title": "invented", "Model": "DFN"}, "Parameterisation": sections}
    )
