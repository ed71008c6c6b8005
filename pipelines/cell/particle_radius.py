"""In which sphere does lithium diffuse? In that which stands for the particles that the electrode is made of.

Particles of many sizes lag behind their surface as spheres of one radius do whose square is their mean, weighted by
volume: the diffusion radius of the metrics (see `ragone.pipelines.manufacture.sizes`). It is right where a discharge
takes longer than R^2 / D; in a shorter one the smaller particles deliver more than their share.

The diffusivity stays that of the parameter set, as a property of the material. Sets were fitted with a radius of their
own, so that a radius which merely corrects that one wants their R^2 / D kept: state both in the cell's design.

What it does not do: agglomerates and cracks, whose grains lithium reaches by shorter ways than the radius.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.layers import number
from ragone.schemas import CellDesign, Transport
from ragone.schemas.cell import OF_PARTICLES


@dataclass(frozen=True, slots=True)
class ParticleRadius:
    """Radius of the sphere in which lithium diffuses [m], and where it is from."""

    metre: float
    source: str


def particle_radius(electrode: str, transport: Transport, design: CellDesign, values: Any) -> ParticleRadius:
    """The radius that the design states for the positive electrode, else that of its particles, else the set's.

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
    stated = design.positive_particle_radius_metre if electrode == "positive" else None
    if stated is not None:
        return ParticleRadius(stated, "cell design")
    drawn = transport.particle_diffusion_radius_metre
    if drawn is not None:
        return ParticleRadius(drawn, OF_PARTICLES)
    return ParticleRadius(number(values, f"{electrode.capitalize()} particle radius [m]"), "parameter set")
