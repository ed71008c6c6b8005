"""How much warmer is the core of a roll than its surface? Radial conduction under the heat of a lumped discharge.

The heat is that which the lumped cell made: what warmed it, and what it lost. It is spread evenly over the annulus from
core hole to wall, conducted across the wetted layers in series, and leaves through the side, which is given the loss of
the whole surface; ends are not cooled apart, and nothing flows along the layers. One way: that a warm core conducts and
reacts better than a cool rim is not fed back into the discharge: PyBaMM resolves layers of a stack, no turns of a roll.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.factors import HEAT_CAPACITY, HEAT_TRANSFER, factor_of
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.schemas import CellParameters, Curve, Cycling, Discharge, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.parameter import NotNegative

_RINGS = 40  # the other mesh of Richardson's estimate has half of them
_STEPS = 20  # of the integration in time, between two samples
_INCROPERA = "Incropera, DeWitt, Bergman, Lavine 2007, Fundamentals of Heat and Mass Transfer, chapters 3 and 5"
CORE = Definition("core_temperature", "K", "highest temperature of the innermost turn", _INCROPERA)
DIFFERENCE = Definition(
    "core_to_surface_difference", "K", "innermost turn over the side of the roll, when the core is warmest", _INCROPERA
)
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Roll:
    """Radii of core hole and side [m], height [m], conductivity across the layers [W/(m K)], heat capacity [J/K]."""

    inner: float
    outer: float
    height: float
    conductivity: float
    heat_capacity: float

    def temperatures(self, time: Vector, heat: Vector, loss: float, ambient: float, rings: int = _RINGS) -> Vector:
        """Temperatures of core and side over time, shape (n, 2) [K].

        Parameters
        ----------
        time
            Shape (n,), increasing [s].
        heat
            Made in the whole roll, linear between the samples, shape (n,) [W].
        loss
            Heat transfer coefficient times cooled area [W/K].
        ambient
            Around the roll, and of the roll at first [K].
        rings
            Finite volumes from core hole to side, of equal width.
        """
        from scipy.linalg import solve_banded

        share, between, to_side = self._mesh(rings)
        leaving = 1 / (1 / to_side + 1 / loss) if loss else 0.0
        out = np.zeros(rings)
        out[:-1] += between
        out[1:] += between
        out[-1] += leaving
        capacity, excess, found = share * self.heat_capacity, np.zeros(rings), np.empty((len(time), 2))
        found[0] = 0.0
        for row, step in enumerate(np.diff(time)):
            small = step / _STEPS
            banded = np.zeros((3, rings))
            banded[0, 1:] = banded[2, :-1] = -small * between
            banded[1] = capacity + small * out
            for part in range(1, _STEPS + 1):
                made = heat[row] + (heat[row + 1] - heat[row]) * part / _STEPS
                excess = solve_banded((1, 1), banded, capacity * excess + small * made * share)
            side = excess[-1] * to_side / (to_side + loss)
            found[row + 1] = excess[0], side
        return found + ambient

    def _mesh(self, rings: int) -> tuple[Vector, Vector, float]:
        """Share of each ring in the volume, conductance from ring to ring, and from the last one to the side [W/K]."""
        edges = np.linspace(self.inner, self.outer, rings + 1)
        middle = np.sqrt((edges[1:] ** 2 + edges[:-1] ** 2) / 2)  # halves the volume of its ring
        around = 2 * math.pi * self.height * self.conductivity
        share = (edges[1:] ** 2 - edges[:-1] ** 2) / (edges[-1] ** 2 - edges[0] ** 2)
        return share, around / np.log(middle[1:] / middle[:-1]), around / math.log(edges[-1] / middle[-1])


@kpi_stage(
    "kpi.roll_temperature",
    gives={"core_temperature": "K", "core_to_surface_difference": "K"},
    libraries=("numpy", "scipy"),
    unasked=False,
)
def roll_temperature(
    curve: Curve,
    cell: CellParameters,
    *,
    heat_transfer_coefficient_watt_per_square_metre_kelvin: NotNegative = 10.0,
) -> Mapping[str, Kpi]:
    """Core temperature of a wound cell, and how far it is above that of the side.

    Parameters
    ----------
    curve
        A lumped discharge or protocol.
    cell
        Wound in a can.
    heat_transfer_coefficient_watt_per_square_metre_kelvin
        That of the curve [W/(m^2 K)]; a factor that the cell has of it is applied, as it was in the curve.

    Returns
    -------
    Mapping
        Name -> KPI: core_temperature [K], core_to_surface_difference [K]. The uncertainty is that of the mesh.
    """
    refused = _refusal(curve, cell)
    if refused or not isinstance(curve, Cycling | Discharge):
        return all_missing((CORE, DIFFERENCE), refused, KpiOutcome.NOT_APPLICABLE)
    roll = roll_of(cell)
    coefficient = heat_transfer_coefficient_watt_per_square_metre_kelvin * factor_of(cell, HEAT_TRANSFER)
    loss = coefficient * (cell.cooled_area_square_metre or 0.0)
    later = np.r_[True, np.diff(curve.test_time_second) > 0]  # steps of a protocol begin when the ones before them end
    time, lump = np.asarray(curve.test_time_second)[later], np.asarray(curve.temperature_kelvin)[later]
    ambient = curve.ambient_temperature_kelvin
    heat = roll.heat_capacity * np.gradient(lump, time) + loss * (lump - ambient)
    fine, coarse = (_warmest(roll.temperatures(time, heat, loss, ambient, n)) for n in (_RINGS, _RINGS // 2))
    window = Window("the whole curve", float(time[0]), float(time[-1]))
    method = (
        f"radial conduction at {roll.conductivity:.3g} W/(m K) from {roll.inner * 1e3:.3g} to {roll.outer * 1e3:.3g} "
        f"mm under the heat of the lumped cell, reached at {time[fine[2]]:g} s; uncertainty: {_RINGS} beside "
        f"{_RINGS // 2} rings; those of conductivity and heat are not in it"
    )
    found = ((CORE, fine[0], coarse[0]), (DIFFERENCE, fine[1], coarse[1]))
    return {
        one.name: one.measured(value, uncertainty=abs(value - other), count=len(time), method=method, window=window)
        for one, value, other in found
    }


def roll_of(cell: CellParameters) -> Roll:
    """The roll of a wound cell; the whole cell's heat capacity is spread over it."""
    geometry = cell.components["geometry"]
    width = cell.conduction_length_metre or 0.0
    both = geometry["wound_length_metre"] / (math.pi * geometry["turns"])  # inner and outer radius together
    return Roll(
        (both - width) / 2,
        (both + width) / 2,
        geometry["coated_height_metre"],
        cell.thermal_conductivity_watt_per_metre_kelvin or 0.0,
        (cell.heat_capacity_joule_per_kelvin or 0.0) * factor_of(cell, HEAT_CAPACITY),
    )


def _warmest(temperatures: Vector) -> tuple[float, float, int]:
    """Core temperature [K] when it is highest, its excess over the side [K], and the row."""
    row = int(np.argmax(temperatures[:, 0]))
    core, side = temperatures[row]
    return float(core), float(core - side), row


def _refusal(curve: Curve, cell: CellParameters) -> str:
    if not isinstance(curve, Cycling | Discharge) or len(curve.temperature_kelvin) < 3:
        return f"this {curve.kind} holds no course of a lumped temperature; simulate it lumped"
    if np.ptp(curve.temperature_kelvin) == 0:
        return "the simulation was held at one temperature; simulate it lumped"
    names = ("conduction_length_metre", "thermal_conductivity_watt_per_metre_kelvin", "cooled_area_square_metre")
    known = all(getattr(cell, name) for name in (*names, "heat_capacity_joule_per_kelvin"))
    if not known or not cell.components.get("geometry", {}).get("turns"):
        return f"the cell ({cell.form_factor}) is not wound, or does not say how it conducts heat; build it in a can"
    return ""
