"""The impedance of a cell over frequency, simulated or measured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, choice, real, text, vector
from ragone.schemas.record import Record

_SOLVER = Tolerance(relative=1e-5, absolute=1e-9)


class ImpedanceOutcome(StrEnum):
    """The way in which it was obtained, or the reason why there is none."""

    COMPLETED = "every frequency computed or measured"
    NOT_CONDUCTING = "the cell does not conduct"
    NOT_BUILT = "the cell cannot be built"
    SOLVER_FAILED = "the solver gave up"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Impedance(Record):
    """One spectrum of a whole cell; shape (n,) each, frequencies falling. A capacitive imaginary part is negative."""

    kind: ClassVar[str] = "impedance"

    outcome: ImpedanceOutcome = choice(ImpedanceOutcome, doc="how it was obtained, or why there is none")
    reason: str = text(default="", doc="in one line, when it did not complete")
    frequency_hertz: np.ndarray[Any, Any] = vector("Hz", low=0, doc="falling")
    real_ohm: np.ndarray[Any, Any] = vector("ohm", tolerance=_SOLVER, doc="real part, per frequency")
    imaginary_ohm: np.ndarray[Any, Any] = vector("ohm", tolerance=_SOLVER, doc="negative: capacitive")
    state_of_charge: float | None = real("1", low=0, high=1, optional=True, doc="of the cell; null if not known")
    temperature_kelvin: float | None = real("K", low=0, optional=True, doc="of the cell; null if not known")
    source: str = text(doc="simulation, or title and address of the data")
    licence: str = text(doc="SPDX identifier, or 'own' for a simulated spectrum")
    source_sha256: str = text(default="", doc="of the imported file's bytes; empty if simulated")
    method: str = text(doc="model and solver, or reader and its version")

    def validate(self) -> None:
        """The columns have one length and frequencies fall."""
        lengths = {len(self.frequency_hertz), len(self.real_ohm), len(self.imaginary_ohm)}
        if len(lengths) > 1:
            raise FieldShapeError(f"columns of an impedance have lengths {sorted(lengths)}; they must agree.")
        if (np.diff(self.frequency_hertz) >= 0).any() or (self.frequency_hertz <= 0).any():
            raise FieldShapeError("impedance.frequency_hertz must be positive and fall; sort the rows by frequency.")
