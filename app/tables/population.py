"""Cells of one design as text: what each delivered at first and how long it lived, and what follows for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import plain, wide_table
from ragone.app.tables.survival import survival_text
from ragone.app.terminal.printable import one_line
from ragone.dataset import Lake
from ragone.flows.ageing.population import AgedCell, Population
from ragone.schemas import CycleLife, Priors, Survival


def population_text(lake: Lake, found: Population) -> RenderableType:
    """The tolerances, the cells, and the analysis of their lives."""
    parts: list[RenderableType] = [_tolerances(lake.get(found.tolerances_id, Priors)), Text()]
    parts += [wide_table(["cell", "first discharge", "life", "why it ends"], [_row(lake, one) for one in found.cells])]
    if found.survival_id:
        parts += [Text(spread_words(_lives(lake, found.cells))), Text()]
        parts += [survival_text(lake.get(found.survival_id, Survival))]
    return Group(*parts)


def population_data(lake: Lake, found: Population) -> dict[str, Any]:
    """Ids and lives of all cells, and the median with its interval; a life that was not seen to end has no `upper`."""
    survival = lake.get(found.survival_id, Survival) if found.survival_id else None
    return {
        "tolerances_id": found.tolerances_id,
        "survival_id": found.survival_id,
        "cells": [_data(lake, one) for one in found.cells],
        "median": plain(survival.groups[0]["median"]) if survival is not None else None,
        "spread": spread_words(_lives(lake, found.cells)),
    }


def spread_words(lives: Sequence[CycleLife]) -> str:
    """Range and standard deviation of lives, as far as all were seen to end."""
    ends = np.array([(life.lower + life.upper) / 2 for life in lives if life.upper is not None])
    if len(ends) < len(lives):
        return f"{len(lives) - len(ends)} of {len(lives)} cells live longer than they were cycled: no spread of lives."
    if len(ends) < 2:
        return "one cell: no spread of lives."
    share = float(ends.std(ddof=1) / ends.mean())
    unit = lives[0].unit
    return f"lives from {ends.min():.4g} to {ends.max():.4g} {unit}, standard deviation {share:.2g} of the mean"


def _tolerances(tolerances: Priors) -> Table:
    rows = [
        [row.name.replace("_", " "), f"{row.size - 1:.3g}", one_line(row.reference)]
        for row in tolerances.rows()
    ]  # fmt: skip
    return wide_table(["differs from cell to cell", "by (1 sd)", "source"], rows)


def _lives(lake: Lake, cells: Sequence[AgedCell]) -> list[CycleLife]:
    return [lake.get(one.life_id, CycleLife) for one in cells if one.life_id]


def _row(lake: Lake, one: AgedCell) -> list[str]:
    if not one.life_id:
        return [one_line(one.name), "-", "-", one_line(one.error)]
    life = lake.get(one.life_id, CycleLife)
    first = life.covariates.get("reference_capacity", {}).get("value")
    return [
        one_line(one.name),
        "-" if first is None else f"{first:.5g} A h",
        f">= {life.lower:.5g}" if life.upper is None else f"{(life.lower + life.upper) / 2:.5g}",
        one_line(str(life.outcome)),
    ]


def _data(lake: Lake, one: AgedCell) -> dict[str, Any]:
    ids = {"name": one.name, "cell_id": one.cell_id, "fade_id": one.fade_id, "life_id": one.life_id}
    if not one.life_id:
        return {**ids, "error": one.error}
    life = lake.get(one.life_id, CycleLife)
    return {**ids, "lower": life.lower, "upper": life.upper, "unit": life.unit, "outcome": str(life.outcome)}
