"""A capacity fade in two panels: what was delivered in each cycle, and where the lithium went."""

from __future__ import annotations

import numpy as np

from ragone.app.pictures.drawing import PictureError, Target
from ragone.schemas import CapacityFade

LOSSES = {
    "Loss of capacity to negative SEI [A.h]": "SEI",
    "Loss of capacity to negative SEI on cracks [A.h]": "SEI on cracks",
    "Loss of capacity to negative lithium plating [A.h]": "plating",
}


def draw_ageing(fade: CapacityFade, path: Target) -> None:
    """Draw capacity and lost lithium over the cycles into a PNG file.

    Raises
    ------
    PictureError
        If fewer than two cycles were done.
    """
    if len(fade.cycle_count) < 2:
        raise PictureError(f"{fade.id} has no picture: fewer than two cycles; {fade.outcome}.")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    losses = {words: fade.variables[fade.variable_names.index(name)] for name, words in LOSSES.items()
              if name in fade.variable_names}  # fmt: skip
    figure = Figure(figsize=(11 if losses else 6, 4.4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2 if losses else 1, squeeze=False)[0]
    panels[0].plot(fade.cycle_count, fade.discharging_capacity_ampere_hour, ".-", ms=3, lw=1)
    panels[0].set(xlabel="cycle", ylabel="discharged [A h]", title=str(fade.outcome))
    if losses:
        panels[1].stackplot(fade.cycle_count, *(np.maximum(each, 0) for each in losses.values()), labels=list(losses))
        panels[1].set(xlabel="cycle", ylabel="lithium lost [A h]")
        panels[1].legend(loc="upper left")
    figure.suptitle(fade.id[:30])
    figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})
