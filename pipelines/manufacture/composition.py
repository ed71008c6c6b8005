"""What volume does each phase fill? Weight fraction, porosity and component densities give exact voxel counts.

The porosity of the recipe is all pore volume. Where the carbon-binder is nanoporous its voxels hold a part of it: they
are solids / (1 - nanoporosity), and the resolved pores are so much fewer.
"""

from __future__ import annotations

from dataclasses import dataclass

from ragone.schemas import Materials, Recipe
from ragone.schemas.errors import BoundsError

LARGEST_ACTIVE_MATERIAL_FRACTION = 0.80


@dataclass(frozen=True, slots=True)
class VoxelCounts:
    """Voxels of each phase in one cube; they add up to the cube. Those of the carbon-binder hold its nanopores."""

    pore: int
    active_material: int
    carbon_binder: int


def voxel_counts(recipe: Recipe, materials: Materials, voxels: int) -> VoxelCounts:
    """Voxels of each phase: solids rounded first, then divided, so that each fraction is exact to one voxel.

    Parameters
    ----------
    recipe
        Weight fraction and porosity enter.
    materials
        Densities and the nanoporosity of the carbon-binder enter.
    voxels
        Of the cube.

    Raises
    ------
    BoundsError
        If the fractions leave no voxel to the pores or the active material, or more active material than
        `LARGEST_ACTIVE_MATERIAL_FRACTION`, up to which overlapping particles still look like particles.
    """
    share = materials.active_material_share(recipe.active_material_weight_fraction)
    solid = round((1 - recipe.porosity) * voxels)
    active = round(share * solid)
    described = (
        f"porosity {recipe.porosity:g} [-] with active material weight fraction "
        f"{recipe.active_material_weight_fraction:g} [-]"
    )
    if solid >= voxels or active < 1:
        empty = "pores" if solid >= voxels else "active material"
        raise BoundsError(f"{described} leaves no voxel of {voxels} to the {empty}. Change the fraction or the cube.")
    if active > LARGEST_ACTIVE_MATERIAL_FRACTION * voxels:
        raise BoundsError(
            f"{described} makes the active material {active / voxels:.3f} [-] of the volume; particles fill at most "
            f"{LARGEST_ACTIVE_MATERIAL_FRACTION:g}. Raise the porosity or lower the weight fraction."
        )
    binder = round((solid - active) / (1 - materials.carbon_binder_nanoporosity))
    if active + binder >= voxels:
        raise BoundsError(
            f"{described} and carbon_binder_nanoporosity {materials.carbon_binder_nanoporosity:g} [-] fills "
            f"{active + binder} of {voxels} voxels with solids and nanopores; none is left to the pores. Lower the "
            "nanoporosity or raise the porosity."
        )
    return VoxelCounts(voxels - active - binder, active, binder)
