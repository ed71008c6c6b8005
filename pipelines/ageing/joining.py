"""The fade of a whole life from those of its segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ragone.pipelines.ageing.errors import AgeingError
from ragone.schemas import CapacityFade, FadeOutcome, stage

_SAME = ("cell_name", "protocol", "ambient_temperature_kelvin", "method")


@stage("ageing.join_segments", libraries=("numpy",))
def join_segments(fades: Sequence[CapacityFade], *, cell_name: str = "") -> CapacityFade:
    """Join the fades of segments into one, in the order of their cycles.

    Parameters
    ----------
    fades
        One or more of the same cell and cycle, each beginning where another one ends.
    cell_name
        Which cell it is among those of one design; as the segments say if empty.

    Raises
    ------
    AgeingError
        If there is none, they are of different cells or cycles, or they overlap.
    """
    if not fades:
        raise AgeingError("there are no segments to join. Give one fade at least.")
    for name in _SAME:
        if any(getattr(one, name) != getattr(fades[0], name) for one in fades):
            raise AgeingError(f"segments differ in {name}; join those of one ageing alone.")
    ordered = sorted((one for one in fades if len(one.cycle_count)), key=lambda one: int(one.cycle_count[0]))
    for before, after in pairwise(ordered):
        if before.cycle_count[-1] >= after.cycle_count[0]:
            raise AgeingError(f"two segments have cycle {int(after.cycle_count[0])}. Leave one of them out.")
    last = next((one for one in fades if one.outcome is not FadeOutcome.BUDGET), (ordered or fades)[-1])
    return replace(last, **_joined(ordered or [last]), cell_name=cell_name or last.cell_name)


def _joined(fades: list[CapacityFade]) -> dict[str, Any]:
    """The columns, one below the other; one that a segment lacks is empty."""
    columns: dict[str, Any] = {"variable_names": fades[0].variable_names}
    columns["variables"] = np.concatenate([one.variables for one in fades], axis=1)
    for each in fields(CapacityFade):
        values = [getattr(one, each.name) for one in fades]
        if each.name == "variables" or not all(isinstance(value, np.ndarray) for value in values):
            continue
        complete = all(len(value) == len(one.cycle_count) for value, one in zip(values, fades, strict=True))
        columns[each.name] = np.concatenate(values) if complete else np.zeros(0)
    if not len(columns["internal_resistance_ohm"]):
        columns["resistance_definition"] = ""
    return columns
