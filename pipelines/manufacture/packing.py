"""What does an electrode of this recipe look like? Particles, pressed, with carbon-binder in their pores.

Assumptions: particles are rigid spheres, or spheroids standing for ellipsoids and plates, of log-normal size; drying
and calendering are one affine pressing along axis 0 with particles pushing each other apart; the carbon-binder is
placed by a score between film and aggregates, dense or with nanopores, and may have migrated towards the separator,
where axis 0 ends. The cube is periodic, or ends in walls along
axis 0: collector and free surface. The volume fraction of each phase is exact to one voxel.

What it does not do: no flow of slurry, cracks or plasticity; a pressure acts through an empirical
law of compaction, not through forces. The cube is a sample of an electrode of any thickness. Any engine that follows
`ragone.schemas.protocols.Manufacture` can replace it.

References
----------
Radii: Chen et al. 2020, doi 10.1149/1945-7111/ab9050, give 5.22 um for the positive electrode of a commercial cell; the
recipe's default is smaller so that a small cube holds more particles.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ragone.pipelines.manufacture.binder import place_carbon_binder
from ragone.pipelines.manufacture.calendering import Compaction, calendered_porosity
from ragone.pipelines.manufacture.composition import voxel_counts
from ragone.pipelines.manufacture.contacts import Spheroids
from ragone.pipelines.manufacture.necks import require_spheres, with_necks
from ragone.pipelines.manufacture.particles import Box, Floats, Particles, calender, mean_overlap_of_spheres
from ragone.pipelines.manufacture.sizes import draw_particle_radii
from ragone.pipelines.manufacture.spheroids import calender_spheroids, mean_overlap_of_spheroids, require_shape
from ragone.pipelines.manufacture.voxels import lowest, surface_distances
from ragone.schemas import Materials, Microstructure, ParticleShape, Recipe, stage
from ragone.schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PORE, cubic_voxels
from ragone.schemas.parameter import NotNegative, Positive, Share
from ragone.schemas.particle_sizes import mean_radii
from ragone.schemas.recipe import SizeWeight


@stage("manufacture.pack_particles", libraries=("numpy", "scipy"))
def pack_particles(
    recipe: Recipe,
    materials: Materials,
    *,
    edge_voxels: int,
    voxel_size_metre: Positive,
    seed: int,
    walled: bool = False,
    calendering_pressure_pascal: NotNegative = 0.0,
    compaction_resistance_pascal: Positive = 1.5e8,
    least_porosity: Share = 0.1,
    largest_mean_overlap: Share = 0.02,
    contact_radius_share: Share = 0.0,
) -> Microstructure:
    """Labelled voxels of the recipe: 0 pore, 1 active material, 2 carbon-binder; axis 0 is through-plane.

    Parameters
    ----------
    recipe
        The porosity is all pore volume, nanopores too: that after calendering, or of the dried coating if a pressure
        is given. Where the box is too small for the particles (longest semi-axis above a quarter of its edge) all
        radii are lowered; the median drawn is written in the record's `source`.
    materials
        Densities, and the nanoporosity of the carbon-binder: it is part of the porosity, so that the resolved pores
        are fewer.
    edge_voxels
        Voxels along each edge, >= 8.
    voxel_size_metre
        Edge of one voxel [m].
    seed
        Seed of the PCG64 generator; equal seeds give equal voxels.
    walled
        Whether axis 0 ends in walls that particles do not cross; else all axes are periodic.
    calendering_pressure_pascal
        Pressure that decides the porosity [Pa], written in the record's `source`; 0 to press to the recipe's porosity.
    compaction_resistance_pascal, least_porosity
        Constants of the coating in the law of `calendering` [Pa], [-]. The defaults are orders of magnitude: fit them.
    largest_mean_overlap
        Overlap of touching particles over their mean radius, in the mean, down to which they push each other apart at
        the end [-]. What was reached is written in the record's `source`: denser than a random close packing it is
        more. 1 to leave what one round leaves, as earlier versions did.
    contact_radius_share
        Radius of the contact between two spheres that touch over the smaller of their radii [-], so that it does not
        depend on the voxels (`necks`); 0 for contacts as wide as overlaps and voxels make them.

    Returns
    -------
    Microstructure
        Fractions exact to one voxel; with the mean radii of the particles as they were drawn.

    Raises
    ------
    BoundsError
        If a parameter is out of range, the particles are not resolved by the voxels, or the fractions leave no room.
    """
    compaction = Compaction(calendering_pressure_pascal, compaction_resistance_pascal, least_porosity)
    pressed = replace(recipe, porosity=calendered_porosity(recipe.porosity, compaction))
    shape, aspect_ratio = recipe.particle_shape, recipe.particle_aspect_ratio
    require_shape(shape, aspect_ratio)
    require_spheres(contact_radius_share, spheres=shape is ParticleShape.SPHERE)
    counts = voxel_counts(pressed, materials, edge_voxels**3)
    rng = np.random.Generator(np.random.PCG64(seed))
    radii, radius = draw_particle_radii(
        rng, recipe, counts.active_material, edge=edge_voxels, voxel_size=voxel_size_metre
    )
    particles = _pressed(rng, recipe, radii, edge_voxels, walled=walled, largest_mean_overlap=largest_mean_overlap)
    distances = surface_distances(particles, edge_voxels, reach=radius, walled=walled)
    if isinstance(particles, Particles) and contact_radius_share > 0:
        nearest = with_necks(distances[0], particles, radius_share=contact_radius_share, walled=walled)
        distances = nearest, distances[1]
    active = lowest(distances[0], counts.active_material)
    binder = place_carbon_binder(
        rng,
        active,
        distances,
        count=counts.carbon_binder,
        adhesion=recipe.binder_adhesion,
        aggregate_length=recipe.aggregate_length_metre / voxel_size_metre,
        migration=recipe.binder_migration,
        walled=walled,
    )
    nanoporosity = materials.carbon_binder_nanoporosity
    traits = {
        f"by {recipe.particle_size_weight}": recipe.particle_size_weight is not SizeWeight.NUMBER,
        _second_kind(recipe, voxel_size_metre * radius): recipe.second_particle_share > 0,
        f"carbon-binder migrated by {recipe.binder_migration:g}": recipe.binder_migration != 0,
        f"aspect ratio {aspect_ratio:g}": shape is not ParticleShape.SPHERE,
        f"nanoporosity of the carbon-binder {nanoporosity:g}": nanoporosity > 0,
        "walls at both ends of axis 0": walled,
        f"porosity {pressed.porosity:.6g} after {calendering_pressure_pascal:g} Pa": calendering_pressure_pascal > 0,
        f"contacts of at least {contact_radius_share:.3g} of the radius": contact_radius_share > 0,
        f"mean overlap {_mean_overlap(particles, edge_voxels, walled):.1%} of the radius": largest_mean_overlap < 1,
    }
    means = mean_radii(radii, shape, aspect_ratio)
    packing = f"simulated: packing of {shape}s, median radius {radius * voxel_size_metre:.4g} m"
    return Microstructure(
        labels=active.astype(np.uint8) + 2 * binder.astype(np.uint8),
        voxel_edges_metre=cubic_voxels(voxel_size_metre),
        phase_names=(PORE, ACTIVE_MATERIAL, CARBON_BINDER),
        phase_labels=np.array([0, 1, 2], dtype=np.uint8),
        source=", ".join([packing, *(what for what, holds in traits.items() if holds)]),
        licence="own",
        particle_diffusion_radius_metre=means.diffusion * voxel_size_metre,
        particle_sauter_radius_metre=means.sauter * voxel_size_metre,
    )


def _pressed(
    rng: np.random.Generator,
    recipe: Recipe,
    radii: Floats,
    edge: int,
    *,
    walled: bool,
    largest_mean_overlap: float,
) -> Particles | Spheroids:
    limits: Any = {"walled": walled, "largest_mean_overlap": largest_mean_overlap}
    shape = recipe.particle_shape
    if shape is ParticleShape.SPHERE:
        return calender(rng, radii, edge, **limits)
    return calender_spheroids(rng, radii, edge, shape=shape, aspect_ratio=recipe.particle_aspect_ratio, **limits)


def _mean_overlap(particles: Particles | Spheroids, edge: int, walled: bool) -> float:
    box = Box(np.full(3, float(edge)), walled)
    if isinstance(particles, Particles):
        return mean_overlap_of_spheres(particles, box)
    return mean_overlap_of_spheroids(particles, box)


def _second_kind(recipe: Recipe, first_median: float) -> str:
    """The second kind of particles as drawn, given the median of the first as drawn [m]."""
    second = recipe.second_particle_radius_metre or 0.0
    drawn = first_median * second / recipe.median_particle_radius_metre
    return f"{recipe.second_particle_share:.3g} of their volume with a median of {drawn:.4g} m"
