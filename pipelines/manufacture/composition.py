"""What volume does each phase fill? Weight fraction, porosity and component densities give exact voxel counts.

The porosity of the design is all pore volume. Where the carbon-binder is nanoporous its voxels hold a part of it: they
are solids / (1 - nanoporosity), and the resolved pores are so much fewer.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas import Design
from schemas.errors import BoundsError
from schemas.materials import active_material_share

LARGEST_ACTIVE_MATERIAL_FRACTION = 0.80


@dataclass(frozen=True, slots=True)
class VoxelCounts:
    """Voxels of each phase in one cube; they add up to the cube. Those of the carbon-binder hold its nanopores."""

    pore: int
    active_material: int
    carbon_binder: int


def voxel_counts(
    design: Design,
    voxels: int,
    *,
    active_material_density: float,
    carbon_binder_density: float,
    carbon_binder_nanoporosity: float = 0.0,
) -> VoxelCounts:
    """Voxels of each phase: solids rounded first, then divided, so that each fraction is exact to one voxel.

    Parameters
    ----------
    design
        Weight fraction and porosity enter.
    voxels
        Of the cube.
    active_material_density, carbon_binder_density
        Of the pore-free components, in one unit, > 0.
    carbon_binder_nanoporosity
        Pore volume inside the carbon-binder over its volume [-], in [0, 1).

    Raises
    ------
    BoundsError
        If the nanoporosity is out of range; if the fractions leave no voxel to the pores or the active material, or
        more active material than `LARGEST_ACTIVE_MATERIAL_FRACTION`, up to which overlapping particles still look
        like particles.
    """
    if not 0 <= carbon_binder_nanoporosity < 1:
        raise BoundsError(
            f"carbon_binder_nanoporosity = {carbon_binder_nanoporosity:g} [-] is outside [0, 1). Give the pore volume "
            "inside the carbon-binder over its volume; if it is a percentage divide by 100."
        )
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
    binder = round((solid - active) / (1 - carbon_binder_nanoporosity))
    if active + binder >= voxels:
        raise BoundsError(
            f"{described} and carbon_binder_nanoporosity {carbon_binder_nanoporosity:g} [-] fills {active + binder} of "
            f"{voxels} voxels with solids and nanopores; none is left to the pores. Lower the nanoporosity or raise "
            "the porosity."
        )
    return VoxelCounts(voxels - active - binder, active, binder)
