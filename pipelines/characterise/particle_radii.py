"""Which spheres stand for the particles that a measured geometry shows? For volumes of which nothing was drawn.

The mean radii of the whole particles that a watershed found (`geometry.particles`), each weighted by how likely a body
of its extent lies whole in the volume. What is meant by them stands in `ragone.schemas.particle_sizes`.

What it does not do: the cut of touching particles is a decision, and in a volume of a few particle diameters nearly all
are cut and left out, the largest first; the standard error between volume elements shows only the scatter of these.
"""

from __future__ import annotations

from dataclasses import replace

from ragone.pipelines.characterise.errors import VolumeError
from ragone.schemas import Geometry, ParticleShape, Transport, stage
from ragone.schemas.particle_sizes import mean_radii


@stage("characterise.take_particle_radii")
def take_particle_radii(transport: Transport, geometry: Geometry) -> Transport:
    """The metrics of a volume with the mean radii of the particles that were measured in it.

    Parameters
    ----------
    transport
        Metrics of one volume.
    geometry
        Of the same volume; its particles are taken for spheres of their volumes.

    Raises
    ------
    VolumeError
        If the two are not of one volume by their fractions, or no particle is whole.
    """
    fractions = ("pore_fraction", "active_material_fraction", "carbon_binder_fraction")
    unlike = next((name for name in fractions if getattr(transport, name) != getattr(geometry, name)), None)
    if unlike:
        raise VolumeError(
            f"{unlike} is {getattr(transport, unlike):.6g} [-] in the transport and {getattr(geometry, unlike):.6g} in "
            "the geometry: they are of two volumes. Measure both of one."
        )
    if not len(geometry.particle_diameter_metre):
        raise VolumeError(
            "no particle of the active material lies whole in the volume, so that none has a radius. Take a larger "
            "volume, or state positive_particle_radius_metre in the cell's design."
        )
    radii = mean_radii(geometry.particle_diameter_metre / 2, ParticleShape.SPHERE, 1.0, geometry.particle_weight)
    return replace(
        transport,
        particle_diffusion_radius_metre=radii.diffusion,
        particle_sauter_radius_metre=radii.sauter,
        method=f"{transport.method}; radii of the particles measured: {geometry.methods['particles']}",
    )
