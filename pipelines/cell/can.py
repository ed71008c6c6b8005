"""How much electrode a can holds.

The jelly roll is an Archimedean spiral of one repeating stack, incompressible and gapless, that fills the annulus
between core hole and wall: length = annulus area / stack thickness, exact for the spiral's mid-line. All layers have
the coated height; the first and last turn are treated like the others. Nothing swells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from schemas.errors import UnknownFieldError, did_you_mean


@dataclass(frozen=True, slots=True)
class Can:
    """A cylindrical can; all lengths in metre. `headspace` is the inner height that no coating reaches."""

    diameter_metre: float
    height_metre: float
    wall_metre: float
    core_diameter_metre: float
    headspace_metre: float

    @property
    def volume(self) -> float:
        """Outer volume [m^3]."""
        return math.pi / 4 * self.diameter_metre**2 * self.height_metre

    @property
    def shell_volume(self) -> float:
        """Volume of wall, base and lid [m^3]."""
        return self.volume - math.pi * self._outer_radius**2 * (self.height_metre - 2 * self.wall_metre)

    @property
    def coated_height(self) -> float:
        """Height of the coatings [m]."""
        return self.height_metre - 2 * self.wall_metre - self.headspace_metre

    @property
    def annulus_width(self) -> float:
        """From core hole to wall [m]."""
        return self._outer_radius - self.core_diameter_metre / 2

    @property
    def annulus_area(self) -> float:
        """Cross-section that the jelly roll fills [m^2]."""
        return math.pi * (self._outer_radius**2 - (self.core_diameter_metre / 2) ** 2)

    @property
    def _outer_radius(self) -> float:
        return self.diameter_metre / 2 - self.wall_metre

    def winding_length(self, stack_metre: float) -> float:
        """Length of the wound stack [m]; 0 if not one turn of it fits."""
        return self.annulus_area / stack_metre if stack_metre <= self.annulus_width else 0.0


FORM_FACTORS = {
    # Diameter and height: the format's name. Wall: 0.5 to 0.6 mm in published teardowns (batterydesign.net,
    # "Cylindrical cell electrode estimation"); base and lid as thick as the wall. Core hole and headspace: assumptions
    # for a tabless cell whose folded foil edges, discs and insulators take 5 mm at either end; the layout is described
    # in Baazouzi et al. 2023, doi 10.3390/batteries9060309.
    "4680": Can(
        diameter_metre=46e-3, height_metre=80e-3, wall_metre=0.5e-3, core_diameter_metre=4e-3, headspace_metre=10e-3
    ),
}


def can_of(form_factor: str) -> Can:
    """The can of that name.

    Raises
    ------
    UnknownFieldError
        If there is none.
    """
    if form_factor not in FORM_FACTORS:
        raise UnknownFieldError(
            f"form_factor = {form_factor!r} is not known: {did_you_mean(form_factor, FORM_FACTORS)}"
        )
    return FORM_FACTORS[form_factor]
