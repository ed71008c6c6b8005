"""One mesh for cells of any thickness and particles of any radius: stretched onto those of a reference, exactly.

PyBaMM's mesh needs numbers, so that a thickness cannot be an input of a built model. But a coating of thickness L with
s = L / L_ref behaves on L_ref exactly as on L if, in x' = x / s,

    pores, volume fractions and areas per volume are multiplied by s,
    ionic and electronic effective conductivities and diffusivities are divided by s:

charge and salt per area, fluxes, potentials and concentrations are then the same at x'. (Substitute x = s x' in the
porous-electrode equations and multiply the balances by s.) What PyBaMM reports per volume of a coating is s times what
it is; per area it is right. The scaled porosity may exceed one: it is no porosity.

Likewise particles of radius R with q = R / R_ref take up lithium on R_ref exactly as on R if the diffusivity is divided
by q^2. Their surface per volume, 3 eps / R, is q times as large there, so that the interface utilisation is divided by
q: the reaction of the coating stays. Radii of particles, which differ from cell to cell, are stretched so; others are
the mesh's own, unless the cell is one of several draws (`factors`), whose radii differ too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.factors import factor_inputs, factored_numbers
from ragone.pipelines.cell.model import cell_values
from ragone.schemas import CellParameters, NegativeElectrode
from ragone.schemas.cell import OF_PARTICLES

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
_THICKNESS, _RADIUS = "{} electrode thickness [m]", "{} particle radius [m]"
_DIFFUSIVITY, _DIFFUSIVITY_FACTOR = "{} particle diffusivity [m2.s-1]", "{} particle diffusivity factor"
_UTILISATION = "Initial {} electrode interface utilisation"


@dataclass(frozen=True)
class Reference:
    """Thicknesses and particle radii of a mesh [m], by electrode; the radius only of stretched particles."""

    thickness: Mapping[str, float]
    radius: Mapping[str, float]

    def lengths(self) -> dict[str, float]:
        """The lengths under PyBaMM's names."""
        named = [(_THICKNESS, self.thickness), (_RADIUS, self.radius)]
        return {name.format(electrode): one for name, lengths in named for electrode, one in lengths.items()}


def input_names(cell: CellParameters) -> tuple[str, ...]:
    """PyBaMM's names of what differs between cells of one parameter set and separator, but for stretched radii."""
    electrodes = _electrodes(cell.negative_electrode)
    stretched = [name.format(electrode) for electrode in electrodes for name in _STRETCHED]
    own = ["Initial concentration in negative electrode [mol.m-3]"] if len(electrodes) > 1 else []
    measured = () if cell.negative_porosity is None else _OF_A_MEASURED_NEGATIVE
    return tuple(dict.fromkeys((*stretched, *_AS_THEY_ARE, *own, *measured, *factored_numbers(cell))))


def similar_inputs(cell: CellParameters, reference: Reference, *, initial_state_of_charge: float) -> dict[str, float]:
    """The inputs that make the model on the mesh of the reference that of the cell.

    Parameters
    ----------
    cell
        The cell.
    reference
        Lengths of the mesh.
    initial_state_of_charge
        In [0, 1].
    """
    values = cell_values(cell, initial_state_of_charge=initial_state_of_charge)
    inputs = {name: float(values[name]) for name in input_names(cell)}
    for electrode in _electrodes(cell.negative_electrode):
        stretch = float(values[_THICKNESS.format(electrode)]) / reference.thickness[electrode]
        inputs.update(_stretched(electrode, inputs, stretch))
    for electrode, radius in reference.radius.items():
        growth = float(values[_RADIUS.format(electrode)]) / radius
        inputs[_UTILISATION.format(electrode.lower())] /= growth
        inputs[_DIFFUSIVITY_FACTOR.format(electrode)] = 1 / growth**2
    return inputs | factor_inputs(cell)


def reference_of(values: Any, cell: CellParameters) -> Reference:
    """The lengths of the parameter set's own cell; `values` are that set's."""
    return Reference(
        {e: float(values[_THICKNESS.format(e)]) for e in _electrodes(cell.negative_electrode)},
        {e: float(values[_RADIUS.format(e)]) for e in stretched_particles(cell)},
    )


def stretched_particles(cell: CellParameters) -> tuple[str, ...]:
    """The electrodes whose particles are stretched: those whose radius differs from cell to cell."""
    stretched = {
        "Positive": cell.positive_particle_radius_source == OF_PARTICLES or bool(cell.parameter_factors),
        "Negative": cell.negative_particle_radius_metre is not None,
    }
    return tuple(electrode for electrode, holds in stretched.items() if holds)


def diffusivities(values: Any, reference: Reference) -> dict[str, Callable[..., Any]]:
    """The diffusivities of the particles whose radius is stretched, times an input, under PyBaMM's names."""
    names = {_DIFFUSIVITY.format(e): _DIFFUSIVITY_FACTOR.format(e) for e in reference.radius}
    return {name: _times_input(values[name], factor) for name, factor in names.items()}


def _times_input(diffusivity: Any, factor: str) -> Callable[..., Any]:
    def stretched(stoichiometry: Any, temperature: Any) -> Any:
        plain = diffusivity(stoichiometry, temperature) if callable(diffusivity) else diffusivity
        return load_pybamm().InputParameter(factor) * plain

    return stretched


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
