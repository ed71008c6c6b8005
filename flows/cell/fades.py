"""From a record of many cycles to its fade, life and knees: each computed by its stage, or found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.errors import OtherKindError
from ragone.pipelines.ageing import fade_of_curve, find_cycle_life
from ragone.pipelines.kpi import capacity_retention, knee
from ragone.schemas import CapacityFade, CycleLife, Cycling, Kpi, Measurement


@dataclass(frozen=True)
class Faded:
    """A fade with its life and its KPIs by name."""

    fade: CapacityFade
    life: CycleLife
    kpis: Mapping[str, Kpi]


def read_fade(lake: Lake, name: str, *, cycles: str = "usual", settings: Mapping[str, Any] | None = None) -> Faded:
    """Read fade, life and knees off a measurement, a simulated protocol, or a fade that is there already.

    Parameters
    ----------
    lake
        That holds it.
    name
        Its id.
    cycles
        ``usual`` or ``check-ups``, of a record of which the fade is not there yet.
    settings
        Parameters of `ageing.find_cycle_life`, by name, as texts or values.

    Raises
    ------
    OtherKindError
        If the id is of something else.
    StageFailedError
        If the record has no such cycles, or the fade lacks what a limit needs.
    """
    full = lake.resolve(name)
    record = lake.get(full)
    if isinstance(record, Measurement | Cycling):
        full = lake.run(fade_of_curve, curve=full, cycles=fade_of_curve.parameter("cycles").read(cycles)).id
    elif not isinstance(record, CapacityFade):
        raise OtherKindError(
            f"{full} is a {record.kind}. Name a measurement, a cycling or a capacity_fade: ragone query "
            "'SELECT id, cell_name FROM measurements'"
        )
    given = {find_cycle_life.parameter(key).name: value for key, value in (settings or {}).items()}
    read = {key: find_cycle_life.parameter(key).read(value) for key, value in given.items()}
    life = lake.run(find_cycle_life, fade=full, **read)
    retention = lake.run(capacity_retention, fade=full, reference=read.get("reference", "initial"))
    ids = {"capacity_retention": retention.id, **lake.run(knee, fade=full).outputs}
    return Faded(
        lake.get(full, CapacityFade),
        lake.get(life.id, CycleLife),
        {key: lake.get(value, Kpi) for key, value in ids.items()},
    )
