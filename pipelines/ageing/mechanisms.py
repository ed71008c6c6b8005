"""The mechanisms by which a cell ages, each on or off, as PyBaMM's options.

They act in the negative electrode, but for loss of active material and swelling, which act in both. Cracks grow in
the negative particles alone, since PyBaMM lets SEI grow on cracks only where SEI grows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragone.schemas.errors import UnknownFieldError, did_you_mean

SEI_GROWTH = (
    "none",
    "reaction limited",
    "solvent-diffusion limited",
    "electron-migration limited",
    "interstitial-diffusion limited",
    "ec reaction limited",
)
PLATING = ("none", "irreversible", "partially reversible")


@dataclass(frozen=True)
class Mechanisms:
    """Growth of SEI and plating by PyBaMM's names; SEI on cracks needs cracking and SEI."""

    sei: str = "solvent-diffusion limited"
    sei_on_cracks: bool = True
    plating: str = "partially reversible"
    cracking: bool = True
    loss_of_active_material: bool = True
    porosity_change: bool = True

    def __post_init__(self) -> None:
        for name, value, known in (("sei", self.sei, SEI_GROWTH), ("plating", self.plating, PLATING)):
            if value not in known:
                raise UnknownFieldError(f"{name} = {value!r} is not known: {did_you_mean(value, known)}")
        if self.sei_on_cracks and not (self.grows and self.cracking):
            raise UnknownFieldError(
                "sei_on_cracks = True needs cracking = True and an sei that grows; or set it False."
            )

    @property
    def grows(self) -> bool:
        """Whether SEI grows."""
        return self.sei != "none"

    @property
    def plates(self) -> bool:
        """Whether lithium is plated."""
        return self.plating != "none"

    @property
    def strains(self) -> bool:
        """Whether stresses in the particles are computed."""
        return self.cracking or self.loss_of_active_material

    def options(self) -> dict[str, Any]:
        """Options of PyBaMM's model; what is off is not named, so that PyBaMM's default holds."""
        given: dict[str, Any] = {"calculate discharge energy": "true"}
        if self.grows:
            given |= {"SEI": self.sei, "SEI on cracks": _flag(self.sei_on_cracks)}
        if self.plates:
            given["lithium plating"] = self.plating
        if self.porosity_change:
            given["SEI porosity change"] = _flag(self.grows)
            given["lithium plating porosity change"] = _flag(self.plates)
        if self.strains:
            negative = "swelling and cracking" if self.cracking else "swelling only"
            given["particle mechanics"] = (negative, "swelling only")
        if self.loss_of_active_material:
            given["loss of active material"] = "stress-driven"
        return given

    def __str__(self) -> str:
        """The mechanisms that are on, in words."""
        named = {
            f"SEI {self.sei}": self.grows,
            "SEI on cracks": self.sei_on_cracks,
            f"plating {self.plating}": self.plates,
            "cracking": self.cracking,
            "stress-driven loss of active material": self.loss_of_active_material,
            "porosity change": self.porosity_change,
        }
        return ", ".join(name for name, on in named.items() if on) or "no ageing"


def _flag(on: bool) -> str:
    return "true" if on else "false"
