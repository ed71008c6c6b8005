"""Heat against temperature: the balance of a load in one panel, Semenov's diagram in the other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.cell.heat import SOURCES
from pipelines.cell.simulation import Numerics
from pipelines.thermal.decomposition import KIM_2007, decomposition_of
from pipelines.thermal.discharge_heat import discharge_heat, load_of
from schemas import CellParameters, Kpi, KpiOutcome

_H = "heat_transfer_coefficient_watt_per_square_metre_kelvin"
_AMBIENT = "ambient_temperature_kelvin"
_ZERO = 273.15  # K
_POINTS = 6  # temperatures at which a discharge is computed
_NUMERICS = Numerics(20, 1e-6, 1e-6)
_COLOURS = ("#1f5f8b", "#5f87af", "#d78700", "#5fd787", "#888888", "#d787d7")


def draw_thermal(
    cell: CellParameters,
    settings: Mapping[str, Mapping[str, Any]],
    steady: Mapping[str, Kpi],
    runaway: Mapping[str, Kpi],
    path: str | Path,
) -> None:
    """Draw both balances of a cell into a PNG file.

    Parameters
    ----------
    cell
        The cell.
    settings
        Parameters of the two stages, "steady" and "runaway".
    steady, runaway
        Their KPIs by name.
    path
        Of the file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    _load_balance(left, cell, settings["steady"], steady)
    _semenov(right, cell, settings["runaway"], runaway)
    for axes in (left, right):
        axes.set(xlabel="cell temperature [degC]", ylabel="heat [W]")
    figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})


def _load_balance(axes: Any, cell: CellParameters, given: Mapping[str, Any], kpis: Mapping[str, Kpi]) -> None:
    """Sources stacked over temperature, what is lost, and where both meet."""
    ambient, steady, biot = given[_AMBIENT], kpis["steady_temperature"], kpis["biot_number"]
    rise = steady.measured_value - ambient if _known(steady) else 20.0
    temperatures = np.linspace(ambient, ambient + max(1.6 * rise, 10.0), _POINTS)
    at = discharge_heat(cell, load_of(cell, given.get("power_watt"), given.get("c_rate")), _NUMERICS)
    pairs = [(t, heat) for t in temperatures if not (heat := at(float(t))).failure]
    kept = np.array([t for t, _ in pairs]) - _ZERO
    shares = [[heat.sources[name] for _, heat in pairs] for name in SOURCES]
    labels = [name.removesuffix(" [W]") for name in SOURCES]
    if pairs:
        axes.stackplot(kept, shares, labels=labels, colors=_COLOURS, alpha=0.8)
    loss = given[_H] * (cell.cooled_area_square_metre or 0.0) * (temperatures - ambient)
    axes.plot(temperatures - _ZERO, loss, "k--", label="loss to the ambient")
    if _known(steady):
        axes.plot(
            steady.measured_value - _ZERO, kpis["steady_heat"].measured_value, "o", color="crimson", label="steady"
        )
    load = f"{given['power_watt']:g} W" if "power_watt" in given else f"{given['c_rate']:g}C"
    number = f"Biot number {biot.measured_value:.2g}" if _known(biot) else "Biot number unknown"
    axes.set(title=f"discharge at {load}: {number}{'' if _known(steady) else ', no steady temperature'}")
    axes.legend(frameon=False, fontsize="small")


def _semenov(axes: Any, cell: CellParameters, given: Mapping[str, Any], kpis: Mapping[str, Kpi]) -> None:
    """Decomposition of the fresh cell, and the loss line that only just meets it."""
    critical, touching = kpis["critical_ambient_temperature"], kpis["temperature_of_no_return"]
    axes.set(title="decomposition, nothing used up: Semenov's diagram")
    if not (_known(critical) and _known(touching)):
        axes.text(0.5, 0.5, "not determined", ha="center", transform=axes.transAxes)
        return
    decomposition = decomposition_of(cell, KIM_2007)
    conductance = given[_H] * (cell.cooled_area_square_metre or 0.0)
    width = touching.measured_value - critical.measured_value
    temperatures = np.linspace(critical.measured_value - 2 * width, touching.measured_value + 1.5 * width, 200)
    axes.plot(temperatures - _ZERO, [decomposition.heat(t) for t in temperatures], label="generation")
    for word, shift, style in (("cooler", -width, "k--"), ("critical", 0.0, "k-"), ("warmer", width / 2, "k:")):
        ambient = critical.measured_value + shift
        loss = conductance * (temperatures - ambient)
        axes.plot(temperatures - _ZERO, loss, style, lw=1, label=f"loss, {word} ambient {ambient - _ZERO:.1f} degC")
    axes.plot(
        touching.measured_value - _ZERO,
        decomposition.heat(touching.measured_value),
        "o",
        color="crimson",
        label="no return",
    )
    axes.set(ylim=(0, 2 * decomposition.heat(touching.measured_value)))
    axes.legend(frameon=False, fontsize="small")


def _known(kpi: Kpi) -> bool:
    return kpi.outcome is KpiOutcome.MEASURED
