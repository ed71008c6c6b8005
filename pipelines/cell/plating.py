"""How far a negative electrode is from plating: a variable of the model, which PyBaMM does not have.

The plating margin is the lowest potential difference between solid and electrolyte, against lithium in this
electrolyte: below 0 V lithium metal may form somewhere. Its lowest value is where electrode and separator meet, so that
PyBaMM's value at that border counts too, not only those inside the finite volumes. A stretched coating has the same.
"""

from __future__ import annotations

from typing import Any

from ragone.pipelines.cell.engine import load_pybamm

PLATING_MARGIN = "Minimum negative electrode surface potential difference [V]"
_DIFFERENCE = "Negative electrode surface potential difference [V]"


def add_plating_margin(model: Any) -> bool:
    """Add it to the variables of a model, if that has a porous negative electrode; whether it has."""
    if _DIFFERENCE not in model.variables:
        return False
    pybamm, difference = load_pybamm(), model.variables[_DIFFERENCE]
    model.variables[PLATING_MARGIN] = pybamm.minimum(difference, margin_at_separator(model.variables))
    return True


def margin_at_separator(variables: Any) -> Any:
    """The potential difference where the negative electrode meets the separator [V], of a model's variables."""
    return load_pybamm().boundary_value(variables[_DIFFERENCE], "right")
