"""A cell's life as a chain of stored segments: one that is started again goes on where it was broken off.

Each segment is a run whose recipe names the state that it begins with, so that a segment that is stored is found and
not computed. The fade of the whole life is joined from those of the segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import CyclingError
from ragone.flows.running.progress import Progress, Silent
from ragone.pipelines.ageing import age_cell, join_segments
from ragone.schemas import AgeingState, FadeOutcome


@dataclass(frozen=True)
class Aged:
    """The ids of a life's fade and of the state at its end."""

    fade_id: str
    state_id: str
    segments: int


def age(
    lake: Lake,
    cell_id: str,
    *,
    cycles: int,
    segment: int,
    settings: Mapping[str, Any],
    name: str = "",
    progress: Progress | None = None,
) -> Aged:
    """Age a stored cell segment by segment, or find what is stored of it.

    Parameters
    ----------
    lake
        Where every segment is stored.
    cell_id
        Cell parameters.
    cycles, segment
        Cycles at most, and of each segment.
    settings
        Parameters of `age_cell` but for `cycles`.
    name
        Which cell it is among those of one design; that of its parameter set if empty.
    progress
        Follows the segments.

    Raises
    ------
    CyclingError
        If cycles or segment are not above 0.
    StageFailedError
        If a segment refuses what it was given.
    """
    if cycles < 1 or segment < 1:
        raise CyclingError(f"{cycles} cycles in segments of {segment} are none. Give numbers above 0.")
    progress = progress or Silent()
    parts = [min(segment, cycles - done) for done in range(0, cycles, segment)]
    progress.started(len(parts))
    fades, state, done = [], "", 0
    for outputs in _segments(lake, cell_id, parts, settings):
        fades.append(outputs["fade"])
        state, done = outputs["state"], done + 1
        progress.step(f"cycle {sum(parts[:done])} of {cycles}")
        progress.advanced()
    return Aged(lake.run(join_segments, fades=fades, cell_name=name).id, state, done)


def _segments(lake: Lake, cell_id: str, parts: list[int], settings: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """The outputs of one segment after the other, until the life is at its end."""
    state: str | None = None
    for cycles in parts:
        given = {} if state is None else {"state": state}
        run = lake.run(age_cell, cell=cell_id, **given, **{**settings, "cycles": cycles})
        yield completed(run)
        state = run.outputs["state"]
        if lake.get(state, AgeingState).outcome is not FadeOutcome.BUDGET:
            return
