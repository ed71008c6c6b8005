"""The metrics that a recipe would have if nobody measured them: spheres, Bruggeman's pores, one conductivity.

For cells of which only the recipe is known, such as published ones. Everything is assumed, nothing is measured.
"""

from __future__ import annotations

from typing import Annotated

from ragone.pipelines.cell.coating import require_finite_positive
from ragone.schemas import Materials, Recipe, Transport, TransportOutcome, stage
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import Positive
from ragone.schemas.particle_sizes import expected_radii


@stage("cell.ideal_transport")
def ideal_transport(
    recipe: Recipe,
    materials: Materials,
    *,
    exponent: Annotated[float, Bounds(low=1)] = 1.5,
    particle_radius_metre: Positive | None = None,
    solid_effective_conductivity_siemens_per_metre: Positive = 0.18,
) -> Transport:
    """Metrics assumed for a recipe.

    Parameters
    ----------
    recipe
        Weight fraction, porosity and the law of particle sizes enter.
    materials
        Densities and the nanoporosity of the carbon-binder enter. Where ions cross it, the relation is of all pores,
        whatever the share; else of those outside of it.
    exponent
        Bruggeman's: tau = porosity^(1 - exponent) [-], at least 1.
    particle_radius_metre
        Radius of the spheres whose surface is all wetted [m], of a recipe that does not know its particles: lithium
        then diffuses in the parameter set's. None for the particles of the recipe, in both.
    solid_effective_conductivity_siemens_per_metre
        Conductivity of the solids together [S/m]; Chen2020's.

    Returns
    -------
    Transport
        Its method says that it is assumed; of one voxel, as large as the particles, for there are none.

    Raises
    ------
    BoundsError, NotFiniteError
        If a parameter is out of its bounds, or the nanopores are more than the porosity.

    References
    ----------
    Bruggeman 1935, doi 10.1002/andp.19354160705; Chen et al. 2020, doi 10.1149/1945-7111/ab9050.
    """
    Bounds(low=1).require(exponent, "exponent", "1")
    radii, stated = expected_radii(recipe), particle_radius_metre
    radius = radii.sauter if stated is None else stated
    require_finite_positive(
        particle_radius_metre=(radius, "m"),
        solid_effective_conductivity=(solid_effective_conductivity_siemens_per_metre, "S/m"),
    )
    share = materials.active_material_share(recipe.active_material_weight_fraction)
    active = share * (1 - recipe.porosity)
    dense = max(1 - recipe.porosity - active, 0.0)
    binder = dense / (1 - materials.carbon_binder_nanoporosity)
    pores = recipe.porosity - (binder - dense)
    POSITIVE.require(pores, "porosity without that of the carbon-binder", "1")
    nanopores = materials.ion_conducting_nanopores(binder)
    return Transport(
        pore_fraction=pores,
        nanopore_fraction=nanopores,
        active_material_fraction=active,
        carbon_binder_fraction=binder,
        specific_surface_area_per_metre=3 * active / radius,
        surface_area_method="assumed: all of the spheres' surface",
        pore_tortuosity_factor=(pores + nanopores) ** (1 - exponent),
        pore_outcome=TransportOutcome.CONVERGED,
        solid_effective_conductivity_siemens_per_metre=solid_effective_conductivity_siemens_per_metre,
        solid_outcome=TransportOutcome.CONVERGED,
        active_material_conductivity_siemens_per_metre=0.0,
        carbon_binder_conductivity_siemens_per_metre=0.0,
        carbon_binder_ionic_conductivity_share=materials.carbon_binder_ionic_conductivity_share,
        particle_diffusion_radius_metre=radii.diffusion if stated is None else None,
        particle_sauter_radius_metre=radii.sauter if stated is None else None,
        voxel_size_metre=radius,
        edge_voxels=1,
        volume_element_count=1,
        method=f"assumed, not measured: Bruggeman's relation, exponent {exponent:g}",
    )
