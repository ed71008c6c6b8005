"""The results that an optimiser has had so far: its state between two questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ragone.schemas.field import document, text, texts
from ragone.schemas.migration import Migrations, added
from ragone.schemas.record import Record


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class History(Record):
    """Candidates that were evaluated, in order, and the KPIs of each: one for every goal, or none if it failed.

    Pending are those that were suggested and of which nothing is known yet.
    """

    kind: ClassVar[str] = "history"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Migrations] = {1: (added("pending_ids", ()),)}

    name: str = text(doc="of the study")
    goals: Any = document(doc="list of KPI, sense and limit, in the KPI's unit")
    trials: Any = document(doc="list of candidate and KPIs, ids each; no KPIs of a candidate whose evaluation failed")
    pending_ids: tuple[str, ...] = texts(default=(), doc="candidates suggested and not yet evaluated, in order")

    def rows(self) -> list[tuple[str, tuple[str, ...]]]:
        """Id of each candidate and ids of its KPIs."""
        return [(trial["candidate"], tuple(trial["kpis"])) for trial in self.trials]
