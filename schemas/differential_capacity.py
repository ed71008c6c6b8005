"""The differential capacity of a curve, as it was smoothed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, text, vector
from ragone.schemas.record import Record

_SMOOTHED = Tolerance(relative=1e-6, absolute=1e-9)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DifferentialCapacity(Record):
    """Charge over voltage, dQ/dV, of the slowest discharge and of the slowest charge; empty where there is none.

    Each with its standard error: noise of the voltage, and what the smoothing takes off peaks and puts into valleys.
    """

    kind: ClassVar[str] = "differential_capacity"

    discharge_voltage_volt: np.ndarray[Any, Any] = vector(
        "V", tolerance=_SMOOTHED, doc="voltages of the slowest discharge"
    )
    discharge_ampere_hour_per_volt: np.ndarray[Any, Any] = vector(
        "A*h/V", tolerance=_SMOOTHED, doc="differential capacity of the slowest discharge, per voltage"
    )
    discharge_ampere_hour_per_volt_standard_error: np.ndarray[Any, Any] = vector(
        "A*h/V", low=0, tolerance=_SMOOTHED, doc="its standard error, per voltage"
    )
    charge_voltage_volt: np.ndarray[Any, Any] = vector("V", tolerance=_SMOOTHED, doc="voltages of the slowest charge")
    charge_ampere_hour_per_volt: np.ndarray[Any, Any] = vector(
        "A*h/V", tolerance=_SMOOTHED, doc="differential capacity of the slowest charge, per voltage"
    )
    charge_ampere_hour_per_volt_standard_error: np.ndarray[Any, Any] = vector(
        "A*h/V", low=0, tolerance=_SMOOTHED, doc="its standard error, per voltage"
    )
    method: str = text(doc="kernel and its width")

    def validate(self) -> None:
        """The three columns of a sweep have one length."""
        for kind in ("discharge", "charge"):
            lengths = {len(column) for column in self.of(kind)}
            if len(lengths) > 1:
                raise FieldShapeError(f"differential_capacity: columns of the {kind} have lengths {sorted(lengths)}.")

    def of(self, kind: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Voltage [V], dQ/dV and its standard error [A.h/V] of the "discharge" or the "charge"; shape (n,) each."""
        name = f"{kind}_ampere_hour_per_volt"
        return getattr(self, f"{kind}_voltage_volt"), getattr(self, name), getattr(self, f"{name}_standard_error")
