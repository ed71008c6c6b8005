"""How far do random walkers get in one phase of a microstructure?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.electrode import TransportOutcome
from ragone.schemas.field import Tolerance, choice, integer, real, text, vector
from ragone.schemas.record import Record

_ROUNDING = Tolerance(relative=1e-9)


def _tortuosity_factor() -> Any:
    doc = "D_eff / D = phase_fraction / tau, whole fraction; an estimate may lie below 1; +inf if not percolating"
    return real("1", low=0, low_open=True, infinite=True, tolerance=_ROUNDING, doc=doc)


def _standard_error() -> Any:
    return real("1", low=0, optional=True, tolerance=_ROUNDING, doc="over walkers; null where tau is infinite")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RandomWalk(Record):
    """Tortuosity factors of one phase along the three axes, estimated by random walkers; axis 0 is through-plane."""

    kind: ClassVar[str] = "random_walk"

    phase: str = text(doc="name of the phase in which the walkers walk")
    phase_fraction: float = real("1", low=0, low_open=True, high=1, doc="volume of the phase over volume")
    tortuosity_factor_axis_0: float = _tortuosity_factor()
    tortuosity_factor_axis_0_standard_error: float | None = _standard_error()
    outcome_axis_0: TransportOutcome = choice(TransportOutcome, doc="outcome along axis 0")
    tortuosity_factor_axis_1: float = _tortuosity_factor()
    tortuosity_factor_axis_1_standard_error: float | None = _standard_error()
    outcome_axis_1: TransportOutcome = choice(TransportOutcome, doc="outcome along axis 1")
    tortuosity_factor_axis_2: float = _tortuosity_factor()
    tortuosity_factor_axis_2_standard_error: float | None = _standard_error()
    outcome_axis_2: TransportOutcome = choice(TransportOutcome, doc="outcome along axis 2")
    first_fitted_step_count: np.ndarray[Any, Any] = vector(
        "1", "int64", low=0, doc="per axis: shortest time in the fit [steps]; the longest is twice it; 0 if none"
    )
    voxel_size_metre: float = real("m", low=0, low_open=True, doc="of cubes, or of the cubes of equal volume")
    walker_count: int = integer(low=2, doc="number of walkers")
    step_count: int = integer(low=1, doc="steps of each walker")
    method: str = text(doc="walk, boundaries and fit")
