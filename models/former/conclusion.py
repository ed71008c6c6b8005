"""The conclusion of a campaign, from when a design was one record and a study had one objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragone.models.conclusion import concluded
from ragone.models.goals import Goal, Sense
from ragone.schemas import Campaign, Design, Kpi, stage


@stage("conclude")
def conclude(
    designs: tuple[Design, ...],
    kpis: tuple[Kpi, ...],
    *,
    name: str,
    definition: Mapping[str, Any],
    objective_name: str,
    design_ids: Sequence[str],
    kpi_ids: Sequence[str],
    maximise: bool,
) -> Campaign:
    """Assemble the record; the ids are parallel to the designs, a KPI's is empty where the evaluation failed."""
    tried = [design.known_as(known) for design, known in zip(designs, design_ids, strict=True)]
    failed = [number for number, kpi_id in enumerate(kpi_ids) if not kpi_id]
    goal = Goal(objective_name, Sense.MAXIMISE if maximise else Sense.MINIMISE)
    return concluded(tried, kpis, [goal], failed, name=name, definition=definition)
