"""An explanation as a picture: what was believed and found, what matters, and which designs may be the best."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ragone.app.pictures.labels import literal
from ragone.schemas import Explanation
from ragone.schemas.unit_names import short_name

_BELIEF, _FOUND, _FIRST, _TOTAL = "#888888", "#b03030", "#1f5f8b", "#d78700"
_LIMITED = 8  # designs in the panel of chances


def draw_explanation(explanation: Explanation, path: str | Path) -> None:
    """Draw beliefs and values found, the Sobol indices of each KPI, and the chances to be the best.

    Parameters
    ----------
    explanation
        What has no value has an empty panel that says so.
    path
        Of the PNG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    kpis = list(explanation.influences) or [""]
    figure = Figure(figsize=(4.2 * (len(kpis) + 2), 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(kpis) + 2, squeeze=False)[0]
    _beliefs(panels[0], explanation)
    for axes, kpi in zip(panels[1:-1], kpis, strict=True):
        _indices(axes, explanation, kpi)
    _chances(panels[-1], explanation)
    figure.savefig(path, format="png", dpi=130, metadata={"Software": "ragone"})


def _beliefs(axes: Any, one: Explanation) -> None:
    """Each goal's belief as two standard deviations around zero, and the value found on the same scale."""
    rows = [row for row in one.believed if row["deviation"]]
    axes.set_title("belief before, and found", fontsize="medium")
    if not rows:
        _without(axes, one.reasons.get("believed", "no deviation is known"))
        return
    for number, row in enumerate(rows):
        axes.plot([-2, 2], [number, number], "-", lw=8, color=_BELIEF, alpha=0.5, solid_capstyle="butt")
        if row["found"] is not None:
            spread = (row["found_uncertainty"] or 0.0) / row["deviation"]
            away = (row["found"] - row["mean"]) / row["deviation"]
            axes.errorbar([away], [number], xerr=[spread], fmt="o", color=_FOUND, capsize=3)
    axes.set_yticks(
        range(len(rows)), [f"{literal(row['kpi'])}\n{row['mean']:.4g} ± {row['deviation']:.2g}" for row in rows]
    )
    axes.set(ylim=(len(rows) - 0.4, -0.6), xlabel="distance from the mean [standard deviations]")


def _indices(axes: Any, one: Explanation, kpi: str) -> None:
    """First and total index of each variable as bars with two standard errors, the largest on top."""
    axes.set_title(literal(f"Sobol indices of {kpi}" if kpi else "Sobol indices"), fontsize="medium")
    rows = sorted(one.influences.get(kpi, {}).items(), key=lambda item: -float(item[1]["total"]))
    if not rows:
        _without(axes, one.reasons.get("influences", ""))
        return
    for shift, name, colour in ((-0.18, "first", _FIRST), (0.18, "total", _TOTAL)):
        axes.barh(
            [place + shift for place in range(len(rows))],
            [row[name] for _, row in rows],
            0.34,
            xerr=[2 * row[f"{name}_error"] for _, row in rows],
            color=colour,
            label=name,
        )
    axes.set_yticks(range(len(rows)), [literal(short_name(path.partition(".")[2])) for path, _ in rows])
    axes.set(ylim=(len(rows) - 0.4, -0.6), xlabel="share of the variance [-]")
    axes.legend(frameon=False, fontsize="small")


def _chances(axes: Any, one: Explanation) -> None:
    """The chance that each design is the best, this one on top."""
    axes.set_title("chance to be the best evaluated", fontsize="medium")
    if one.chance_best is None:
        _without(axes, one.reasons.get("rivals", ""))
        return
    rows = [("this design", one.chance_best), *((r["candidate_id"][:16], r["chance_best"]) for r in one.rivals)]
    rows = rows[:_LIMITED]
    colours = [_FOUND, *[_BELIEF] * (len(rows) - 1)]
    axes.barh(range(len(rows)), [chance for _, chance in rows], color=colours)
    axes.set_yticks(range(len(rows)), [literal(name) for name, _ in rows])
    axes.set(ylim=(len(rows) - 0.4, -0.6), xlim=(0, 1), xlabel="probability [-]")


def _without(axes: Any, reason: str) -> None:
    axes.text(
        0.5, 0.5, literal(reason), ha="center", va="center", wrap=True, transform=axes.transAxes, fontsize="small"
    )
    axes.set_axis_off()
