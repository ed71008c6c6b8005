"""What the parts of a cell are made of: density, specific heat and thermal conductivity, one number for every cell.

Metals: handbook values at room temperature (CRC Handbook of Chemistry and Physics), rounded. The rest is rounded from
what the parameter sets of PyBaMM carry and from the makers' data sheets; each is an assumption unless a source stands
beside it. Where a parameter set gives a property of its own layers, the set's value is taken instead.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Substance:
    """Density [kg/m^3], specific heat [J/(kg K)] and thermal conductivity [W/(m K)]."""

    density: float
    specific_heat: float
    conductivity: float


ALUMINIUM = Substance(2700.0, 897.0, 237.0)
COPPER = Substance(8960.0, 385.0, 401.0)
NICKEL = Substance(8908.0, 444.0, 91.0)
STEEL = Substance(7850.0, 460.0, 50.0)
LITHIUM = Substance(534.0, 3580.0, 85.0)
ELECTROLYTE = Substance(1200.0, 1800.0, 0.2)  # 1 M LiPF6 in carbonates
SEPARATOR = Substance(950.0, 1900.0, 0.34)  # polyethylene; conductivity and heat of Ecker et al. 2015's wetted one
LAMINATE = Substance(1450.0, 1400.0, 0.3)  # 153 um: polyamide 25, aluminium 40, polypropylene 80, adhesive
COATING = Substance(0.0, 1000.0, 1.5)  # solids of either coating; conductivity wetted, through-plane

GRAPHITE_DENSITY = 2200.0  # graphite with a few per cent of binder; the crystal has 2260
