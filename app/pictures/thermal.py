"""Heat against temperature: the balance of a load in one panel, Semenov's diagram in the other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ragone.schemas import HeatBalance, Kpi

_ZERO = 273.15  # K
_COLOURS = ("#1f5f8b", "#5f87af", "#d78700", "#5fd787", "#888888", "#d787d7")


def draw_thermal(balance: HeatBalance, steady: Mapping[str, Kpi], runaway: Mapping[str, Kpi], path: str | Path) -> None:
    """Draw both balances of a cell into a PNG file.

    Parameters
    ----------
    balance
        Heat over temperature.
    steady, runaway
        The KPIs of the same cell by name.
    path
        Of the file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    _load_balance(left, balance, steady)
    _semenov(right, balance, runaway)
    for axes in (left, right):
        axes.set(xlabel="cell temperature [degC]", ylabel="heat [W]")
    figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})


def _load_balance(axes: Any, balance: HeatBalance, kpis: Mapping[str, Kpi]) -> None:
    """Sources stacked over temperature, what is lost, and where both meet."""
    steady, biot, temperatures = kpis["steady_temperature"].value, kpis["biot_number"].value, balance.temperature_kelvin
    if len(temperatures):
        labels = [name.removesuffix(" [W]") for name in balance.source_names]
        axes.stackplot(temperatures - _ZERO, balance.heat_watt, labels=labels, colors=_COLOURS, alpha=0.8)
        axes.plot(temperatures - _ZERO, _loss(balance, temperatures), "k--", label="loss to the ambient")
    if steady is not None:
        axes.plot(steady - _ZERO, kpis["steady_heat"].measured_value, "o", color="crimson", label="steady")
    load = f"{balance.c_rate:g}C" if balance.power_watt is None else f"{balance.power_watt:g} W"
    number = "Biot number unknown" if biot is None else f"Biot number {biot:.2g}"
    axes.set(title=f"discharge at {load}: {number}{', no steady temperature' if steady is None else ''}")
    axes.legend(frameon=False, fontsize="small")


def _semenov(axes: Any, balance: HeatBalance, kpis: Mapping[str, Kpi]) -> None:
    """Decomposition of the fresh cell, and the loss line that only just meets it."""
    critical, touching = kpis["critical_ambient_temperature"].value, kpis["temperature_of_no_return"].value
    axes.set(title="decomposition, nothing used up: Semenov's diagram")
    if critical is None or touching is None or not len(balance.decomposition_temperature_kelvin):
        axes.text(0.5, 0.5, "not determined", ha="center", transform=axes.transAxes)
        return
    width = touching - critical
    low, high = critical - 2 * width, touching + 1.5 * width
    temperatures = balance.decomposition_temperature_kelvin
    shown = (temperatures >= low) & (temperatures <= high)
    axes.plot(temperatures[shown] - _ZERO, balance.decomposition_heat_watt[shown], label="generation")
    ends = np.array([low, high])
    for word, shift, style in (("cooler", -width, "k--"), ("critical", 0.0, "k-"), ("warmer", width / 2, "k:")):
        ambient = critical + shift
        label = f"loss, {word} ambient {ambient - _ZERO:.1f} degC"
        axes.plot(ends - _ZERO, _loss(balance, ends, ambient), style, lw=1, label=label)
    height = float(_loss(balance, np.array([touching]), critical)[0])  # where the loss touches the generation
    axes.plot(touching - _ZERO, height, "o", color="crimson", label="no return")
    axes.set(ylim=(0, 2 * height))
    axes.legend(frameon=False, fontsize="small")


def _loss(balance: HeatBalance, temperatures: Any, ambient: float | None = None) -> Any:
    """Heat lost to an ambient, that of the balance unless given [W]."""
    surroundings = balance.ambient_temperature_kelvin if ambient is None else ambient
    return (balance.conductance_watt_per_kelvin or 0.0) * (temperatures - surroundings)
