"""How warm the cell gets under a load that goes on: generation and loss balanced, the transient left out.

The heat of a discharge that ends is its mean from start to lower voltage, at one temperature held throughout. The
steady temperature is that of a cell in endless duty: one discharge after the other without a pause, charged elsewhere.
The ripple within one discharge is left out. One temperature for the whole cell is only fair while conduction inside
outruns the loss at the surface: the Biot number says whether it does, and the answer is refused where it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ragone.pipelines.cell.factors import HEAT_TRANSFER, factor_of
from ragone.pipelines.cell.heat import CONTACT, ELECTROLYTE, MIXING, REACTION, REVERSIBLE, SOLIDS
from ragone.pipelines.cell.simulation import Control, Numerics
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.thermal.balance import balance_temperature
from ragone.pipelines.thermal.discharge_heat import Load, MeanHeat, discharge_heat, load_of
from ragone.schemas import CellOutcome, CellParameters, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import Positive, Share

_INCROPERA = "Incropera, DeWitt, Bergman, Lavine 2007, Fundamentals of Heat and Mass Transfer, chapter 5"
_BERNARDI = "Bernardi, Pawlikowski, Newman 1985, doi 10.1149/1.2113792"

BIOT = Definition("biot_number", "1", "heat transfer coefficient x conduction length / conductivity", _INCROPERA)
TEMPERATURE = Definition(
    "steady_temperature", "K", "where the mean heat of a discharge equals the loss to the ambient", _BERNARDI
)
HEAT = Definition("steady_heat", "W", "mean heat of a discharge at the steady temperature", _BERNARDI)
_PARTS = {
    ELECTROLYTE: ("steady_joule_heat_electrolyte", "ohmic and concentration loss in the electrolyte"),
    SOLIDS: ("steady_joule_heat_solids", "ohmic loss in the coatings' solids"),
    REACTION: ("steady_reaction_heat", "loss by reaction overpotentials"),
    REVERSIBLE: ("steady_reversible_heat", "heat of the entropic change, negative where it cools"),
    CONTACT: ("steady_contact_heat", "ohmic loss in tabs and welds"),
    MIXING: ("steady_heat_of_mixing", "heat of concentration gradients inside the particles"),
}
SHARES = {
    source: Definition(name, "W", f"{text}: its mean over a discharge at the steady temperature", _BERNARDI)
    for source, (name, text) in _PARTS.items()
}
_BALANCED = (TEMPERATURE, HEAT, *SHARES.values())


@dataclass(frozen=True, slots=True)
class _Missing:
    reason: str
    outcome: KpiOutcome = KpiOutcome.NOT_IDENTIFIABLE


@dataclass(frozen=True, slots=True)
class _Steady:
    temperature: float
    heat: MeanHeat


@kpi_stage(
    "kpi.steady_temperature",
    gives={
        "steady_temperature": "K",
        "steady_(heat|joule_heat_(electrolyte|solids)|(reaction|reversible|contact)_heat|heat_of_mixing)": "W",
        "biot_number": "1",
    },
    libraries=("pybamm", "pybammsolvers", "casadi", "numpy", "scipy"),
    unasked=False,
)
def steady_temperature(
    cell: CellParameters,
    *,
    power_watt: Positive | None = None,
    c_rate: Positive | None = None,
    heat_transfer_coefficient_watt_per_square_metre_kelvin: Positive,
    ambient_temperature_kelvin: float = 298.15,
    highest_temperature_kelvin: float = 373.15,
    largest_biot_number: float = 0.1,
    initial_state_of_charge: Share = 1.0,
    lower_voltage_volt: float = 2.5,
    mesh_points: int = 20,
) -> Mapping[str, Kpi]:
    """Steady temperature, Biot number, and the heat at steady state by its sources.

    Parameters
    ----------
    cell
        The cell; how it is cooled and how it conducts heat.
    power_watt, c_rate
        Load of the whole cell: constant power [W] or current over nominal capacity [1/h]; one of the two.
    heat_transfer_coefficient_watt_per_square_metre_kelvin
        Heat transfer coefficient of the cooled area [W/(m^2 K)], > 0; about 5 to 10 in still air.
    ambient_temperature_kelvin
        Temperature of the surroundings [K].
    highest_temperature_kelvin
        A balance above it is not looked for [K]: the separator is about to melt and decomposition to add its heat.
    largest_biot_number
        Above it the cell is not lumped [-].
    initial_state_of_charge, lower_voltage_volt
        Start [-] and end [V] of a discharge.
    mesh_points
        Finite volumes across each coating, the separator and each particle's radius.

    Returns
    -------
    Mapping
        Name -> KPI. Without a value: NOT_APPLICABLE above the largest Biot number; NOT_IDENTIFIABLE if there is no
        balance up to the highest temperature, the record lacks what cooling needs or a discharge breaks off;
        INFEASIBLE if the cell cannot deliver the load at all.

    Raises
    ------
    MissingFieldError
        If not one of power and C-rate is given.
    BoundsError
        If a parameter is not positive, or the ambient not below the highest temperature.
    """
    h = heat_transfer_coefficient_watt_per_square_metre_kelvin * factor_of(cell, HEAT_TRANSFER)
    POSITIVE.require(h, "heat_transfer_coefficient", "W/m^2/K")
    Bounds(0, highest_temperature_kelvin, low_open=True, high_open=True).require(
        ambient_temperature_kelvin, "ambient_temperature", "K"
    )
    load = load_of(cell, power_watt, c_rate, initial_state_of_charge, lower_voltage_volt)
    biot = biot_number(cell, h)
    found: _Steady | _Missing
    found = _refused(cell, biot, h, largest_biot_number) or _steady(
        cell, load, h, ambient_temperature_kelvin, highest_temperature_kelvin, Numerics(mesh_points, 1e-6, 1e-6)
    )
    return {BIOT.name: _biot_kpi(cell, biot, h), **_kpis(found, load, h, ambient_temperature_kelvin)}


def biot_number(cell: CellParameters, heat_transfer_coefficient: float) -> float | None:
    """Biot number h L / k [-]; None if the record does not say how the cell conducts heat."""
    length, conductivity = cell.conduction_length_metre, cell.thermal_conductivity_watt_per_metre_kelvin
    return None if length is None or not conductivity else heat_transfer_coefficient * length / conductivity


def _refused(cell: CellParameters, biot: float | None, h: float, largest: float) -> _Missing | None:
    if cell.outcome is not CellOutcome.BUILT:
        return _Missing(f"no cell: {cell.outcome}", KpiOutcome.INFEASIBLE)
    if biot is None or not cell.cooled_area_square_metre:
        return _Missing(
            "the cell's record lacks cooled area, conduction length or thermal conductivity; assemble it again"
        )
    if biot > largest:
        return _Missing(
            f"Biot number {biot:.3g} > {largest:g}: the cell has no one temperature. It is lumped up to "
            f"{h * largest / biot:.3g} W/(m^2 K); above that its inside needs a resolved thermal model",
            KpiOutcome.NOT_APPLICABLE,
        )
    return None


def _steady(
    cell: CellParameters, load: Load, h: float, ambient: float, highest: float, numerics: Numerics
) -> _Steady | _Missing:
    at = discharge_heat(cell, load, numerics)
    seen: dict[float, MeanHeat] = {}

    def heat(temperature: float) -> float:
        seen[temperature] = at(temperature)
        if seen[temperature].failure:
            raise _NotDischargedError
        return seen[temperature].total

    conductance = h * (cell.cooled_area_square_metre or 0.0)
    try:
        temperature = balance_temperature(heat, conductance=conductance, ambient=ambient, limit=highest)
    except _NotDischargedError:
        return _not_discharged(*list(seen.items())[-1])
    if temperature is None:
        warmest = max(seen)
        return _Missing(
            f"no balance up to {highest:g} K: at {warmest:.2f} K {seen[warmest].total:.4g} W are generated and "
            f"{conductance * (warmest - ambient):.4g} W lost. Cool better, or draw less"
        )
    return _Steady(temperature, at(temperature))


class _NotDischargedError(Exception):
    """No mean heat at some temperature on the way to the balance: the last one looked at."""


def _not_discharged(temperature: float, heat: MeanHeat) -> _Missing:
    outcome = KpiOutcome.NOT_IDENTIFIABLE if heat.duration else KpiOutcome.INFEASIBLE
    return _Missing(f"no discharge down to the lower voltage at {temperature:.2f} K: {heat.failure}", outcome)


def _biot_kpi(cell: CellParameters, biot: float | None, h: float) -> Kpi:
    if biot is None:
        return BIOT.missing("the cell's record lacks conduction length or thermal conductivity; assemble it again")
    return BIOT.measured(
        biot,
        uncertainty=None,
        count=1,
        window=Window("no curve: the cell's geometry"),
        method=f"h = {h:g} W/(m^2 K), length {cell.conduction_length_metre:g} m, conductivity "
        f"{cell.thermal_conductivity_watt_per_metre_kelvin:g} W/(m K); uncertainty unknown",
    )


def _kpis(found: _Steady | _Missing, load: Load, h: float, ambient: float) -> dict[str, Kpi]:
    window = Window(
        f"one discharge from {load.initial_state_of_charge:.0%} state of charge to {load.lower_voltage:g} V"
    )
    if isinstance(found, _Missing):
        return {d.name: d.missing(found.reason, found.outcome, window) for d in _BALANCED}
    unit = "W" if load.control is Control.POWER else "A"
    method = (
        f"isothermal DFN with heat of mixing at constant {load.setpoint:g} {unit}, {found.heat.duration:.0f} s; root "
        f"of mean heat - h A (T - {ambient:g} K) with h = {h:g} W/(m^2 K); uncertainty unknown"
    )
    values = {TEMPERATURE: found.temperature, HEAT: found.heat.total}
    values |= {definition: found.heat.sources[source] for source, definition in SHARES.items()}
    return {
        d.name: d.measured(value, uncertainty=None, count=1, method=method, window=window)
        for d, value in values.items()
    }
