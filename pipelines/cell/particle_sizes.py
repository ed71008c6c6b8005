"""Spheres of many sizes side by side in the positive electrode, instead of the one that stands for them.

PyBaMM's models with a particle-size distribution: at each depth of the coating all sizes share one potential, and each
takes up what its surface lets in. The law is log-normal with the volume over surface and the width of the particles of
the cell; cut at three standard deviations of the surface-weighted law, for the mesh is uniform in the radius.

What it does not do: the negative electrode keeps one sphere, and PyBaMM balances no heat of many.

References
----------
Kirk, Evans, Please, Chapman 2020, arXiv 2006.12208.
"""

from __future__ import annotations

import math
from typing import Any

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.errors import ContradictionError
from ragone.schemas import CellParameters, NegativeElectrode
from ragone.schemas.errors import MissingFieldError
from ragone.schemas.field import Bounds

_CUT = 3.0  # standard deviations of the logarithm of the radius, weighted by surface


def require_solvable(points: int, thermal: str) -> None:
    """Refuse fewer sizes than none, and any of a cell that its own heat warms.

    Raises
    ------
    BoundsError, ContradictionError
    """
    Bounds(low=0).require(points, "particle_size_points", "1")
    if points and thermal != "isothermal":
        raise ContradictionError(
            f"particle_size_points = {points} with thermal = {thermal!r} cannot be solved: "
            "PyBaMM balances the heat of particles of one size. Leave out one of the two."
        )


def variant(points: int) -> str:
    """Words for the method of a record; none for one sphere."""
    return f", {points} sizes of positive particles" if points else ""


def require_spread(cell: CellParameters) -> float:
    """Return the width of the positive particles' sizes [-].

    Raises
    ------
    MissingFieldError
        If it is not known, or there is none.
    """
    if not cell.positive_particle_radius_spread:
        raise MissingFieldError(
            f"cell.positive_particle_radius_spread is {cell.positive_particle_radius_spread}: the cell's particles are "
            "of one size, or of sizes not known. Build it of a packing with several, or take particle_size_points = 0."
        )
    return cell.positive_particle_radius_spread


def size_options(negative: NegativeElectrode) -> dict[str, Any]:
    """Options of PyBaMM's model."""
    half = negative is NegativeElectrode.LITHIUM_METAL
    return {"particle size": "distribution" if half else ("single", "distribution")}


def give_sizes(values: Any, negative: NegativeElectrode, spread: float) -> Any:
    """The parameter values with a law of sizes around the radius that they have."""
    middle = math.exp(-(spread**2) / 2)  # the surface-weighted median over the mean
    least, most = (middle * math.exp(sign * _CUT * spread) for sign in (-1, 1))
    law = {"sd_p": math.sqrt(math.expm1(spread**2)), "R_min_p": least, "R_max_p": most}
    half = negative is NegativeElectrode.LITHIUM_METAL
    electrode = {"working_electrode": "positive"} if half else {}
    return load_pybamm().get_size_distribution_parameters(values, **law, **electrode)
