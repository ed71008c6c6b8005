"""Pictures of a generator: its training loss, and the reliability of its predicted errors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ragone.models.generator.reliability import Reliability
from ragone.schemas import Generator

_SIZE = (6.0, 4.0)  # inches
_COLOURS = ("#1f5f8b", "#d78700", "#b03a2e")
_BAND = 1.645  # standard deviations of a central 90 %


def draw_loss(generator: Generator, path: str | Path) -> None:
    """Draw the training loss against the steps."""
    import matplotlib.figure

    figure = matplotlib.figure.Figure(figsize=_SIZE, layout="constrained")
    axes = figure.subplots()
    axes.plot(generator.training_step, generator.training_loss, marker="o", color="#1f5f8b")
    axes.set_xlabel("optimiser steps [-]")
    axes.set_ylabel("loss, all phases [-]")
    axes.set_title(f"{generator.architecture}, {len(generator.trained_on)} volumes, seed {generator.seed}")
    figure.savefig(path)


def draw_reliability(found: Sequence[Reliability], path: str | Path) -> None:
    """Draw measured errors against predicted standard deviations, a panel per metric; 90 % belong below the line."""
    import matplotlib.figure

    names = found[0].metric_names
    figure = matplotlib.figure.Figure(figsize=(_SIZE[0] * len(names), _SIZE[1] + 0.5), layout="constrained")
    for place, axes in enumerate(np.atleast_1d(figure.subplots(1, len(names)))):
        for one, colour in zip(found, _COLOURS, strict=False):
            axes.plot(one.sigma[:, place], np.abs(one.error[:, place]), "o", color=colour, label=one.group)
        largest = max(float(one.sigma[:, place].max()) for one in found)
        axes.plot([0, largest], [0, _BAND * largest], color="#1c1c1c", label="90 % band")
        axes.set_xlabel("predicted relative standard error [-]")
        axes.set_ylabel("measured relative error [-]")
        axes.set_title(names[place], fontsize=9)
    axes.legend()
    figure.savefig(path, format="png")
