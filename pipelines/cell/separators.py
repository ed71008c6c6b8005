"""The separator of a cell: what its design states of it, else that of the parameter set whose separator it names.

A set gives thickness, porosity and a Bruggeman exponent; measured is the last of Ecker2015 (Kokam, 20 um, doi
10.1149/2.0551509jes) only. Where a design names none, the cell's record leaves it to the parameter set of the cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.engine import HALF_CELL_SETS, parameter_values
from ragone.pipelines.cell.layers import number
from ragone.schemas import CellDesign
from ragone.schemas.errors import UnknownFieldError, did_you_mean


@dataclass(frozen=True, slots=True)
class Separator:
    """Thickness [m], porosity [-] and tortuosity factor [-]; null where they are left to the parameter set."""

    thickness: float | None
    porosity: float | None
    tortuosity_factor: float | None

    def fields(self) -> dict[str, Any]:
        """Fields of `CellParameters`, by name."""
        return {
            "separator_thickness_metre": self.thickness,
            "separator_porosity": self.porosity,
            "separator_tortuosity_factor": self.tortuosity_factor,
        }


def require_separator(name: str) -> None:
    """Refuse a name that is no parameter set with a porous separator.

    Raises
    ------
    UnknownFieldError
        With what it could be.
    """
    known = tuple(each for each in HALF_CELL_SETS if each != "Marquis2019")  # its separator is all electrolyte
    if name not in known:
        raise UnknownFieldError(f"separator = {name!r} is no parameter set with one: {did_you_mean(name, known)}")


def separator_of(design: CellDesign) -> Separator:
    """The separator of a design; raises as `require_separator`."""
    thickness, porosity = design.separator_thickness_metre, design.separator_porosity
    tortuosity = design.separator_tortuosity_factor
    if not design.separator:
        return Separator(thickness, porosity, tortuosity)
    require_separator(design.separator)
    values = parameter_values(design.separator, half_cell=True)
    porosity = porosity or number(values, "Separator porosity")
    exponent = number(values, "Separator Bruggeman coefficient (electrolyte)")
    return Separator(
        thickness or number(values, "Separator thickness [m]"), porosity, tortuosity or porosity ** (1 - exponent)
    )
