"""The housings by name, and where their dimensions are from.

Diameter and height are the format's name. What no source gives is an assumption, and says so.
"""

from __future__ import annotations

import math
from dataclasses import replace

from ragone.pipelines.cell.can import Can
from ragone.pipelines.cell.housing import Housing, Part
from ragone.pipelines.cell.pouch import Pouch
from ragone.pipelines.cell.substances import ALUMINIUM, COPPER, NICKEL
from ragone.schemas.errors import UnknownFieldError, did_you_mean

POUCH = "pouch"


def _discs(diameter: float, thickness: float) -> tuple[Part, ...]:
    volume = math.pi / 4 * diameter**2 * thickness
    return Part("positive_disc", volume, ALUMINIUM), Part("negative_disc", volume, COPPER)


def _tabs(height: float) -> tuple[Part, ...]:
    volume = height * 4e-3 * 0.1e-3  # 4 mm wide, 0.1 mm thick; assumption
    return Part("positive_tab", volume, ALUMINIUM), Part("negative_tab", volume, NICKEL)


# Negative coating and separators reach 1 and 2 mm beyond the positive coating at either end: assumption for each.
_TABLESS = Can(
    # Core hole, headspace and discs (0.3 mm) are assumptions for a tabless cell whose folded foil edges, discs and
    # insulators take 5 mm at either end; the layout is described in Baazouzi et al. 2023, doi 10.3390/batteries9060309.
    # Base and lid are as thick as the wall. The annulus is filled without a gap: energy densities are upper estimates.
    diameter_metre=46e-3,
    height_metre=80e-3,
    wall_metre=0.5e-3,  # 0.5 to 0.6 in teardowns (batterydesign.net, "Cylindrical cell electrode estimation")
    core_diameter_metre=4e-3,
    headspace_metre=10e-3,
    negative_overhang_metre=1e-3,
    separator_overhang_metre=2e-3,
    parts=_discs(45e-3, 0.3e-3),
)
_TABBED = Can(
    # Coated height 65 mm and 0.79 m of electrode: Chen et al. 2020, doi 10.1149/1945-7111/ab9050, for the LG M50; with
    # their stack of 0.3736 mm it fills 0.905 of the annulus. Wall: 0.1 to 0.2 mm (teslanorth.com, 2022-06-30). Base,
    # core hole, and a lid with gasket and safety devices as 1 mm of steel are assumptions.
    diameter_metre=21e-3,
    height_metre=70e-3,
    wall_metre=0.2e-3,
    core_diameter_metre=3e-3,
    headspace_metre=3.7e-3,
    base_metre=0.3e-3,
    lid_metre=1e-3,
    filled_share=0.905,
    negative_overhang_metre=1e-3,
    separator_overhang_metre=2e-3,
    tabless=False,
    parts=_tabs(70e-3),
)
CANS = {
    "4680": _TABLESS,
    "21700": _TABBED,
    # As the 21700, with one millimetre less of core hole: assumption.
    "18650": replace(_TABBED, diameter_metre=18e-3, height_metre=65e-3, core_diameter_metre=2e-3, parts=_tabs(65e-3)),
    # The shell of the cell of Ank et al. 2023 is 0.6 mm thick: teardown by UC San Diego for The Limiting Factor,
    # reported by teslanorth.com, 2022-06-30. The annulus is filled as in the LG M50; the rest is the 4680's.
    "4680-Ank2023": replace(_TABLESS, wall_metre=0.6e-3, filled_share=0.905, parts=_discs(44.8e-3, 0.3e-3)),
    # Side wall of 0.4 mm: Gorsch et al. 2025, as neowin.net reprints their table (2025-04-23). The lid is the 21700's,
    # the annulus is filled as in the LG M50; the rest is the 4680's.
    "4680-Gorsch2025": replace(
        _TABLESS, wall_metre=0.4e-3, lid_metre=1e-3, filled_share=0.905, parts=_discs(45.2e-3, 0.3e-3)
    ),
}
FORM_FACTORS = (*CANS, POUCH)


def can_of(form_factor: str) -> Can:
    """The can of that name.

    Raises
    ------
    UnknownFieldError
        If there is none.
    """
    if form_factor not in CANS:
        raise UnknownFieldError(f"form_factor = {form_factor!r} is no can: {did_you_mean(form_factor, CANS)}")
    return CANS[form_factor]


def housing_of(form_factor: str, *, pouch_area_square_metre: float) -> Housing:
    """The housing of that name; a pouch has the positive coating's area given [m^2].

    Raises
    ------
    UnknownFieldError
        If there is none.
    """
    if form_factor not in FORM_FACTORS:
        raise UnknownFieldError(
            f"form_factor = {form_factor!r} is not known: {did_you_mean(form_factor, FORM_FACTORS)}"
        )
    return Pouch(pouch_area_square_metre) if form_factor == POUCH else can_of(form_factor)


def sides_of(form_factor: str) -> int:
    """Number of sides of a collector that are coated."""
    return 1 if form_factor == POUCH else 2
