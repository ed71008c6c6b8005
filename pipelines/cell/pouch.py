"""A single-layer pouch: one positive coating on one side of its foil against one negative, in laminated foil.

The layers are flat, the laminate follows them, and the sealed rim is counted with the height of the stack: a box.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ragone.pipelines.cell.housing import Housed, Part
from ragone.pipelines.cell.substances import ALUMINIUM, LAMINATE, NICKEL

_TAB = 50e-3 * 5e-3 * 0.1e-3  # m^3: 50 mm long, 5 mm wide, 0.1 mm thick


@dataclass(frozen=True, slots=True)
class Pouch:
    """A flat pouch around one pair of electrodes; lengths in metre.

    `area` is that of the positive coating, 5 to 4 in its sides. The rim is the sealed margin around the layers.
    """

    area_square_metre: float
    laminate_metre: float = 153e-6
    rim_metre: float = 8e-3
    negative_overhang_metre: float = 1e-3
    separator_overhang_metre: float = 2e-3

    def around(self, stack_metre: float) -> Housed:
        """The pouch with the one stack in it; a flat pouch takes a stack of any thickness."""
        footprint = self._beyond(self.rim_metre)
        thickness = stack_metre + 2 * self.laminate_metre
        return Housed(
            face_area=self.area_square_metre,
            negative_overhang_area=self._beyond(self.negative_overhang_metre) - self.area_square_metre,
            separator_overhang_area=self._beyond(self.separator_overhang_metre) - self.area_square_metre,
            bare_positive_foil_area=0.0,
            bare_negative_foil_area=0.0,
            volume=footprint * thickness,
            cooled_area=2 * footprint,
            conduction_length=stack_metre / 2,
            shell=Part("pouch_foil", 2 * footprint * self.laminate_metre, LAMINATE),
            parts=(Part("positive_tab", _TAB, ALUMINIUM), Part("negative_tab", _TAB, NICKEL)),
            geometry={
                "length_metre": self._length,
                "width_metre": self._width,
                "thickness_metre": thickness,
                "stack_thickness_metre": stack_metre,
            },
            description=(
                "single layer, one side coated, one separator, two tabs; laminate "
                f"{self.laminate_metre * 1e6:g} um, sealed rim {self.rim_metre * 1e3:g} mm, negative coating "
                f"{self.negative_overhang_metre * 1e3:g} mm and separator {self.separator_overhang_metre * 1e3:g} mm "
                "beyond the positive coating on each side"
            ),
        )

    @property
    def _length(self) -> float:
        return math.sqrt(self.area_square_metre * 5 / 4)

    @property
    def _width(self) -> float:
        return math.sqrt(self.area_square_metre * 4 / 5)

    def _beyond(self, margin: float) -> float:
        """Area of the positive coating with this margin on each side [m^2]."""
        return (self._length + 2 * margin) * (self._width + 2 * margin)
