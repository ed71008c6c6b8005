"""What volume does each phase fill? Weight fraction, porosity and component densities give exact voxel counts.

The carbon-binder mixture counts as dense: its nanoporosity is zero, so all pore volume is the design's porosity.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas import Design
from schemas.errors import BoundsError

LARGEST_ACTIVE_MATERIAL_FRACTION = 0.80


@dataclass(frozen=True, slots=True)
class VoxelCounts:
    """Voxels of each phase in one cube; they add up to the cube."""

    pore: int
    active_material: int
    carbon_binder: int


def active_material_share(
    weight_fraction: float, active_material_density: float, carbon_binder_density: float
) -> float:
    """Volume of active material over volume of all solids [-], in [0, 1].

    Parameters
    ----------
    weight_fraction
        Active material over all solids, by mass [-].
    active_material_density, carbon_binder_density
        Of the pore-free components, in one unit, > 0.

    Raises
    ------
    BoundsError
        If a density is not positive.
    """
    for name, density in (("active_material", active_material_density), ("carbon_binder", carbon_binder_density)):
        if not density > 0:
            raise BoundsError(
                f"{name} density = {density:g} kg/m^3 is not positive. Give the density of the component."
            )
    active = weight_fraction / active_material_density
    return active / (active + (1 - weight_fraction) / carbon_binder_density)


def voxel_counts(
    design: Design, voxels: int, *, active_material_density: float, carbon_binder_density: float
) -> VoxelCounts:
    """Voxels of each phase: solids rounded first, then divided, so that each fraction is exact to one voxel.

    Raises
    ------
    BoundsError
        If the fractions leave no voxel to the pores or the active material, or more active material than
        `LARGEST_ACTIVE_MATERIAL_FRACTION`, up to which overlapping spheres still look like particles.
    """
    share = active_material_share(
        design.active_material_weight_fraction, active_material_density, carbon_binder_density
    )
    solid = round((1 - design.porosity) * voxels)
    active = round(share * solid)
    described = (
        f"porosity {design.porosity:g} [-] with active material weight fraction "
        f"{design.active_material_weight_fraction:g} [-]"
    )
    if solid >= voxels or active < 1:
        empty = "pores" if solid >= voxels else "active material"
        raise BoundsError(f"{described} leaves no voxel of {voxels} to the {empty}. Change the fraction or the cube.")
    if active > LARGEST_ACTIVE_MATERIAL_FRACTION * voxels:
        raise BoundsError(
            f"{described} makes the active material {active / voxels:.3f} [-] of the volume; particles fill at most "
            f"{LARGEST_ACTIVE_MATERIAL_FRACTION:g}. Raise the porosity or lower the weight fraction."
        )
    return VoxelCounts(voxels - solid, active, solid - active)
