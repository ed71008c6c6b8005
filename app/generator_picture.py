"""Pictures of a generator: how its loss fell while it was trained."""

from __future__ import annotations

from pathlib import Path

from schemas import Generator

_SIZE = (6.0, 4.0)  # inches


def draw_loss(generator: Generator, path: str | Path) -> None:
    """The training loss against the steps."""
    import matplotlib.figure

    figure = matplotlib.figure.Figure(figsize=_SIZE, layout="constrained")
    axes = figure.subplots()
    axes.plot(generator.training_step, generator.training_loss, marker="o", color="#1f5f8b")
    axes.set_xlabel("optimiser steps [-]")
    axes.set_ylabel("loss, all phases [-]")
    axes.set_title(f"{generator.architecture}, {len(generator.trained_on)} volumes, seed {generator.seed}")
    figure.savefig(path)
