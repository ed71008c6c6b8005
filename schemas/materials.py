"""Densities of the dense components, where weight becomes volume: one number for every room.

Lithium nickel manganese cobalt oxide: 4.78 g/cm^3 from the unit cell of LiNi(0.8)Co(0.1)Mn(0.1)O2 (a = 2.872,
c = 14.20 Angstrom, Z = 3; Noh et al. 2013, doi 10.1016/j.jpowsour.2013.01.063). Carbon-binder: poly(vinylidene
fluoride), 1.78, with carbon black, 1.8 to 2.0.
"""

ACTIVE_MATERIAL_DENSITY = 4780.0  # kg/m^3
CARBON_BINDER_DENSITY = 1800.0  # kg/m^3
