"""In which sphere does lithium diffuse? In that which stands for the particles that the electrode is made of.

A cell model has one sphere in each electrode, and that of the particles' volume over surface (Sauter) gives it their
surface, and what they take up in a time short of R^2 / D. Slow discharges, which lag by the mean of R^2 weighted by
volume, would want the larger diffusion radius, but there the radius hardly matters; docs/CELL.md has both against all
sizes. From the two radii follows the log-normal law for models with a size distribution: their ratio is exp(3/2 s^2).

The diffusivity stays that of the parameter set, as a property of the material. Sets were fitted with a radius of their
own, so that a radius which merely corrects that one wants their R^2 / D kept: state both in the cell's design.

What it does not do: agglomerates and cracks, whose grains lithium reaches by shorter ways than the radius.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.layers import number
from ragone.schemas import CellDesign, Transport
from ragone.schemas.cell import OF_PARTICLES


@dataclass(frozen=True, slots=True)
class ParticleRadius:
    """Radius of the sphere in which lithium diffuses [m], where it is from, and how wide the sizes are [-].

    The spread is the standard deviation of the radius' logarithm; None where sizes are not known.
    """

    metre: float
    source: str
    spread: float | None = None


def particle_radius(electrode: str, transport: Transport, design: CellDesign, values: Any) -> ParticleRadius:
    """The radius that the design states, else that of the electrode's particles, else the set's.

    Parameters
    ----------
    electrode
        "positive" or "negative".
    transport
        Metrics of that electrode, with the radius of its particles if they were drawn or measured.
    design
        Of the cell.
    values
        PyBaMM's, of the parameter set.
    """
    stated: float | None = getattr(design, f"{electrode}_particle_radius_metre")
    if stated is not None:
        return ParticleRadius(stated, "cell design")
    drawn = transport.particle_sauter_radius_metre
    if drawn is not None:
        return ParticleRadius(drawn, OF_PARTICLES, _spread(drawn, transport.particle_diffusion_radius_metre))
    return ParticleRadius(number(values, f"{electrode.capitalize()} particle radius [m]"), "parameter set")


def _spread(sauter: float, diffusion: float | None) -> float | None:
    """Standard deviation of the logarithm in the log-normal law with these radii; 0 where only shape parts them."""
    return None if diffusion is None else math.sqrt(max(0.0, math.log(diffusion / sauter) / 1.5))
