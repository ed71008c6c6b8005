"""One mesh for cells of any thickness: coatings stretched onto a reference thickness, exactly.

PyBaMM's mesh needs numbers, so that a thickness cannot be an input of a built model. But a coating of thickness L with
s = L / L_ref behaves on L_ref exactly as on L if, in x' = x / s,

    pores, volume fractions and areas per volume are multiplied by s,
    ionic and electronic effective conductivities and diffusivities are divided by s:

charge and salt per area, fluxes, potentials and concentrations are then the same at x'. (Substitute x = s x' in the
porous-electrode equations and multiply the balances by s.) Particles are not touched. What PyBaMM reports per volume
of a coating is s times what it is; per area it is right. The scaled porosity may exceed one: it is no porosity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.pipelines.cell.model import cell_values
from ragone.schemas import CellParameters, NegativeElectrode

_ELECTRODES = ("Positive", "Negative")
_STRETCHED = (
    "{} electrode porosity",
    "{} electrode active material volume fraction",
    "{} electrode tortuosity factor (electrolyte)",
    "{} electrode tortuosity factor (electrode)",
)
_AS_THEY_ARE = (
    "Electrode width [m]",
    "Initial concentration in positive electrode [mol.m-3]",
    "Positive electrode conductivity [S.m-1]",
    "Initial positive electrode interface utilisation",
)
_OF_A_MEASURED_NEGATIVE = (
    "Negative electrode conductivity [S.m-1]",
    "Initial negative electrode interface utilisation",
)


def input_names(cell: CellParameters) -> tuple[str, ...]:
    """PyBaMM's names of what differs between cells of one parameter set, particle radius and separator."""
    electrodes = _electrodes(cell.negative_electrode)
    stretched = [name.format(electrode) for electrode in electrodes for name in _STRETCHED]
    own = ["Initial concentration in negative electrode [mol.m-3]"] if len(electrodes) > 1 else []
    measured = () if cell.negative_porosity is None else _OF_A_MEASURED_NEGATIVE
    return (*stretched, *_AS_THEY_ARE, *own, *measured)


def similar_inputs(
    cell: CellParameters, reference: Mapping[str, float], *, initial_state_of_charge: float
) -> dict[str, float]:
    """The inputs that make the model on the reference thicknesses that of the cell.

    Parameters
    ----------
    cell
        The cell.
    reference
        Electrode ("Positive", "Negative") -> thickness of its mesh [m].
    initial_state_of_charge
        In [0, 1].
    """
    values = cell_values(cell, initial_state_of_charge=initial_state_of_charge)
    inputs = {name: float(values[name]) for name in input_names(cell)}
    for electrode in _electrodes(cell.negative_electrode):
        stretch = float(values[f"{electrode} electrode thickness [m]"]) / reference[electrode]
        inputs.update(_stretched(electrode, inputs, stretch))
    return inputs


def reference_thicknesses(values: Any, negative: NegativeElectrode) -> dict[str, float]:
    """Thicknesses of the parameter set's own cell [m], by electrode."""
    return {e: float(values[f"{e} electrode thickness [m]"]) for e in _electrodes(negative)}


def _electrodes(negative: NegativeElectrode) -> tuple[str, ...]:
    return _ELECTRODES if negative is NegativeElectrode.INTERCALATION else _ELECTRODES[:1]


def _stretched(electrode: str, own: Mapping[str, float], s: float) -> dict[str, float]:
    """PyBaMM divides porosity by one tortuosity factor and 1 - porosity by the other; both quotients fall as 1 / s."""
    porosity, active, pores, solids = (name.format(electrode) for name in _STRETCHED)
    return {
        porosity: s * own[porosity],
        active: s * own[active],
        pores: s**2 * own[pores],
        solids: s * (1 - s * own[porosity]) / (1 - own[porosity]) * own[solids],
    }
