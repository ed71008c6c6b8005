"""The metrics that a recipe would have if nobody measured them: spheres, Bruggeman's pores, one conductivity.

For cells of which only the recipe is known, such as published ones. Everything is assumed, nothing is measured.
"""

from __future__ import annotations

from pipelines.cell.recipe import require_finite_positive
from schemas import Design, Transport, TransportOutcome, stage
from schemas.field import Bounds
from schemas.materials import ACTIVE_MATERIAL_DENSITY, CARBON_BINDER_DENSITY, active_material_share


@stage("ideal_transport")
def ideal_transport(
    design: Design,
    *,
    exponent: float = 1.5,
    particle_radius_metre: float = 5.22e-6,
    solid_effective_conductivity_siemens_per_metre: float = 0.18,
    active_material_density_kilogram_per_cubic_metre: float = ACTIVE_MATERIAL_DENSITY,
    carbon_binder_density_kilogram_per_cubic_metre: float = CARBON_BINDER_DENSITY,
) -> Transport:
    """Metrics assumed for a recipe.

    Parameters
    ----------
    design
        The recipe.
    exponent
        Bruggeman's: tau = porosity^(1 - exponent) [-], at least 1.
    particle_radius_metre
        Of the spheres whose surface is all wetted [m]; Chen2020's.
    solid_effective_conductivity_siemens_per_metre
        Of the solids together [S/m]; Chen2020's.
    active_material_density_kilogram_per_cubic_metre, carbon_binder_density_kilogram_per_cubic_metre
        Without pores [kg/m^3].

    Returns
    -------
    Transport
        Its method says that it is assumed; of one voxel, for there are none.

    Raises
    ------
    BoundsError, NotFiniteError
        If a parameter is out of its bounds.

    References
    ----------
    Bruggeman 1935, doi 10.1002/andp.19354160705; Chen et al. 2020, doi 10.1149/1945-7111/ab9050.
    """
    Bounds(low=1).require(exponent, "exponent", "1")
    require_finite_positive(
        particle_radius_metre=(particle_radius_metre, "m"),
        solid_effective_conductivity=(solid_effective_conductivity_siemens_per_metre, "S/m"),
    )
    share = active_material_share(
        design.active_material_weight_fraction,
        active_material_density_kilogram_per_cubic_metre,
        carbon_binder_density_kilogram_per_cubic_metre,
    )
    active = share * (1 - design.porosity)
    return Transport(
        pore_fraction=design.porosity,
        active_material_fraction=active,
        carbon_binder_fraction=max(1 - design.porosity - active, 0.0),
        specific_surface_area_per_metre=3 * active / particle_radius_metre,
        surface_area_method="assumed: all of the spheres' surface",
        pore_tortuosity_factor=design.porosity ** (1 - exponent),
        pore_outcome=TransportOutcome.CONVERGED,
        solid_effective_conductivity_siemens_per_metre=solid_effective_conductivity_siemens_per_metre,
        solid_outcome=TransportOutcome.CONVERGED,
        active_material_conductivity_siemens_per_metre=0.0,
        carbon_binder_conductivity_siemens_per_metre=0.0,
        voxel_size_metre=particle_radius_metre,
        edge_voxels=1,
        cube_count=1,
        method=f"assumed, not measured: Bruggeman's relation, exponent {exponent:g}",
    )
