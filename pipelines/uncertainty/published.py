"""How uncertain are the parameters of a cell that its design does not measure? Wide priors, each with its source.

A parameter set states one value of each and no uncertainty. What two published sets of one cell differ by, or what
published values scatter by, is taken as one standard deviation; the middle is the set's own value. Where nothing
published was found it is an assumption, which its reference begins with.

What they do not hold: that parameters of one set were fitted together, so that errors of one are made up for by
another. The shares are those of parameters that are independent; the total is then rather too large than too small.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ragone.pipelines.cell.factors import HEAT_CAPACITY, HEAT_TRANSFER, NUMBERS
from ragone.schemas import CellParameters, NegativeElectrode
from ragone.schemas.cell import OF_PARTICLES
from ragone.schemas.priors import Holder, Prior, Source

CONTACT, RADIUS = "contact_resistance_ohm", "positive_particle_radius_metre"
_TWO_SETS = (
    "sets of one cell, the LG M50, by Chen et al. 2020, doi 10.1149/1945-7111/ab9050, and O'Regan et al. 2022, "
    "doi 10.1016/j.electacta.2022.140700, at 25 degC"
)
_TITRATION = (
    "titrations of one layered oxide range over up to four orders of magnitude: Kang and Chueh 2021, "
    "J. Electrochem. Soc. 168, 120504"
)
_IRON_PHOSPHATE = ("Prada2013",)


def _cell(name: str, size: float, reference: str) -> Prior:
    return Prior(Holder.CELL, name, Source.CELL, size, reference)


_POSITIVE_DIFFUSIVITY = "Positive particle diffusivity [m2.s-1]"
_NEGATIVE_DIFFUSIVITY = "Negative particle diffusivity [m2.s-1]"
_OF_POSITIVE = (
    _cell(
        _POSITIVE_DIFFUSIVITY,
        2.0,
        f"assumption: a factor of two; 4e-15 and 3.0e-15 to 7.3e-15 m^2/s in {_TWO_SETS}; {_TITRATION}",
    ),
    _cell(
        "Positive electrode exchange-current density [A.m-2]",
        1.5,
        f"3.4 and 2.5 A/m^2 half charged in {_TWO_SETS}",
    ),
)
_OF_IRON_PHOSPHATE = (
    _cell(
        _POSITIVE_DIFFUSIVITY,
        10.0,
        "assumption: a factor of ten, for spheres stand for grains that lithium enters at a moving boundary",
    ),
    _cell("Positive electrode exchange-current density [A.m-2]", 2.0, "assumption: a factor of two"),
)
_OF_NEGATIVE = (
    _cell(
        _NEGATIVE_DIFFUSIVITY,
        3.0,
        f"assumption: a factor of three; 3.3e-14 and 2.8e-16 to 1.4e-14 m^2/s in {_TWO_SETS}",
    ),
    _cell(
        "Negative electrode exchange-current density [A.m-2]",
        2.5,
        f"assumption: a factor of 2.5; 0.34 and 1.3 A/m^2 half charged in {_TWO_SETS}",
    ),
)
_OF_ELECTROLYTE = (
    _cell(
        "Electrolyte conductivity [S.m-1]",
        1.1,
        f"assumption: 10 %; 0.949 and 0.913 S/m at 1 mol/L in {_TWO_SETS}",
    ),
    _cell("Electrolyte diffusivity [m2.s-1]", 1.5, f"1.8e-10 and 2.9e-10 m^2/s at 1 mol/L in {_TWO_SETS}"),
    _cell(
        "Cation transference number",
        1.25,
        f"0.26 and 0.22 at 1 mol/L in {_TWO_SETS}; 0.31 to 0.35 in LiPF6 in mixed carbonates by nuclear magnetic "
        "resonance, Krachkovskiy et al. 2017, doi 10.1149/2.1531704jes",
    ),
    _cell(
        "Separator tortuosity factor (electrolyte)",
        1.3,
        "assumption: 30 %, as the set's is Bruggeman's relation and not measured",
    ),
)
_NEGATIVE_TORTUOSITY = NUMBERS[0]
_BRUGGEMAN = _cell(
    _NEGATIVE_TORTUOSITY,
    1.4,
    "assumption: 40 %, as the set's is Bruggeman's relation and not measured; impedance gives higher values than "
    "images without binder, Landesfeind et al. 2018, doi 10.1149/2.0231803jes",
)
# Sizes and references of what materials that state no uncertainty leave open about the metrics of an electrode.
UNSTATED: Mapping[str, tuple[float, str]] = {
    "pore_tortuosity_factor": (
        1.25,
        "assumption: 25 %, whether and how well ions cross the carbon-binder is not stated; impedance gives higher "
        "values than images without binder, Landesfeind et al. 2018, doi 10.1149/2.0231803jes",
    ),
    "solid_effective_conductivity_siemens_per_metre": (
        3.0,
        "assumption: a factor of three; carbon-binder is known to an order of magnitude, Grillet et al. 2016, "
        "doi 10.1149/2.0341609jes, and layered oxides range over five with their charge, Amin and Chiang 2016, "
        "doi 10.1149/2.0131608jes",
    ),
}
# Scatter of metrics from volume element to volume element, where only one was measured.
_SINGLE = "assumption: {:.0%}, as single volume elements of 64^3 voxels of 0.4 um scatter (docs/REPRESENTATIVITY.md)"
SCATTER: Mapping[str, float] = {
    "pore_tortuosity_factor": 1.10,
    "specific_surface_area_per_metre": 1.03,
    "solid_effective_conductivity_siemens_per_metre": 1.35,
}
_OF_COOLING = (
    _cell(
        HEAT_TRANSFER,
        1.5,
        "assumption: 50 %; a can in still air loses 5 to 15 W/(m^2 K) by convection and radiation",
    ),
    _cell(HEAT_CAPACITY, 1.05, "assumption: 5 %, of the heat capacities of the components"),
)


def scatter_prior(holder: Holder, name: str) -> Prior:
    """The scatter assumed of a metric of which one volume element was measured."""
    return Prior(holder, name, Source.SAMPLING, SCATTER[name], _SINGLE.format(SCATTER[name] - 1))


def cell_priors(cell: CellParameters, *, lumped: bool) -> Iterable[Prior]:
    """Priors of the parameters of a cell's model that are its set's or stated, in a fixed order.

    Parameters
    ----------
    cell
        The cell; what it does not have, such as a contact resistance, is left out.
    lumped
        Whether its temperature follows its heat, so that cooling counts.
    """
    yield from _OF_IRON_PHOSPHATE if cell.parameter_set in _IRON_PHOSPHATE else _OF_POSITIVE
    if cell.positive_particle_radius_source != OF_PARTICLES:
        yield _cell(RADIUS, 1.15, "assumption: 15 %, of a radius that was not drawn or imaged")
    if cell.negative_electrode is NegativeElectrode.INTERCALATION:
        yield from _OF_NEGATIVE
        tau, error = cell.negative_pore_tortuosity_factor, cell.negative_pore_tortuosity_factor_standard_error
        if tau is None:
            yield _BRUGGEMAN
        elif error:
            yield _cell(_NEGATIVE_TORTUOSITY, math.exp(error / tau), "standard error stated with the cell")
    yield from _OF_ELECTROLYTE
    if cell.contact_resistance_ohm > 0:
        yield _cell(CONTACT, 1.5, "assumption: 50 %, of tabs, welds and contacts")
    if lumped:
        yield from _OF_COOLING
