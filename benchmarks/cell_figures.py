"""The figures of docs/CELL.md that are computed: sizes of particles, heat and core of a roll, tabs, charge and pulses.

Each line is a row or a sentence of that page; nothing is timed. The LG M50 is the parameter set's own cell in a 21700,
the 4680 one of 94 % active material and 35 % porosity with Bruggeman's pores and particles of the set's radius.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any, Literal

import numpy as np

from benchmarks.measure import Line, stated, tell
from ragone.pipelines.cell import (
    assemble_cell,
    discharge_at_constant_current,
    discharge_at_constant_power,
    ideal_transport,
    reference_cell,
)
from ragone.pipelines.cell.collectors import foil_resistance
from ragone.pipelines.cell.components import Layer
from ragone.pipelines.cell.protocols import charge_within_limits, pulse_at_largest_power
from ragone.pipelines.kpi import charge_time, energy_and_power_density, pulse_power
from ragone.pipelines.thermal import roll_temperature
from ragone.schemas import CellDesign, CellParameters, Discharge, Kpi, Recipe, Tabs
from ragone.schemas.cell import OF_PARTICLES
from ragone.schemas.materials import NMC_811

_SAUTER, _SPREAD = 5.22e-6, 0.4  # m, -
_RECIPE = Recipe(active_material_weight_fraction=0.94, porosity=0.35)
_CELSIUS = 273.15
_FOILS = {side: Layer(metre, 0.0, {}, 0.0, 0.0) for side, metre in (("positive", 16e-6), ("negative", 12e-6))}
_DIRECTIONS: tuple[Literal["discharge", "charge"], ...] = ("discharge", "charge")
_THERMAL: tuple[Literal["lumped", "isothermal"], ...] = ("lumped", "isothermal")
_STILL, _FORCED = 10.0, 50.0  # W/(m^2 K)
_COEFFICIENT = "heat_transfer_coefficient_watt_per_square_metre_kelvin"


def lines() -> list[Line]:
    """All of them, in the order of the page."""
    found = []
    for figures in (_sizes, _cores, _foils, _charges, _pulses, _loadings):
        tell((figures.__doc__ or "").rstrip("."))
        found += figures()
    return found


def _sizes() -> list[Line]:
    """Charge of a wide powder with all its sizes, and with one sphere."""
    own = reference_cell(parameter_set="Chen2020")
    cell = replace(own, positive_particle_radius_source=OF_PARTICLES, positive_particle_radius_spread=_SPREAD)
    diffusion = _SAUTER * float(np.exp(1.5 * _SPREAD**2))
    found = []
    for rate, name in ((0.2, "C/5"), (1.0, "1C"), (3.0, "3C")):
        every = _charge(cell, rate, _SAUTER, 20)
        one, other = (_charge(cell, rate, radius, 0) / every - 1 for radius in (_SAUTER, diffusion))
        found.append(stated(f"all sizes at {name}; Sauter, diffusion", f"{every:.4f} A.h; {one:+.2%}, {other:+.2%}"))
    return found


def _charge(cell: CellParameters, rate: float, radius: float, sizes: int) -> float:
    """Charge down to 2.5 V [A.h]; the reacting surface stays that of the powder, whatever the sphere."""
    ratio = radius / _SAUTER * cell.positive_surface_area_ratio
    changed = replace(cell, positive_particle_radius_metre=radius, positive_surface_area_ratio=ratio)
    done = discharge_at_constant_current(changed, rate_per_hour=rate, particle_size_points=sizes)
    return -float(np.trapezoid(done.current_ampere, done.test_time_second)) / 3600


def _cores() -> list[Line]:
    """Core of a roll beside its lump."""
    lg_m50, large = _lg_m50(), _cell_4680(0.2)
    found = []
    for loss in (_STILL, _FORCED):
        heat: dict[str, Any] = {"thermal": "lumped", _COEFFICIENT: loss}
        done = discharge_at_constant_current(lg_m50, rate_per_hour=2.0, **heat)
        found.append(_core(f"LG M50, 2C, {loss:g} W/(m^2 K)", lg_m50, done, loss))
        done = discharge_at_constant_power(large, power_watt=200.0, **heat)
        found.append(_core(f"4680, 200 W, {loss:g} W/(m^2 K)", large, done, loss))
    return found


def _core(what: str, cell: CellParameters, discharge: Discharge, loss: float) -> Line:
    kpis = roll_temperature.function(discharge, cell, **{_COEFFICIENT: loss})
    lump = float(discharge.temperature_kelvin.max()) - _CELSIUS
    core = _value(kpis, "core_temperature") - _CELSIUS
    over = _value(kpis, "core_to_surface_difference")
    return stated(f"{what}: lump, core, over side", f"{lump:.1f} degC, {core:.1f} degC, {over:.1f} K")


def _foils() -> list[Line]:
    """Resistance of foils by their tabs."""
    lg_m50, found = {"wound_length_metre": 0.79, "coated_height_metre": 0.065}, []
    for tabs in (Tabs.END, Tabs.MIDDLE, Tabs.TABLESS):
        design = CellDesign(mass_loading_kilogram_per_square_metre=0.2, form_factor="21700", tabs=tabs)
        foils = [foil_resistance(design, lg_m50, side, foil) for side, foil in _FOILS.items()]
        found.append(_mohm(f"foils of the LG M50, tabs {tabs}", foils))
    large = _cell_4680(0.2, tabs=Tabs.TABLESS).components["series_resistances_ohm"]
    return [*found, _mohm("foils of a 4680, tabless", [large[f"{side}_foil"] for side in _FOILS])]


def _mohm(what: str, ohms: list[float]) -> Line:
    return stated(f"{what}: positive, negative", f"{', '.join(f'{1e3 * ohm:#.3g}' for ohm in ohms)} mohm")


def _charges() -> list[Line]:
    """Charge of the LG M50 within limits."""
    cases: Mapping[str, dict[str, Any]] = {
        "from 25 degC": {},
        "from 0 degC": {"ambient_temperature_kelvin": _CELSIUS},
        "with 35 degC as limit": {"largest_temperature_kelvin": _CELSIUS + 35},
        "with 1C from the charger": {"largest_rate": 1.0},
    }
    found = []
    for name, case in cases.items():
        kpi = charge_time.function(charge_within_limits(_lg_m50(), **case))
        found.append(stated(f"charge from 10 to 80 % {name}", f"{_value({'time': kpi}, 'time') / 60:.1f} min"))
    return found


def _pulses() -> list[Line]:
    """Pulses of the LG M50 at the largest power."""
    cell, found = _lg_m50(), []
    for ambient, direction, thermal in product((-10, 25), _DIRECTIONS, _THERMAL):
        given: dict[str, Any] = {"ambient_temperature_kelvin": _CELSIUS + ambient, "thermal": thermal}
        pulse = pulse_at_largest_power(cell, direction=direction, **given)
        power = _value(pulse_power.function(pulse), f"{direction}_pulse_power")
        rise = float(np.ptp(pulse.temperature_kelvin))
        found.append(stated(f"{direction} pulse at {ambient} degC, {thermal}", f"{power:.1f} W, {rise:.1f} K"))
    return found


def _loadings() -> list[Line]:
    """A 4680 at 200 W, by its loading and how it is cooled."""
    found = []
    for loading in (0.1, 0.2, 0.3):
        cell, cells = _cell_4680(loading), []
        for loss in (None, _STILL, 20.0, _FORCED, 100.0):
            heat: dict[str, Any] = {} if loss is None else {"thermal": "lumped", _COEFFICIENT: loss}
            done = discharge_at_constant_power(cell, power_watt=200.0, **heat)
            density = _value(energy_and_power_density.function(done, cell), "energy_density")
            rise = "" if loss is None else f" {np.ptp(done.temperature_kelvin):.0f} K"
            cells.append(f"{density:.0f}{rise}")
        found.append(stated(f"{100 * loading:g} mg/cm2: isothermal, 10, 20, 50, 100 W/(m^2 K)", ", ".join(cells)))
    return found


def _lg_m50() -> CellParameters:
    return reference_cell(parameter_set="Chen2020_Arrhenius", form_factor="21700")


def _cell_4680(loading: float, **design: Any) -> CellParameters:
    """The 4680 of this loading [kg/m^2]; keyword arguments are fields of its design."""
    transport = ideal_transport(_RECIPE, NMC_811, particle_radius_metre=_SAUTER)
    return assemble_cell(transport, NMC_811, CellDesign(mass_loading_kilogram_per_square_metre=loading, **design))


def _value(kpis: Mapping[str, Kpi], name: str) -> float:
    """The value of a KPI that has one."""
    value = kpis[name].value
    assert value is not None, kpis[name].method
    return value
