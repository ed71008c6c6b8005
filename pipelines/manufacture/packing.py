"""What does an electrode of this design look like? A packing of spheres, calendered, with carbon-binder in its pores.

Assumptions: particles are dense spheres with log-normal radii; the cube is periodic along all axes; calendering is
an affine pressing along axis 0 with particles pushing each other apart; the carbon-binder mixture is dense
(nanoporosity zero) and is placed by a score between film and aggregates. The volume fraction of each phase is exact
to one voxel.

What it does not do: no slurry, drying or binder migration, no particle shapes, cracks or plasticity, no electrode
edges (separator, current collector). The mass loading does not change the voxels: it sets the thickness of the
electrode, of which the cube is a sample. Any engine that follows `schemas.protocols.Manufacture` can replace it.

References
----------
Densities: `schemas.materials`. Radii: Chen et al. 2020, doi 10.1149/1945-7111/ab9050, give 5.22 um for the positive
electrode of a commercial cell; the default is smaller so that a small cube holds more particles.
"""

from __future__ import annotations

import numpy as np

from pipelines.manufacture.binder import place_carbon_binder
from pipelines.manufacture.composition import voxel_counts
from pipelines.manufacture.particles import calender, draw_radii, median_radius_in_box
from pipelines.manufacture.voxels import lowest, surface_distances
from schemas import Design, Microstructure, stage
from schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PORE
from schemas.errors import BoundsError
from schemas.materials import ACTIVE_MATERIAL_DENSITY, CARBON_BINDER_DENSITY

_SMALLEST_EDGE = 8
_SMALLEST_RADIUS = 1.0


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
) -> Microstructure:
    """Labelled voxels of the design: 0 pore, 1 active material, 2 carbon-binder; axis 0 is through-plane.

    Parameters
    ----------
    design
        Weight fraction, porosity and adhesion enter; the mass loading does not.
    edge_voxels
        Voxels along each edge, >= 8.
    voxel_size_metre
        Edge of one voxel [m].
    seed
        Of the PCG64 generator; equal seeds give equal voxels.
    median_particle_radius_metre
        Median of the log-normal radii [m]. Where the box is too small for them (largest radius above a quarter of
        its edge) all radii are lowered; the median drawn is written in the record's `source`.
    particle_radius_spread
        Standard deviation of the logarithm of the radius [-], cut at two of them.
    active_material_density_kilogram_per_cubic_metre, carbon_binder_density_kilogram_per_cubic_metre
        Of the dense components [kg/m^3].
    aggregate_length_metre
        Smoothing length of the field that gathers carbon-binder into aggregates [m].

    Returns
    -------
    Microstructure
        Fractions exact to one voxel.

    Raises
    ------
    BoundsError
        If a parameter is out of range, the particles are not resolved by the voxels, or the fractions leave no room.
    """
    counts = voxel_counts(
        design,
        edge_voxels**3,
        active_material_density=active_material_density_kilogram_per_cubic_metre,
        carbon_binder_density=carbon_binder_density_kilogram_per_cubic_metre,
    )
    wanted = median_particle_radius_metre / voxel_size_metre
    _require_resolved(edge_voxels, voxel_size_metre, wanted, particle_radius_spread, aggregate_length_metre)
    radius = median_radius_in_box(wanted, particle_radius_spread, edge_voxels)
    rng = np.random.Generator(np.random.PCG64(seed))
    particles = calender(rng, draw_radii(rng, radius, particle_radius_spread, counts.active_material), edge_voxels)
    distances = surface_distances(particles, edge_voxels, reach=radius)
    active = lowest(distances[0], counts.active_material)
    binder = place_carbon_binder(
        rng,
        active,
        distances,
        count=counts.carbon_binder,
        adhesion=design.binder_adhesion,
        aggregate_length=aggregate_length_metre / voxel_size_metre,
    )
    return Microstructure(
        labels=active.astype(np.uint8) + 2 * binder.astype(np.uint8),
        voxel_size_metre=voxel_size_metre,
        phase_names=(PORE, ACTIVE_MATERIAL, CARBON_BINDER),
        phase_labels=np.array([0, 1, 2], dtype=np.uint8),
        source=f"simulated: packing of spheres, median radius {radius * voxel_size_metre:.4g} m",
        licence="own",
    )


def _require_resolved(edge: int, voxel_size: float, radius: float, spread: float, aggregate_length: float) -> None:
    """Refuse a cube, a radius or a length that the voxels cannot show."""
    if edge < _SMALLEST_EDGE:
        raise BoundsError(f"edge_voxels = {edge} [-] is too few for particles. Give at least {_SMALLEST_EDGE}.")
    if not radius >= _SMALLEST_RADIUS:
        raise BoundsError(
            f"median_particle_radius_metre = {radius * voxel_size:g} m is {radius:.2g} voxels of {voxel_size:g} m; "
            f"at least {_SMALLEST_RADIUS:g} is needed. Take smaller voxels or larger particles."
        )
    if not 0 <= spread <= 1:
        raise BoundsError(f"particle_radius_spread = {spread:g} [-] is outside [0, 1].")
    if not aggregate_length > 0:
        raise BoundsError(f"aggregate_length_metre = {aggregate_length:g} m is not positive.")
