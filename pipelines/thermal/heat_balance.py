"""The lines of a cell's heat balances: what a load and what decomposition generate, over the cell's temperature.

Where they meet the loss is for `steady_temperature` and `thermal_runaway` to find; here is what a diagram needs.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.factors import HEAT_TRANSFER, factor_of
from ragone.pipelines.cell.heat import SOURCES
from ragone.pipelines.cell.simulation import Numerics
from ragone.pipelines.thermal.decomposition import KIM_2007, REFERENCE, decomposition_of
from ragone.pipelines.thermal.discharge_heat import Load, discharge_heat, load_of
from ragone.schemas import CellOutcome, CellParameters, HeatBalance, stage
from ragone.schemas.errors import MissingFieldError
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import NotNegative, Positive, Share

_STEP = 0.5  # K, between temperatures at which decomposition is computed
_WARMEST = 350.0  # K above the ambient


@stage("thermal.heat_balance", libraries=("pybamm", "pybammsolvers", "casadi", "numpy", "scipy"))
def heat_balance(
    cell: CellParameters,
    *,
    power_watt: Positive | None = None,
    c_rate: Positive | None = None,
    heat_transfer_coefficient_watt_per_square_metre_kelvin: Positive,
    ambient_temperature_kelvin: Positive = 298.15,
    largest_rise_kelvin: Positive = 32.0,
    temperature_count: Annotated[int, Bounds(low=2)] = 6,
    initial_state_of_charge: Share = 1.0,
    lower_voltage_volt: NotNegative = 2.5,
    mesh_points: Annotated[int, POSITIVE] = 20,
) -> HeatBalance:
    """Heat by its sources at several temperatures under a load, and that of decomposition.

    Parameters
    ----------
    cell
        The cell; what it is made of and how it is cooled.
    power_watt, c_rate
        Load of the whole cell: constant power [W] or current over nominal capacity [1/h]; one of the two.
    heat_transfer_coefficient_watt_per_square_metre_kelvin
        Heat transfer coefficient between the cooled area and the ambient [W/(m^2 K)].
    ambient_temperature_kelvin
        Temperature of the surroundings, and the lowest one of a discharge [K].
    largest_rise_kelvin
        The highest temperature of a discharge over the ambient [K].
    temperature_count
        Discharges, at equal steps of temperature.
    initial_state_of_charge, lower_voltage_volt
        Start [-] and end [V] of a discharge.
    mesh_points
        Finite volumes across each coating, the separator and each particle's radius.

    Returns
    -------
    HeatBalance
        Without heats of a load where the cell was not built or none of its discharges completes, and without those of
        decomposition where its table lacks what reacts; the reason says so.

    Raises
    ------
    MissingFieldError
        If not one of power and C-rate is given.
    BoundsError
        If a parameter is out of bounds.
    """
    ambient, area = ambient_temperature_kelvin, cell.cooled_area_square_metre
    load = load_of(cell, power_watt, c_rate, initial_state_of_charge, lower_voltage_volt)
    asked = np.linspace(ambient, ambient + largest_rise_kelvin, temperature_count)
    kept, heats, refused = _loaded(cell, load, asked, Numerics(mesh_points, 1e-6, 1e-6))
    warmest, decomposing, lacking = _decomposing(cell, ambient)
    return HeatBalance(
        power_watt=power_watt,
        c_rate=c_rate,
        ambient_temperature_kelvin=ambient,
        conductance_watt_per_kelvin=None
        if area is None
        else heat_transfer_coefficient_watt_per_square_metre_kelvin * factor_of(cell, HEAT_TRANSFER) * area,
        temperature_kelvin=kept,
        source_names=SOURCES,
        heat_watt=heats,
        decomposition_temperature_kelvin=warmest,
        decomposition_heat_watt=decomposing,
        reason="; ".join([*refused, *lacking]),
        method=f"isothermal DFN with heat of mixing, {mesh_points} points a domain, mean over a discharge; "
        f"decomposition of the fresh cell: {REFERENCE}",
    )


def _loaded(
    cell: CellParameters, load: Load, asked: NDArray[np.float64], numerics: Numerics
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Temperatures of the discharges that completed [K], their heats by source [W], and why others are missing."""
    if cell.outcome is not CellOutcome.BUILT:
        return np.empty(0), np.empty((len(SOURCES), 0)), [f"no cell: {cell.outcome}"]
    at = discharge_heat(cell, load, numerics)
    found = {float(temperature): at(float(temperature)) for temperature in asked}
    refused = [f"no discharge at {t:.2f} K: {heat.failure}" for t, heat in found.items() if heat.failure]
    kept = {t: heat for t, heat in found.items() if not heat.failure}
    heats = np.array([[heat.sources[name] for heat in kept.values()] for name in SOURCES], np.float64)
    return np.array(list(kept), np.float64), heats.reshape(len(SOURCES), len(kept)), refused


def _decomposing(cell: CellParameters, ambient: float) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Temperatures [K] and heat of the fresh cell's reactions [W]; or why there is none."""
    try:
        decomposition = decomposition_of(cell, KIM_2007)
    except MissingFieldError as cause:
        return np.empty(0), np.empty(0), [str(cause)]
    temperatures = ambient + np.arange(0.0, _WARMEST, _STEP)
    return temperatures, np.array([decomposition.heat(float(t)) for t in temperatures]), []
