"""Pictures of comparisons: Ragone curves of several designs, and the error of Bruggeman's relation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ragone.schemas import Kpi

_COLOURS = ("#1f5f8b", "#d78700", "#3a9a5b", "#a03a8f", "#7a7a7a", "#b03030")


@dataclass(frozen=True)
class RagoneCurve:
    """One design: what it is, and (power [W], value, standard uncertainty) of each discharge that completed."""

    label: str
    points: Sequence[tuple[float, float, float]]
    kpi: str
    unit: str


@dataclass(frozen=True)
class BruggemanRow:
    """One porosity: the mean tau with its standard error, each element's in three directions, and errors per rate."""

    porosity: float
    tortuosity_factor: float
    standard_error: float | None
    tensors: Sequence[Sequence[float]]
    deviations: Sequence[float | None]
    deviation_ids: Sequence[str]

    @property
    def bruggeman(self) -> float:
        """Bruggeman's tau [-], exponent 3/2."""
        return float(self.porosity**-0.5)


@dataclass(frozen=True)
class Trialled:
    """One design of a campaign: porosity [-], active-material weight fraction [-], and its objective."""

    porosity: float
    active_fraction: float
    value: float
    best: bool


@dataclass(frozen=True)
class Panel:
    """A campaign in a picture."""

    name: str
    trials: Sequence[Trialled]
    objective: str
    unit: str


def draw_panels(panels: Sequence[Panel], path: str | Path) -> None:
    """Campaigns beside each other: where their designs lie, coloured by the objective; the best is ringed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = -(-len(panels) // 4)
    figure = Figure(figsize=(15, 3.6 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, panel in zip(figure.subplots(rows, 4, squeeze=False).flat, panels, strict=False):
        shades = [trial.value for trial in panel.trials]
        dots = axes.scatter(
            [t.porosity for t in panel.trials], [t.active_fraction for t in panel.trials], c=shades, cmap="viridis"
        )
        for trial in panel.trials:
            if trial.best:
                axes.plot(trial.porosity, trial.active_fraction, "o", ms=13, mfc="none", mec="crimson", mew=2)
        figure.colorbar(dots, ax=axes, label=f"{panel.objective.replace('_', ' ')} [{panel.unit}]")
        axes.set(xlabel="porosity [-]", ylabel="active weight fraction [-]", title=panel.name)
    _save(figure, path)


def draw_ragone(curves: Sequence[RagoneCurve], crossings: Sequence[Kpi], path: str | Path) -> None:
    """Energy against power, a line for each design; powers at which two cross are marked."""
    figure, axes = _panels(1, (9, 5.5))
    for curve, colour in zip(curves, _COLOURS * len(curves), strict=False):
        if curve.points:
            power, value, spread = zip(*curve.points, strict=True)
            axes[0].errorbar(power, value, yerr=spread, fmt="o-", color=colour, ms=4, capsize=2, label=curve.label)
    for kpi in crossings:
        axes[0].axvline(kpi.value, color="#999999", ls=":", lw=1)
        axes[0].annotate(f"{kpi.value:.3g} W", (kpi.value, 0.02), xycoords=("data", "axes fraction"), rotation=90)
    drawn = [curve for curve in curves if curve.points]
    unit, name = (drawn[0].unit, drawn[0].kpi) if drawn else ("-", "")
    axes[0].set(xscale="log", xlabel="constant power of the cell [W]", ylabel=f"{name.replace('_', ' ')} [{unit}]")
    axes[0].set_ylim(bottom=0)
    if drawn:
        axes[0].legend(frameon=False, fontsize="small")
    _save(figure, path)


def draw_bruggeman(rows: Sequence[BruggemanRow], rates: Sequence[float], kpi: str, path: str | Path) -> None:
    """Tortuosity factors over porosity, and the map of the relative error over porosity and rate."""
    rows = sorted(rows, key=lambda row: row.porosity)
    figure, (left, right) = _panels(2, (12, 5))
    porosity = [row.porosity for row in rows]
    for axis, (label, marker) in enumerate((("through-plane", "s"), ("in-plane", "^"), ("in-plane", "v"))):
        places = [row.porosity for row in rows for _ in row.tensors]
        values = [tensor[axis] for row in rows for tensor in row.tensors]
        left.plot(
            places, values, marker, mfc="none", alpha=0.6, color=_COLOURS[axis], label=f"a volume element, {label}"
        )
    spread = [row.standard_error or 0.0 for row in rows]
    left.errorbar(
        porosity, [r.tortuosity_factor for r in rows], yerr=spread, fmt="o-", color=_COLOURS[0], label="measured, mean"
    )
    left.plot(porosity, [row.bruggeman for row in rows], "k--", label="Bruggeman, porosity$^{-1/2}$")
    left.set(xlabel="porosity [-]", ylabel="pore tortuosity factor [-]")
    left.legend(frameon=False)
    error = np.array([[np.nan if v is None else 100 * v for v in row.deviations] for row in rows])
    largest = max(float(np.nanmax(np.abs(error))), 1e-3) if np.isfinite(error).any() else 1.0
    picture = right.pcolormesh(
        np.arange(len(rates) + 1), np.arange(len(rows) + 1), error, cmap="RdBu_r", vmin=-largest, vmax=largest
    )
    for (row, column), value in np.ndenumerate(error):
        text = "none" if np.isnan(value) else f"{value:+.1f}"
        dark = not np.isnan(value) and abs(value) > 0.6 * largest
        right.text(column + 0.5, row + 0.5, text, ha="center", va="center", color="white" if dark else "black")
    right.set_xticks(np.arange(len(rates)) + 0.5, [f"{rate:g}C" for rate in rates])
    right.set_yticks(np.arange(len(rows)) + 0.5, [f"{p:.2f}" for p in porosity])
    right.set(xlabel="rate", ylabel="porosity [-]", title="Bruggeman's less measured, over measured")
    figure.colorbar(picture, ax=right, label=f"error of {kpi.replace('_', ' ')} [%]")
    _save(figure, path)


def _panels(count: int, size: tuple[float, float]) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, count, squeeze=False)[0]


def _save(figure: Any, path: str | Path) -> None:
    figure.savefig(path, format="png", dpi=130, metadata={"Software": "ragone"})
