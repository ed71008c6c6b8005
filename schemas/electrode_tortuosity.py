"""How tortuous are the pores of an electrode to ions that charge its walls, as impedance measures it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ragone.schemas.electrode import TransportOutcome
from ragone.schemas.field import Tolerance, choice, real, text
from ragone.schemas.record import Record

_CERTIFIED = Tolerance(relative=1e-3)


def _bound(doc: str) -> Any:
    return real("1", low=0, infinite=True, tolerance=_CERTIFIED, doc=doc)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ElectrodeTortuosity(Record):
    """Electrode tortuosity factor of the pores along axis 0, through-plane, from the resistance of a symmetric cell."""

    kind: ClassVar[str] = "electrode_tortuosity"

    pore_fraction: float = real("1", low=0, high=1, doc="volume of all pores over volume")
    electrode_tortuosity_factor: float = real(
        "1",
        low=0,
        low_open=True,
        infinite=True,
        tolerance=_CERTIFIED,
        doc="resistance of the pores = tau L / (3 pore_fraction k A), whole fraction; +inf if nothing is reached",
    )
    electrode_tortuosity_factor_lower: float = _bound("certified for these voxels")
    electrode_tortuosity_factor_upper: float = _bound("certified for these voxels")
    outcome: TransportOutcome = choice(TransportOutcome, doc="how the solve ended")
    voxel_size_metre: float = real("m", low=0, low_open=True, doc="of cubes, or of the cubes of equal volume")
    method: str = text(doc="solver, walls and the end at which charge enters")
