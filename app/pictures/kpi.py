"""Curves as a picture: voltage over charge, and beside it the differential capacity with its errors and peaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ragone.app.pictures.drawing import PictureError
from ragone.app.tables.answers import short
from ragone.pipelines.curve.halves import halves_of
from ragone.pipelines.curve.steps import StepKind
from ragone.pipelines.kpi.differential.samples import charge_passed
from ragone.schemas import Curve, DifferentialCapacity, Kpi, Record

_STYLES = {StepKind.DISCHARGE: "-", StepKind.CHARGE: "--"}


def drawable(records: Sequence[Record]) -> list[Curve]:
    """The curves with samples among some records.

    Raises
    ------
    PictureError
        If there is none.
    """
    curves = [record for record in records if isinstance(record, Curve) and len(record.test_time_second) > 1]
    if not curves:
        ids = ", ".join(record.id for record in records)
        raise PictureError(f"{ids}: nothing to draw. A curve with samples has a picture.")
    return curves


def draw_curves(
    curves: Sequence[Curve],
    capacities: Sequence[DifferentialCapacity],
    peaks: Sequence[Mapping[str, Kpi]],
    numbers: Sequence[int],
    path: str | Path,
) -> None:
    """Draw curves into a PNG file, a colour each; discharges solid, charges dashed.

    Parameters
    ----------
    curves
        With samples.
    capacities, peaks
        DQ/dV of each, and the KPIs of its peaks by name.
    numbers
        What each is called.
    path
        Of the file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for order, (curve, capacity, kpis) in enumerate(zip(curves, capacities, peaks, strict=True)):
        colour = f"C{order % 10}"
        _draw_voltage(left, curve, colour)
        _draw_differential(right, capacity, kpis, colour)
        left.plot([], [], color=colour, label=f"{numbers[order]}  {short(curve.id)}")
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


def _draw_differential(axes: Any, capacity: DifferentialCapacity, kpis: Mapping[str, Kpi], colour: str) -> None:
    """Draw the differential capacity as the KPIs use it."""
    for kind, style in _STYLES.items():
        voltage, density, error = capacity.of(kind)
        axes.plot(voltage, density, style, color=colour, lw=1)
        axes.fill_between(voltage, density - error, density + error, color=colour, alpha=0.2, lw=0)
    for name, kpi in kpis.items():
        height = kpis.get(name.replace("_voltage", "_height"))
        if name.endswith("_voltage") and kpi.value is not None and height is not None:
            axes.plot([kpi.value], [height.measured_value], "o", color=colour, ms=4)
