"""A packing drawn from a design of four numbers, with everything else of its recipe and materials as parameters."""

from __future__ import annotations

from dataclasses import replace

from ragone.pipelines.manufacture import packing
from ragone.schemas import Design, Microstructure, ParticleShape, Recipe, stage
from ragone.schemas.materials import NMC_811


@stage("manufacture.pack_particles", libraries=packing.pack_particles.libraries)
def pack_particles(
    design: Design,
    *,
    edge_voxels: int,
    voxel_size_metre: float,
    seed: int,
    median_particle_radius_metre: float = 4.0e-6,
    particle_radius_spread: float = 0.2,
    active_material_density_kilogram_per_cubic_metre: float = 4780.0,
    carbon_binder_density_kilogram_per_cubic_metre: float = 1800.0,
    aggregate_length_metre: float = 0.8e-6,
    particle_shape: str = "sphere",
    particle_aspect_ratio: float = 1.0,
    carbon_binder_nanoporosity: float = 0.0,
    walled: bool = False,
    calendering_pressure_pascal: float = 0.0,
    compaction_resistance_pascal: float = 1.5e8,
    least_porosity: float = 0.1,
) -> Microstructure:
    """Labelled voxels of the design; see `ragone.pipelines.manufacture.packing.pack_particles`."""
    recipe = Recipe(
        active_material_weight_fraction=design.active_material_weight_fraction,
        porosity=design.porosity,
        binder_adhesion=design.binder_adhesion,
        median_particle_radius_metre=median_particle_radius_metre,
        particle_radius_spread=particle_radius_spread,
        particle_shape=ParticleShape(particle_shape),
        particle_aspect_ratio=particle_aspect_ratio,
        aggregate_length_metre=aggregate_length_metre,
    )
    materials = replace(
        NMC_811,
        active_material_density_kilogram_per_cubic_metre=active_material_density_kilogram_per_cubic_metre,
        carbon_binder_density_kilogram_per_cubic_metre=carbon_binder_density_kilogram_per_cubic_metre,
        carbon_binder_nanoporosity=carbon_binder_nanoporosity,
    )
    return packing.pack_particles(
        recipe,
        materials,
        edge_voxels=edge_voxels,
        voxel_size_metre=voxel_size_metre,
        seed=seed,
        walled=walled,
        calendering_pressure_pascal=calendering_pressure_pascal,
        compaction_resistance_pascal=compaction_resistance_pascal,
        least_porosity=least_porosity,
        largest_mean_overlap=1.0,
    )
