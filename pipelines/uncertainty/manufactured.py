"""One cell of many that were made by one design, its coatings a little different: drawn by its number.

The rating stays that of the design, so that all cells of a population are cycled at the same current. Mass and volume
stay the design's, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ragone.pipelines.cell.chemistry import parameter_values_of
from ragone.pipelines.uncertainty.draws import LIBRARIES, factors
from ragone.pipelines.uncertainty.tolerances import CONTACT, LOADING, POROSITY, RADIUS, SIDES
from ragone.schemas import CellParameters, NegativeElectrode, Priors, stage
from ragone.schemas.errors import BoundsError
from ragone.schemas.priors import Holder

_CONDUCTION = 1.5  # Bruggeman's exponent, by which conduction of the solids follows their fraction


@stage("uncertainty.vary_cell", libraries=(*LIBRARIES, "pybamm", "bpx"))
def vary_cell(cell: CellParameters, tolerances: Priors, *, index: int, seed: int) -> CellParameters:
    """Draw one cell of those that are made by a design.

    Parameters
    ----------
    cell
        The cell as it is designed.
    tolerances
        What differs between cells, and by how much; see `collect_tolerances`.
    index
        Number of the cell, >= 0.
    seed
        Seed of the population.

    Returns
    -------
    CellParameters
        Thickness, porosity, share of active material, tortuosity factor, conductivity and particle radius of both
        coatings, and contact resistance. A coating of another loading is thicker; one of another porosity holds the
        same mass. Tortuosity factors follow the porosity by the power that leads from 1 to the design's, conduction
        of the solids follows their fraction by the power 1.5. The area ratio stays.

    Raises
    ------
    BoundsError
        If a porosity is not between 0 and 1.
    """
    drawn = factors(tolerances, Holder.CELL, index, seed)
    changed: dict[str, Any] = {}
    whole = cell.negative_electrode is NegativeElectrode.INTERCALATION
    for side in SIDES if whole else SIDES[:1]:
        changed |= _coating(_coating_of(cell, side), side, drawn)
    if whole:
        ratio = drawn.get(LOADING.format("negative"), 1.0) / drawn.get(LOADING.format("positive"), 1.0)
        changed["negative_to_positive_capacity_ratio"] = cell.negative_to_positive_capacity_ratio * ratio
    contact = cell.contact_resistance_ohm * drawn.get(CONTACT, 1.0)
    return replace(
        cell,
        **changed,
        contact_resistance_ohm=contact,
        method=f"{cell.method}; cell {index} of a population of seed {seed}, rating, mass and volume of the design",
    )


def _coating_of(cell: CellParameters, side: str) -> dict[str, Any]:
    """Fields of a coating by their names without its side; those of the parameter set where the cell has none."""
    names = (
        *("thickness_metre", "porosity", "active_material_fraction", "pore_tortuosity_factor"),
        *("effective_conductivity_siemens_per_metre", "surface_area_ratio", "particle_radius_metre"),
    )
    own = {name: getattr(cell, f"{side}_{name}") for name in names}
    return own if own["porosity"] is not None else {**_of_the_set(cell), "thickness_metre": own["thickness_metre"]}


def _of_the_set(cell: CellParameters) -> dict[str, Any]:
    """The negative coating of the cell's parameter set, by its own Bruggeman laws, as the cell's model takes it."""
    values = parameter_values_of(cell)
    number = {name: float(values[f"Negative electrode {name}"])
              for name in ("porosity", "active material volume fraction", "conductivity [S.m-1]",
                           "Bruggeman coefficient (electrolyte)", "Bruggeman coefficient (electrode)")}  # fmt: skip
    porosity = number["porosity"]
    conductivity = number["conductivity [S.m-1]"] * (1 - porosity) ** number["Bruggeman coefficient (electrode)"]
    return {
        "porosity": porosity,
        "active_material_fraction": number["active material volume fraction"],
        "pore_tortuosity_factor": porosity ** (1 - number["Bruggeman coefficient (electrolyte)"]),
        "effective_conductivity_siemens_per_metre": conductivity,
        "surface_area_ratio": 1.0,
        "particle_radius_metre": float(values["Negative particle radius [m]"]),
    }


def _coating(plain: Mapping[str, Any], side: str, drawn: Mapping[str, float]) -> dict[str, Any]:
    """Fields of a coating as it was made, by their whole names."""
    porosity = plain["porosity"] * drawn.get(POROSITY.format(side), 1.0)
    if not 0 < porosity < 1:
        raise BoundsError(f"{side}_porosity = {porosity:.3g} [-] of a drawn cell is not between 0 and 1. "
                          "State a smaller tolerance.")  # fmt: skip
    solids = (1 - porosity) / (1 - plain["porosity"])
    changed = {
        "thickness_metre": plain["thickness_metre"] * drawn.get(LOADING.format(side), 1.0) / solids,
        "porosity": porosity,
        "active_material_fraction": plain["active_material_fraction"] * solids,
        "pore_tortuosity_factor": _tortuosity(plain, porosity),
        "effective_conductivity_siemens_per_metre": plain["effective_conductivity_siemens_per_metre"]
        * solids**_CONDUCTION,
    }
    if (radius := plain["particle_radius_metre"]) is not None:
        changed["particle_radius_metre"] = radius * drawn.get(RADIUS.format(side), 1.0)
    return {f"{side}_{name}": value for name, value in {**plain, **changed}.items()}


def _tortuosity(plain: Mapping[str, Any], porosity: float) -> float:
    """The tortuosity factor of another porosity; none is below 1."""
    before = plain["pore_tortuosity_factor"]
    return float(max(1.0, before ** (math.log(porosity) / math.log(plain["porosity"]))))
