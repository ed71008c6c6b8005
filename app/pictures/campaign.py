"""The designs of a campaign: where they lie in its space, and what each gave."""

from __future__ import annotations

from collections.abc import Sequence

from ragone.app.pictures.drawing import Point, Target, draw_designs
from ragone.app.pictures.labels import literal
from ragone.app.tables.designs import quantities
from ragone.schemas import Campaign, Candidate

_USUAL = ("recipe.porosity", "cell.mass_loading_kilogram_per_square_metre")  # axis and shade, if they vary
_NUMBER = "number of the design"


def draw_campaign(campaign: Campaign, candidates: Sequence[Candidate], path: Target, best: str = "") -> str:
    """Draw the first objective of every design over one varied quantity, coloured by another; the best is ringed.

    A design whose objective is censored is an arrow at its bound.

    Parameters
    ----------
    campaign
        The record.
    candidates
        Of its trials, in their order.
    path
        Of the PNG file, or the file itself.
    best
        Id of the candidate that is ringed; the first of the front if empty and there are several objectives.

    Returns
    -------
    str
        What is drawn over what, in words.
    """
    aim = next(place for place, goal in enumerate(campaign.goals) if goal["limit"] is None)
    best = best or campaign.best_candidate_id or next(iter(campaign.front_ids), "")
    (x, across), (shade, colours) = _axes(candidates)
    points = [
        Point(one, row[aim], colour, best=name == best, bound=campaign.is_bound(number, aim))
        for number, (one, colour, name, row) in enumerate(
            zip(across, colours, campaign.candidate_ids, campaign.values, strict=True)
        )
        if row[aim] is not None
    ]
    y = f"{campaign.goals[aim]['kpi'].replace('_', ' ')} [{campaign.objective_unit.partition(', ')[0]}]"
    labels = {name: literal(text) for name, text in {"x": x, "y": y, "shade": shade}.items()}
    draw_designs(points, **labels, title=f"{len(points)} designs", path=path)
    return f"{y} over {x}, coloured by {shade}"


def _axes(candidates: Sequence[Candidate]) -> list[tuple[str, list[float]]]:
    """Label and values of the first two quantities that vary, the usual ones first; else the number of the design."""
    paths = sorted({path for one in candidates for path in one.values}, key=lambda path: (path not in _USUAL, path))
    axes = []
    for path, quantity in quantities(paths).items():
        values = [one.values.get(path) for one in candidates]
        numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        if len(numbers) == len(values) and len(set(numbers)) > 1:
            axes.append((f"{quantity.name} [{quantity.unit or '-'}]", [quantity.number(value) for value in numbers]))
    axes.sort(key=lambda axis: "porosity" not in axis[0])
    return [*axes, *[(_NUMBER, [float(n) for n in range(1, len(candidates) + 1)])] * 2][:2]
