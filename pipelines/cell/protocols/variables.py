"""What is recorded of a simulated protocol beside voltage and current, under PyBaMM's own names.

The plating margin is the lowest potential difference between solid and electrolyte in the negative electrode, against
lithium in this electrolyte: below 0 V lithium metal may form somewhere. Its lowest value is where electrode and
separator meet, so that PyBaMM's value at that border counts too, not only those inside the finite volumes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.heat import HEAT_NAMES, heat_variables

TEMPERATURE = "Volume-averaged cell temperature [K]"
OPEN_CIRCUIT = "Battery open-circuit voltage [V]"
PLATING_MARGIN = "Minimum negative electrode surface potential difference [V]"
_DIFFERENCE = "Negative electrode surface potential difference [V]"
_RECORDED = (
    "Bulk open-circuit voltage [V]",
    OPEN_CIRCUIT,
    "Battery particle concentration overpotential [V]",
    "Battery negative particle concentration overpotential [V]",
    "Battery positive particle concentration overpotential [V]",
    "X-averaged battery reaction overpotential [V]",
    "X-averaged battery negative reaction overpotential [V]",
    "X-averaged battery positive reaction overpotential [V]",
    "X-averaged battery concentration overpotential [V]",
    "X-averaged battery electrolyte ohmic losses [V]",
    "X-averaged battery solid phase ohmic losses [V]",
    "Contact overpotential [V]",
    "Negative electrode stoichiometry",
    "Positive electrode stoichiometry",
    PLATING_MARGIN,
    *HEAT_NAMES,
)


def add_variables(model: Any) -> tuple[str, ...]:
    """Give the model what PyBaMM lacks; the names that are recorded of it: nothing negative of a half cell."""
    model.variables.update(heat_variables(model))
    names = [name for name in _RECORDED if name in model.variables or name == PLATING_MARGIN]
    if _DIFFERENCE not in model.variables:
        return tuple(name for name in names if "negative" not in name.lower())
    model.variables[PLATING_MARGIN] = _lowered_by_border(model.variables[_DIFFERENCE])
    return tuple(names)


def sampled(solution: Any, name: str, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """A variable at times [s], shape (n,); of one that differs from place to place the lowest value of each time."""
    values = np.asarray(solution[name](at), np.float64)
    return np.asarray(values.reshape(-1, len(at)).min(axis=0))


def _lowered_by_border(difference: Any) -> Any:
    pybamm = load_pybamm()
    return pybamm.minimum(difference, pybamm.boundary_value(difference, "right"))
