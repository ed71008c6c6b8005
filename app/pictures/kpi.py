"""Curves as a picture: voltage over charge, and beside it the differential capacity with its errors and peaks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from app.pictures.drawing import PictureError
from app.tables.answers import short
from pipelines.curve.halves import halves_of
from pipelines.curve.steps import StepKind
from pipelines.kpi.differential import chosen_bandwidth, peaks_of
from pipelines.kpi.differential.samples import charge_passed, charges_of, slowest, sweeps
from schemas import Curve, Record

_STYLES = {StepKind.DISCHARGE: "-", StepKind.CHARGE: "--"}
_LEAST_SIGNIFICANCE = 4.0  # as the KPIs' default


def draw_curves(records: Mapping[str, Record], path: str | Path) -> None:
    """Draw the curves among some records into a PNG file, a colour each; discharges solid, charges dashed.

    Raises
    ------
    PictureError
        If none of them is a curve with samples.
    """
    curves = {n: r for n, r in records.items() if isinstance(r, Curve) and len(r.test_time_second) > 1}
    if not curves:
        raise PictureError(f"{', '.join(records)}: nothing to draw. A curve with samples has a picture.")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for number, (name, curve) in enumerate(curves.items()):
        colour = f"C{number % 10}"
        _draw_voltage(left, curve, colour)
        _draw_differential(right, curve, colour)
        left.plot([], [], color=colour, label=f"{list(records).index(name) + 1}  {short(name)}")
    left.set(xlabel="charge since the current turned [A.h]", ylabel="voltage [V]", title="discharge -, charge - -")
    left.legend(frameon=False, fontsize=8)
    right.set(xlabel="voltage [V]", ylabel="dQ/dV [A.h/V]", title="slowest sweeps; band: standard error; dots: peaks")
    figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})


def _draw_voltage(axes: Any, curve: Curve, colour: str) -> None:
    """Voltage over the charge of each half cycle."""
    for half in halves_of(curve):
        passed = 0.0
        for step in half.steps:
            charge = passed + charge_passed(step)
            axes.plot(charge, step.voltage, _STYLES[half.kind], color=colour, lw=1)
            passed = float(charge[-1])


def _draw_differential(axes: Any, curve: Curve, colour: str) -> None:
    """As the KPIs see it."""
    for kind, style in _STYLES.items():
        found = sweeps([curve], kind)
        if not found:
            continue
        charges = charges_of(slowest(found))
        bandwidth = chosen_bandwidth(charges)
        density = charges.density(bandwidth)
        error = np.sqrt(charges.variance(bandwidth) + charges.bias(bandwidth) ** 2)
        axes.plot(charges.centres, density, style, color=colour, lw=1)
        axes.fill_between(charges.centres, density - error, density + error, color=colour, alpha=0.2, lw=0)
        peaks = peaks_of(charges, bandwidth, _LEAST_SIGNIFICANCE)
        axes.plot([p.voltage.value for p in peaks], [p.height.value for p in peaks], "o", color=colour, ms=4)
