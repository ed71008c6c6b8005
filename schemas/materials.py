"""Where weight becomes volume: densities of the dense components, and their shares; one number for every room.

Lithium nickel manganese cobalt oxide: 4.78 g/cm^3 from the unit cell of LiNi(0.8)Co(0.1)Mn(0.1)O2 (a = 2.872,
c = 14.20 Angstrom, Z = 3; Noh et al. 2013, doi 10.1016/j.jpowsour.2013.01.063). Carbon-binder: poly(vinylidene
fluoride), 1.78, with carbon black, 1.8 to 2.0.
"""

from __future__ import annotations

from schemas.errors import BoundsError

ACTIVE_MATERIAL_DENSITY = 4780.0  # kg/m^3
CARBON_BINDER_DENSITY = 1800.0  # kg/m^3


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
