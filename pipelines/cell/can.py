"""How much electrode a cylindrical can holds.

The jelly roll is an Archimedean spiral of one repeating stack, incompressible, that fills a share of the annulus
between core hole and wall: length = share x annulus area / stack thickness, exact for the spiral's mid-line at 1. All
layers have the coated height; the first and last turn are treated like the others. Nothing swells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ragone.pipelines.cell.housing import Housed, Part
from ragone.pipelines.cell.substances import STEEL


@dataclass(frozen=True, slots=True)
class Can:
    """A cylindrical can; all lengths in metre.

    `headspace` is the inner height that no positive coating reaches, half of it at either end. An overhang is what a
    layer reaches beyond the positive coating at either end. Base and lid are as thick as the wall unless given. A
    tabless roll's foils are bare in the headspace at their own end; `parts` is what else is inside.
    """

    diameter_metre: float
    height_metre: float
    wall_metre: float
    core_diameter_metre: float
    headspace_metre: float
    base_metre: float | None = None
    lid_metre: float | None = None
    filled_share: float = 1.0
    negative_overhang_metre: float = 0.0
    separator_overhang_metre: float = 0.0
    tabless: bool = True
    parts: tuple[Part, ...] = ()

    @property
    def volume(self) -> float:
        """Outer volume [m^3]."""
        return math.pi / 4 * self.diameter_metre**2 * self.height_metre

    @property
    def shell_volume(self) -> float:
        """Volume of wall, base and lid [m^3]."""
        return self.volume - math.pi * self._outer_radius**2 * self._inner_height

    @property
    def coated_height(self) -> float:
        """Height of the positive coating [m]."""
        return self._inner_height - self.headspace_metre

    @property
    def surface(self) -> float:
        """Outer surface, both ends included [m^2]."""
        return math.pi * self.diameter_metre * (self.height_metre + self.diameter_metre / 2)

    @property
    def annulus_width(self) -> float:
        """Width from core hole to wall [m]."""
        return self._outer_radius - self.core_diameter_metre / 2

    @property
    def annulus_area(self) -> float:
        """Cross-section between core hole and wall [m^2]."""
        return math.pi * (self._outer_radius**2 - (self.core_diameter_metre / 2) ** 2)

    @property
    def _outer_radius(self) -> float:
        return self.diameter_metre / 2 - self.wall_metre

    @property
    def _ends(self) -> tuple[float, float]:
        base = self.wall_metre if self.base_metre is None else self.base_metre
        return base, self.wall_metre if self.lid_metre is None else self.lid_metre

    @property
    def _inner_height(self) -> float:
        return self.height_metre - sum(self._ends)

    def winding_length(self, stack_metre: float) -> float:
        """Length of the wound stack [m]; 0 if not one turn of it fits."""
        return self.filled_share * self.annulus_area / stack_metre if stack_metre <= self.annulus_width else 0.0

    def around(self, stack_metre: float) -> Housed:
        """The can with as much of a stack of this thickness [m] as goes in."""
        length = self.winding_length(stack_metre)
        bare = self.headspace_metre / 2 if self.tabless else 0.0
        return Housed(
            face_area=length * self.coated_height,
            negative_overhang_area=2 * length * self.negative_overhang_metre,
            separator_overhang_area=2 * length * self.separator_overhang_metre,
            bare_positive_foil_area=length * bare,
            bare_negative_foil_area=length * max(bare - self.negative_overhang_metre, 0.0),
            volume=self.volume,
            cooled_area=self.surface,
            conduction_length=self.annulus_width,
            shell=Part("can", self.shell_volume, STEEL),
            parts=self.parts if length else (),
            geometry={
                "wound_length_metre": length,
                "coated_height_metre": self.coated_height,
                "turns": length / (math.pi * (self._outer_radius + self.core_diameter_metre / 2)),
                "stack_thickness_metre": stack_metre,
            },
            description=self._described(),
        )

    def _described(self) -> str:
        base, lid = self._ends
        return (
            "Archimedean spiral, both sides coated, two separators, "
            f"{'tabless' if self.tabless else 'one tab at each collector'}; wall {_mm(self.wall_metre)}, "
            f"base {_mm(base)}, lid {_mm(lid)}, core hole {_mm(self.core_diameter_metre)}, "
            f"headspace {_mm(self.headspace_metre)}, {self.filled_share:.3g} of the annulus filled; "
            f"negative coating {_mm(self.negative_overhang_metre)} and separators "
            f"{_mm(self.separator_overhang_metre)} beyond the positive coating at either end"
        )


def _mm(metre: float) -> str:
    return f"{metre * 1e3:g} mm"
