"""The Ragone curve of the best design: what its cell delivers at each power that it was discharged at."""

from __future__ import annotations

from collections.abc import Sequence

from ragone.app.pictures.labels import literal
from ragone.app.pictures.review.canvas import OWN, Picture, canvas, png_of
from ragone.app.tables.answers import kpi_text
from ragone.schemas import Kpi


def draw_powers(points: Sequence[tuple[float, Kpi]], design: int) -> Picture:
    """Draw a KPI over the power of the whole cell.

    Parameters
    ----------
    points
        Power [W] and the KPI of the discharge, by power.
    design
        Its number, from 0.
    """
    figure, grid = canvas(1, 1, (6.4, 4.0))
    axes = grid[0, 0]
    powers, values = [power for power, _ in points], [kpi.measured_value for _, kpi in points]
    spreads = [kpi.standard_uncertainty or 0.0 for _, kpi in points]
    axes.errorbar(powers, values, spreads, fmt="o-", color=OWN, ms=5, capsize=3)
    name, unit = points[0][1].name.replace("_", " "), points[0][1].unit
    axes.set(xlabel="constant power of the cell [W]", ylabel=literal(f"{name} [{unit}]"))
    axes.set_ylim(bottom=0.0)
    if powers[-1] >= 10 * powers[0]:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    listed = "; ".join(f"{kpi_text(kpi)} at {power:g} W" for power, kpi in points)
    alt = f"Ragone curve of design {design + 1}: {name} {listed}."
    return Picture("ragone", png_of(figure), alt, f"{alt} Bars are one standard uncertainty.")
