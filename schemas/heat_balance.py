"""The heat that a cell makes against its temperature: under a load, and by falling apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, array, real, text, texts, vector
from ragone.schemas.record import Record

_SOLVER = Tolerance(relative=1e-4, absolute=1e-7)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HeatBalance(Record):
    """Heat generated and lost over the cell's temperature: the two diagrams of a heat balance.

    A temperature at which the cell cannot be discharged is left out, and `reason` says so. Nothing of what decomposes
    is used up.
    """

    kind: ClassVar[str] = "heat_balance"

    power_watt: float | None = real("W", low=0, low_open=True, optional=True, doc="drawn from the whole cell; or null")
    c_rate: float | None = real("1", low=0, low_open=True, optional=True, doc="current over nominal capacity; or null")
    ambient_temperature_kelvin: float = real("K", low=0, doc="temperature of the surroundings")
    conductance_watt_per_kelvin: float | None = real(
        "W/K", low=0, optional=True, doc="heat lost over the cell's excess temperature; null if its area is not known"
    )
    temperature_kelvin: np.ndarray[Any, Any] = vector("K", low=0, doc="at which the cell was discharged")
    source_names: tuple[str, ...] = texts(doc="where heat comes from, under the names of the simulation")
    heat_watt: np.ndarray[Any, Any] = array(
        "W", "float64", 2, tolerance=_SOLVER, doc="mean over a discharge; shape (names, n)"
    )
    decomposition_temperature_kelvin: np.ndarray[Any, Any] = vector(
        "K", low=0, doc="cell's temperatures at which the heat of decomposition is given"
    )
    decomposition_heat_watt: np.ndarray[Any, Any] = vector(
        "W", low=0, tolerance=_SOLVER, doc="by the reactions of the fresh cell"
    )
    reason: str = text(default="", doc="what was left out, and why")
    method: str = text(doc="model, solver and kinetics")

    def validate(self) -> None:
        """Every temperature has its heats."""
        expected = (len(self.source_names), len(self.temperature_kelvin))
        if self.heat_watt.shape != expected:
            raise FieldShapeError(f"heat_balance.heat_watt has shape {self.heat_watt.shape}; {expected} expected.")
        if self.decomposition_heat_watt.shape != self.decomposition_temperature_kelvin.shape:
            raise FieldShapeError("heat_balance: a heat of decomposition for each of its temperatures is expected.")
