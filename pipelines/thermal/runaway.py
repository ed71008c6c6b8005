"""Does the cell run away: critical temperatures and Semenov number, and how long it takes in an oven or uncooled.

Runaway is called the moment at which decomposition alone heats the cell at a given rate, 1 K/s unless said otherwise.
The cell has one temperature throughout, is charged and fresh, and delivers no current.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any

from ragone.pipelines.cell.factors import HEAT_CAPACITY, HEAT_TRANSFER, factor_of
from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.thermal.course import Course, border, course
from ragone.pipelines.thermal.decomposition import (
    KIM_2007,
    REFERENCE,
    Decomposition,
    component_masses,
    decomposition_of,
)
from ragone.pipelines.thermal.semenov import TEMPERATURES, semenov_number, tangency
from ragone.schemas import CellOutcome, CellParameters, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.field import POSITIVE
from ragone.schemas.parameter import Positive

_SEMENOV = f"Semenov 1928, Zeitschrift fuer Physik 48, 571; kinetics: {REFERENCE}"
_NO_CURVE = Window("no curve: the cell's masses, heat capacity and cooled area")

AMBIENT = Definition(
    "critical_ambient_temperature", "K", "highest ambient with a balance, no reactant used up", _SEMENOV
)
NO_RETURN = Definition("temperature_of_no_return", "K", "cell temperature of that balance", _SEMENOV)
NUMBER = Definition(
    "semenov_number",
    "1",
    "slope of the decomposition heat at the ambient temperature over heat transfer coefficient x area; critical: 1/e",
    _SEMENOV,
)
OVEN_BORDER = Definition(
    "critical_oven_temperature",
    "K",
    "lowest oven temperature at which the cell runs away, reactants used up",
    REFERENCE,
)
OVEN = Definition("time_to_runaway", "s", "from the ambient temperature, put into an oven", REFERENCE)
ADIABATIC = Definition("adiabatic_time_to_runaway", "s", "from a start temperature, nothing lost", REFERENCE)
_ALL = (AMBIENT, NO_RETURN, NUMBER, OVEN_BORDER, OVEN, ADIABATIC)
_HOTTEST_OVEN, _BORDER_TOLERANCE = 573.15, 0.05  # K


@kpi_stage(
    "kpi.thermal_runaway",
    gives={
        "semenov_number": "1",
        "critical_(ambient|oven)_temperature|temperature_of_no_return": "K",
        "(adiabatic_)?time_to_runaway": "s",
    },
    libraries=("numpy", "scipy"),
    unasked=False,
)
def thermal_runaway(
    cell: CellParameters,
    *,
    heat_transfer_coefficient_watt_per_square_metre_kelvin: Positive,
    ambient_temperature_kelvin: Annotated[float, TEMPERATURES] = 298.15,
    oven_temperature_kelvin: Annotated[float, TEMPERATURES] = 428.15,
    adiabatic_start_temperature_kelvin: Annotated[float, TEMPERATURES] = 393.15,
    runaway_rate_kelvin_per_second: Positive = 1.0,
    longest_time_second: Positive = 864000.0,
    kinetics: dict[str, dict[str, Any]] = KIM_2007,
) -> Mapping[str, Kpi]:
    """Critical temperatures, Semenov number, and times to runaway in an oven and uncooled.

    Parameters
    ----------
    cell
        The cell: masses of its components, heat capacity, cooled area.
    heat_transfer_coefficient_watt_per_square_metre_kelvin
        Heat transfer coefficient between the cooled area and its surroundings [W/(m^2 K)], > 0.
    ambient_temperature_kelvin
        Temperature at which the Semenov number is taken, and at which the cell goes into the oven [K].
    oven_temperature_kelvin
        Temperature of the oven [K]; 155 degC is usual for oven tests.
    adiabatic_start_temperature_kelvin
        First temperature of the cell that loses no heat [K].
    runaway_rate_kelvin_per_second
        Self-heating that is called runaway [K/s].
    longest_time_second
        Time after which an integration is broken off [s].
    kinetics
        Name -> parameters of a reaction, see `decomposition.py`.

    Returns
    -------
    Mapping
        Name -> KPI. A time without a value is NOT_APPLICABLE: the cell does not run away; the method says how warm it
        gets. All are NOT_IDENTIFIABLE if the record lacks heat capacity, cooled area or a component that reacts.

    Raises
    ------
    BoundsError, UnknownFieldError, MissingFieldError
        If a temperature is not between 150 and 2000 K, another parameter not positive, or the kinetics cannot be read.
    """
    h = heat_transfer_coefficient_watt_per_square_metre_kelvin * factor_of(cell, HEAT_TRANSFER)
    for name, unit, value, bounds in (
        ("heat_transfer_coefficient", "W/m^2/K", h, POSITIVE),
        ("ambient_temperature_kelvin", "K", ambient_temperature_kelvin, TEMPERATURES),
        ("oven_temperature_kelvin", "K", oven_temperature_kelvin, TEMPERATURES),
        ("adiabatic_start_temperature_kelvin", "K", adiabatic_start_temperature_kelvin, TEMPERATURES),
        ("runaway_rate_kelvin_per_second", "K/s", runaway_rate_kelvin_per_second, POSITIVE),
        ("longest_time_second", "s", longest_time_second, POSITIVE),
    ):
        bounds.require(value, name, unit)
    missing = _missing(cell, kinetics)
    if missing:
        return {d.name: d.missing(missing, window=_NO_CURVE) for d in _ALL}
    decomposition = decomposition_of(cell, kinetics)
    conductance = h * (cell.cooled_area_square_metre or 0.0)
    run = partial(
        course,
        decomposition,
        heat_capacity=(cell.heat_capacity_joule_per_kelvin or 0.0) * factor_of(cell, HEAT_CAPACITY),
        longest=longest_time_second,
        runaway_rate=runaway_rate_kelvin_per_second,
    )
    in_oven = partial(run, conductance=conductance, start=ambient_temperature_kelvin)
    alone = run(conductance=0.0, oven=0.0, start=adiabatic_start_temperature_kelvin)
    rate = runaway_rate_kelvin_per_second
    return {
        NUMBER.name: _number(decomposition, conductance, ambient_temperature_kelvin, h),
        **_criticals(decomposition, conductance, h),
        OVEN_BORDER.name: _border(in_oven, ambient_temperature_kelvin, rate),
        OVEN.name: _time(OVEN, in_oven(oven=oven_temperature_kelvin), f"oven at {oven_temperature_kelvin:g} K", rate),
        ADIABATIC.name: _time(ADIABATIC, alone, f"adiabatic from {adiabatic_start_temperature_kelvin:g} K", rate),
    }


def _missing(cell: CellParameters, kinetics: Mapping[str, Mapping[str, Any]]) -> str:
    """Reason why the record determines nothing; empty if it does."""
    if cell.outcome is not CellOutcome.BUILT:
        return f"no cell: {cell.outcome}"
    if not cell.heat_capacity_joule_per_kelvin or not cell.cooled_area_square_metre:
        return "the cell's record lacks heat capacity or cooled area; assemble the cell again"
    absent = sorted({r["component"] for r in kinetics.values() if "component" in r} - set(component_masses(cell)))
    return f"the cell's table has no {', '.join(absent)}" if absent else ""


def _number(decomposition: Decomposition, conductance: float, ambient: float, h: float) -> Kpi:
    return NUMBER.measured(
        semenov_number(decomposition, conductance, ambient),
        uncertainty=None,
        count=1,
        window=_NO_CURVE,
        method=f"fresh reactants at {ambient:g} K, h = {h:g} W/(m^2 K); uncertainty unknown: kinetics as published",
    )


def _criticals(decomposition: Decomposition, conductance: float, h: float) -> dict[str, Kpi]:
    found = tangency(decomposition, conductance)
    if found is None:
        reason = f"generation touches no loss line of {conductance:g} W/K between 150 and 2000 K"
        return {d.name: d.missing(reason, window=_NO_CURVE) for d in (AMBIENT, NO_RETURN)}
    method = f"tangency of generation and loss, h = {h:g} W/(m^2 K); uncertainty unknown: kinetics as published"
    return {
        d.name: d.measured(value, uncertainty=None, count=1, method=method, window=_NO_CURVE)
        for d, value in ((AMBIENT, found.ambient), (NO_RETURN, found.temperature))
    }


def _border(in_oven: Callable[..., Course], ambient: float, rate: float) -> Kpi:
    found = border(lambda oven: in_oven(oven=oven).ran_away, ambient, _HOTTEST_OVEN, _BORDER_TOLERANCE)
    if found is None:
        reason = f"no runaway in an oven at {_HOTTEST_OVEN:g} K"
        return OVEN_BORDER.missing(reason, KpiOutcome.NOT_APPLICABLE, _NO_CURVE)
    return OVEN_BORDER.measured(
        found,
        uncertainty=None,
        count=1,
        window=_NO_CURVE,
        method=f"bisection to {_BORDER_TOLERANCE:g} K; from {ambient:g} K until decomposition heats at {rate:g} K/s; "
        "uncertainty unknown: kinetics as published",
    )


def _time(definition: Definition, run: Course, place: str, rate: float) -> Kpi:
    end = float(run.time[-1])
    window = Window("from the start to runaway")
    if not run.ran_away:
        warmest = float(run.temperature.max())
        reason = f"no runaway within {end:g} s, {place}: the cell gets no warmer than {warmest:.2f} K"
        return definition.missing(reason, KpiOutcome.NOT_APPLICABLE, window)
    return definition.measured(
        end,
        uncertainty=None,
        count=1,
        window=window,
        method=f"{place}, until decomposition heats at {rate:g} K/s; reactants used up; LSODA, tolerance 1e-10; "
        "uncertainty unknown: kinetics as published",
    )
