"""What does an electrode of this design look like? Particles, pressed, with carbon-binder in their pores.

Assumptions: particles are rigid spheres, or spheroids standing for ellipsoids and plates, of log-normal size; drying
and calendering are one affine pressing along axis 0 with particles pushing each other apart; the carbon-binder is
placed by a score between film and aggregates, dense or with nanopores. The cube is periodic, or ends in walls along
axis 0: collector and free surface. The volume fraction of each phase is exact to one voxel.

What it does not do: no flow of slurry, binder migration, cracks or plasticity; a pressure acts through an empirical
law of compaction, not through forces. The mass loading does not change the voxels: it sets the thickness of the
electrode, of which the cube is a sample. Any engine that follows `schemas.protocols.Manufacture` can replace it.

References
----------
Densities: `schemas.materials`. Radii: Chen et al. 2020, doi 10.1149/1945-7111/ab9050, give 5.22 um for the positive
electrode of a commercial cell; the default is smaller so that a small cube holds more particles.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from pipelines.manufacture.binder import place_carbon_binder
from pipelines.manufacture.calendering import Compaction, calendered_porosity
from pipelines.manufacture.composition import voxel_counts
from pipelines.manufacture.contacts import Spheroids
from pipelines.manufacture.particles import Particles, calender, draw_radii, median_radius_in_box
from pipelines.manufacture.resolution import require_resolved
from pipelines.manufacture.spheroids import SPHERE, calender_spheroids, longest_semi_axis, require_shape
from pipelines.manufacture.voxels import lowest, surface_distances
from schemas import Design, Microstructure, stage
from schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PORE, cubic_voxels
from schemas.materials import ACTIVE_MATERIAL_DENSITY, CARBON_BINDER_DENSITY


@stage("manufacture.pack_particles", libraries=("numpy", "scipy"))
def pack_particles(
    design: Design,
    *,
    edge_voxels: int,
    voxel_size_metre: float,
    seed: int,
    median_particle_radius_metre: float = 4.0e-6,
    particle_radius_spread: float = 0.2,
    active_material_density_kilogram_per_cubic_metre: float = ACTIVE_MATERIAL_DENSITY,
    carbon_binder_density_kilogram_per_cubic_metre: float = CARBON_BINDER_DENSITY,
    aggregate_length_metre: float = 0.8e-6,
    particle_shape: str = SPHERE,
    particle_aspect_ratio: float = 1.0,
    carbon_binder_nanoporosity: float = 0.0,
    walled: bool = False,
    calendering_pressure_pascal: float = 0.0,
    compaction_resistance_pascal: float = 1.5e8,
    least_porosity: float = 0.1,
) -> Microstructure:
    """Labelled voxels of the design: 0 pore, 1 active material, 2 carbon-binder; axis 0 is through-plane.

    Parameters
    ----------
    design
        Weight fraction, porosity and adhesion enter; the mass loading does not. The porosity is all pore volume,
        nanopores too: that after calendering, or of the dried coating if a pressure is given.
    edge_voxels
        Voxels along each edge, >= 8.
    voxel_size_metre
        Edge of one voxel [m].
    seed
        Of the PCG64 generator; equal seeds give equal voxels.
    median_particle_radius_metre
        Median of the log-normal radii [m]; of spheroids the radius of the sphere of equal volume. Where the box is too
        small for them (longest semi-axis above a quarter of its edge) all radii are lowered; the median drawn is
        written in the record's `source`.
    particle_radius_spread
        Standard deviation of the logarithm of the radius [-], cut at two of them.
    active_material_density_kilogram_per_cubic_metre, carbon_binder_density_kilogram_per_cubic_metre
        Of the dense components [kg/m^3].
    aggregate_length_metre
        Smoothing length of the field that gathers carbon-binder into aggregates [m].
    particle_shape
        "sphere"; "ellipsoid", longest along its axis; "plate", shortest along it. The last two are spheroids.
    particle_aspect_ratio
        Longest over shortest axis [-], 1 to 6; 1 for spheres.
    carbon_binder_nanoporosity
        Pore volume inside the carbon-binder over its volume [-], in [0, 1). It is part of the porosity, so that the
        resolved pores are fewer.
    walled
        Whether axis 0 ends in walls that particles do not cross; else all axes are periodic.
    calendering_pressure_pascal
        Which decides the porosity [Pa], written in the record's `source`; 0 to press to that of the design.
    compaction_resistance_pascal, least_porosity
        Of the coating, in the law of `calendering` [Pa], [-]. The defaults are orders of magnitude: fit them.

    Returns
    -------
    Microstructure
        Fractions exact to one voxel.

    Raises
    ------
    BoundsError
        If a parameter is out of range, the particles are not resolved by the voxels, or the fractions leave no room.
    UnknownFieldError
        If the shape is not known.
    """
    compaction = Compaction(calendering_pressure_pascal, compaction_resistance_pascal, least_porosity)
    pressed = dataclasses.replace(design, porosity=calendered_porosity(design.porosity, compaction))
    require_shape(particle_shape, particle_aspect_ratio)
    counts = voxel_counts(
        pressed,
        edge_voxels**3,
        active_material_density=active_material_density_kilogram_per_cubic_metre,
        carbon_binder_density=carbon_binder_density_kilogram_per_cubic_metre,
        carbon_binder_nanoporosity=carbon_binder_nanoporosity,
    )
    wanted = median_particle_radius_metre / voxel_size_metre
    require_resolved(edge_voxels, voxel_size_metre, wanted, particle_radius_spread, aggregate_length_metre)
    longest = longest_semi_axis(particle_shape, particle_aspect_ratio)
    radius = median_radius_in_box(wanted, particle_radius_spread, edge_voxels, longest)
    rng = np.random.Generator(np.random.PCG64(seed))
    radii = draw_radii(rng, radius, particle_radius_spread, counts.active_material)
    if particle_shape == SPHERE:
        particles: Particles | Spheroids = calender(rng, radii, edge_voxels, walled=walled)
    else:
        particles = calender_spheroids(
            rng, radii, edge_voxels, shape=particle_shape, aspect_ratio=particle_aspect_ratio, walled=walled
        )
    distances = surface_distances(particles, edge_voxels, reach=radius, walled=walled)
    active = lowest(distances[0], counts.active_material)
    binder = place_carbon_binder(
        rng,
        active,
        distances,
        count=counts.carbon_binder,
        adhesion=design.binder_adhesion,
        aggregate_length=aggregate_length_metre / voxel_size_metre,
        walled=walled,
    )
    told = {
        f"aspect ratio {particle_aspect_ratio:g}": particle_shape != SPHERE,
        f"nanoporosity of the carbon-binder {carbon_binder_nanoporosity:g}": carbon_binder_nanoporosity > 0,
        "walls at both ends of axis 0": walled,
        f"porosity {pressed.porosity:.6g} after {calendering_pressure_pascal:g} Pa": calendering_pressure_pascal > 0,
    }
    packing = f"simulated: packing of {particle_shape}s, median radius {radius * voxel_size_metre:.4g} m"
    return Microstructure(
        labels=active.astype(np.uint8) + 2 * binder.astype(np.uint8),
        voxel_edges_metre=cubic_voxels(voxel_size_metre),
        phase_names=(PORE, ACTIVE_MATERIAL, CARBON_BINDER),
        phase_labels=np.array([0, 1, 2], dtype=np.uint8),
        source=", ".join([packing, *(what for what, holds in told.items() if holds)]),
        licence="own",
    )
