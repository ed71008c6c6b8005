"""What is recorded of a simulated protocol beside voltage and current, under PyBaMM's own names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.heat import HEAT_NAMES, heat_variables
from ragone.pipelines.cell.plating import PLATING_MARGIN, add_plating_margin

TEMPERATURE = "Volume-averaged cell temperature [K]"
OPEN_CIRCUIT = "Battery open-circuit voltage [V]"
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
)


def add_variables(model: Any, *, heat: bool = True) -> tuple[str, ...]:
    """Give the model what PyBaMM lacks; the names that are recorded of it: nothing negative of a half cell.

    Without `heat` no source of it: they are not known of a model with many sizes of particles, of which each has a
    current and an overpotential of its own.
    """
    if heat:
        model.variables.update(heat_variables(model))
    wanted = (*_RECORDED, *HEAT_NAMES) if heat else _RECORDED
    names = [name for name in wanted if name in model.variables or name == PLATING_MARGIN]
    if not add_plating_margin(model):
        return tuple(name for name in names if "negative" not in name.lower())
    return tuple(names)


def sampled(solution: Any, name: str, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """A variable at times [s], shape (n,); of one that differs from place to place the lowest value of each time."""
    values = np.asarray(solution[name](at), np.float64)
    return np.asarray(values.reshape(-1, len(at)).min(axis=0))
