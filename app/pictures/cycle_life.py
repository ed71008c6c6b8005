"""A capacity fade as a picture: capacity with its error, resistance, the end of life and the knees."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO

from ragone.app.pictures.labels import literal
from ragone.schemas import CapacityFade, CycleLife, Kpi

_KNEES = {"knee_onset_cycle": "onset of the knee", "knee_cycle": "knee", "knee_cycle_by_tangents": "knee by tangents"}
_STYLES = {"knee_onset_cycle": ":", "knee_cycle": "--", "knee_cycle_by_tangents": "-."}


def draw_fade(fade: CapacityFade, life: CycleLife, kpis: Mapping[str, Kpi], path: str | Path | IO[bytes]) -> None:
    """Draw a fade as PNG.

    Parameters
    ----------
    fade
        Its cycles.
    life
        Its life; drawn if it is counted in cycles.
    kpis
        Its knees by name; those without a value are left out.
    path
        Of the file, or the file itself.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = 1 + bool(len(fade.internal_resistance_ohm))
    figure = Figure(figsize=(8, 1.4 + 2.8 * panels), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(panels, 1, sharex=True, squeeze=False)[:, 0]
    error = fade.discharging_capacity_error_ampere_hour
    axes[0].errorbar(
        fade.cycle_count,
        fade.discharging_capacity_ampere_hour,
        yerr=error if len(error) else None,
        fmt=".",
        ms=3,
        lw=0.6,
        color="#1f5f8b",
    )
    axes[0].set_ylabel("discharging capacity [A.h]")
    if panels > 1:
        axes[1].plot(fade.cycle_count, fade.internal_resistance_ohm, ".", ms=3, color="#1f5f8b")
        axes[1].set_ylabel("resistance [ohm]")
    for name, label in _KNEES.items():
        kpi = kpis.get(name)
        if kpi is not None and kpi.value is not None:
            axes[0].axvline(kpi.value, ls=_STYLES[name], lw=1, color="#d78700", label=f"{label}, {kpi.value:.4g}")
    if life.unit == "cycle" and life.upper is not None:
        axes[0].axvspan(life.lower, life.upper, color="crimson", alpha=0.6, label=f"end of life, {life.upper:.4g}")
    if axes[0].get_legend_handles_labels()[1]:
        axes[0].legend(frameon=False)
    axes[-1].set_xlabel("cycle")
    figure.suptitle(literal(fade.cell_name))
    figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})
