"""What stands around a stack of layers: the one interface of cans and pouches.

A housing is asked once, with the thickness of the repeating stack, and answers with all that the roll-up of mass,
volume and heat needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ragone.pipelines.cell.substances import Substance


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of hardware: what it is called, how large it is [m^3], and what it is made of."""

    name: str
    volume: float
    substance: Substance


@dataclass(frozen=True, slots=True)
class Housed:
    """A stack in its housing; areas in m^2, volume in m^3, lengths in m.

    Areas are those of one layer of the repeating stack over the whole cell. `face_area` is that of one side of the
    positive coating, 0 if the stack does not fit; overhangs are what a layer has beyond it, and bare foil is counted
    beyond all coatings.
    """

    face_area: float
    negative_overhang_area: float
    separator_overhang_area: float
    bare_positive_foil_area: float
    bare_negative_foil_area: float
    volume: float
    cooled_area: float | None
    conduction_length: float | None
    shell: Part | None
    parts: tuple[Part, ...]
    geometry: dict[str, float]
    description: str


class Housing(Protocol):
    """A can or a pouch, before anything is in it."""

    def around(self, stack_metre: float) -> Housed:
        """The housing with as much of a stack of this thickness [m] as goes in."""
        ...


@dataclass(frozen=True, slots=True)
class Bare:
    """No housing at all: a stack of a given area, of which neither shell nor surface is known."""

    face_area: float
    volume: float | None = None
    cooled_area: float | None = None

    def around(self, stack_metre: float) -> Housed:
        """The stack alone; its own volume unless a larger one is known."""
        return Housed(
            face_area=self.face_area,
            negative_overhang_area=0.0,
            separator_overhang_area=0.0,
            bare_positive_foil_area=0.0,
            bare_negative_foil_area=0.0,
            volume=max(self.face_area * stack_metre, self.volume or 0.0),
            cooled_area=self.cooled_area,
            conduction_length=None,
            shell=None,
            parts=(),
            geometry={"stack_thickness_metre": stack_metre},
            description="layers only, no housing counted",
        )
