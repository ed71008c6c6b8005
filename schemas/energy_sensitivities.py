"""What the energy of a discharge depends on: its logarithmic derivatives, each with its error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, real, text, texts, vector
from ragone.schemas.record import Record

_SOLVER = Tolerance(relative=1e-4, absolute=1e-5)


def _derivatives(of: str) -> Any:
    return vector("1", tolerance=_SOLVER, doc=f"change of ln of the {of} with ln of each")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EnergySensitivities(Record):
    """Percent by which the energy of a discharge at constant power changes for a percent of each input."""

    kind: ClassVar[str] = "energy_sensitivities"

    power_watt: float = real("W", low=0, low_open=True, doc="delivered by the whole cell")
    ambient_temperature_kelvin: float = real("K", low=0, doc="temperature of the surroundings")
    lower_voltage_volt: float = real("V", low=0, doc="at which the discharge ends")
    energy_watt_hour: float = real("W.h", low=0, tolerance=Tolerance(relative=1e-5), doc="delivered until then")
    energy_error_watt_hour: float = real("W.h", low=0, tolerance=Tolerance(absolute=1e-4), doc="of the integration")
    names: tuple[str, ...] = texts(doc="the inputs: fields of the cell, its design or its recipe, and the power")
    energy: np.ndarray[Any, Any] = _derivatives("energy")
    energy_density: np.ndarray[Any, Any] = _derivatives("energy over the volume of the cell")
    specific_energy: np.ndarray[Any, Any] = _derivatives("energy over the mass of the cell")
    error: np.ndarray[Any, Any] = vector(
        "1", low=0, tolerance=_SOLVER, doc="of each: of the integration in time, and of slopes that were given"
    )
    mesh_error: np.ndarray[Any, Any] = vector(
        "1", low=0, tolerance=_SOLVER, doc="change of each with half as many points of the mesh"
    )
    method: str = text(doc="model, solver, tolerances, and what was changed how")
    reference: str = text(default="", doc="author, year and doi of the method")

    def validate(self) -> None:
        """Every name has its numbers."""
        for name in ("energy", "energy_density", "specific_energy", "error", "mesh_error"):
            if len(getattr(self, name)) != len(self.names):
                raise FieldShapeError(
                    f"energy_sensitivities.{name} has {len(getattr(self, name))} entries for {len(self.names)} names. "
                    "Give one for each."
                )
