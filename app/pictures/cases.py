"""Pictures of the case studies: the plateaus of campaigns, and a front of two objectives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragone.app.pictures.labels import literal
from ragone.schemas import Plateau
from ragone.schemas.unit_names import short_name, unit_of

_EVALUATED, _PREDICTED, _FRONT, _OTHER = "#1f5f8b", "#d78700", "#b03030", "#888888"


@dataclass(frozen=True)
class Point:
    """A design of a campaign with two objectives: both values, and whether it is on the front."""

    first: float
    second: float
    on_front: bool


def draw_plateaus(plateaus: Mapping[str, Plateau], spaces: Mapping[str, Mapping[str, Any]], path: str | Path) -> None:
    """Draw the ranges of each variable, a panel each and a row for each campaign.

    Parameters
    ----------
    plateaus
        By the name of the campaign.
    spaces
        Path to low and high of each, as the campaign records it; where the panels end.
    path
        Of the PNG file.
    """
    names = list(dict.fromkeys(n for one in plateaus.values() for n in one.names if _is_number(one, n)))
    figure, panels = _panels(max(len(names), 1), (4.2 * max(len(names), 1), 1.2 + 0.42 * len(plateaus)))
    for axes, name in zip(panels, names, strict=False):
        for row, one in enumerate(plateaus.values()):
            for where, colour, width in ((one.predicted, _PREDICTED, 9), (one.evaluated, _EVALUATED, 4)):
                if where.get(name):
                    axes.plot(where[name], [row, row], "-", lw=width, color=colour, solid_capstyle="butt")
                    axes.plot(where[name], [row, row], "|", color=colour, ms=width + 3)
        ends = [space[name] for space in spaces.values() if "low" in space.get(name, {})]
        unit = unit_of(name.partition(".")[2])
        axes.set(
            xlim=(min(end["low"] for end in ends), max(end["high"] for end in ends)),
            ylim=(len(plateaus) - 0.4, -0.6),
            xlabel=f"{short_name(name.partition('.')[2])} [{'-' if unit == '1' else unit}]",
        )
        axes.set_yticks(range(len(plateaus)), [literal(campaign) for campaign in plateaus])
    for colour, label in ((_EVALUATED, "evaluated"), (_PREDICTED, "predicted")):
        panels[0].plot([], [], lw=5, color=colour, label=label)
    panels[0].legend(frameon=False, fontsize="small")
    _save(figure, path)


def draw_front(
    points: Sequence[Point], marked: Mapping[str, tuple[float, float]], labels: tuple[str, str], path: str | Path
) -> None:
    """Draw all designs of a campaign by both objectives, its front as a line, and other designs by their name."""
    figure, (axes,) = _panels(1, (7, 5.5))
    others, front = ([p for p in points if p.on_front is on] for on in (False, True))
    front = sorted(front, key=lambda point: point.first)
    axes.plot([p.first for p in others], [p.second for p in others], "o", color=_OTHER, ms=4, label="other designs")
    axes.plot([p.first for p in front], [p.second for p in front], "o-", color=_FRONT, ms=5, label="front")
    for name, (first, second) in marked.items():
        axes.plot([first], [second], "D", mfc="none", color="black")
        axes.annotate(literal(name), (first, second), xytext=(6, 4), textcoords="offset points", fontsize=8)
    axes.set(xlabel=literal(labels[0]), ylabel=literal(labels[1]))
    axes.legend(frameon=False, fontsize="small")
    _save(figure, path)


def _is_number(plateau: Plateau, name: str) -> bool:
    return not any(isinstance(end, str) for end in plateau.evaluated.get(name, ()))


def _panels(count: int, size: tuple[float, float]) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, count, squeeze=False)[0]


def _save(figure: Any, path: str | Path) -> None:
    figure.savefig(path, format="png", dpi=130, metadata={"Software": "ragone"})
