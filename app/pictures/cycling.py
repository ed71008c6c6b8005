"""A protocol, simulated or measured, as a picture: voltage, current, and what it was watched for, over time."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import numpy as np

from ragone.app.pictures.labels import literal
from ragone.app.tables.cycling import PLATING_MARGIN
from ragone.schemas import Cycling, Measurement

_HOUR = 3600.0
_ZERO_CELSIUS = 273.15


def draw_cycling(cycling: Cycling | Measurement, path: str | Path | IO[bytes]) -> None:
    """Draw a record as PNG: a panel for each quantity; that of plating with its limit, 0 V.

    Parameters
    ----------
    cycling
        With samples.
    path
        Of the file, or the file itself.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = _panels(cycling)
    figure = Figure(figsize=(8, 1.2 + 1.9 * len(panels)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    hours = cycling.test_time_second / _HOUR
    for panel, (label, values) in zip(axes, panels.items(), strict=True):
        panel.plot(hours, values, lw=1.2, color="#1f5f8b")
        panel.set_ylabel(label)
        if label.startswith("plating"):
            panel.axhline(0.0, color="crimson", lw=0.8)
    axes[-1].set_xlabel("time [h]")
    what = cycling.outcome if isinstance(cycling, Cycling) else literal(cycling.cell_name)
    figure.suptitle(f"{cycling.id[:30]}: {what}")
    figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})


def _panels(cycling: Cycling | Measurement) -> dict[str, Any]:
    panels: dict[str, Any] = {"voltage [V]": cycling.voltage_volt, "current [A]": cycling.current_ampere}
    if isinstance(cycling, Cycling) and PLATING_MARGIN in cycling.variable_names:
        panels["plating margin [V]"] = cycling.variable(PLATING_MARGIN)
    if len(cycling.temperature_kelvin) and np.ptp(cycling.temperature_kelvin) > 0:
        panels["temperature [degC]"] = cycling.temperature_kelvin - _ZERO_CELSIUS
    return panels
