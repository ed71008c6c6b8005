"""What an optimiser has been told so far: its state between two questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from schemas.errors import FieldShapeError
from schemas.field import document, integer, text, texts
from schemas.record import Record


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class History(Record):
    """Candidates that were evaluated, in order, and the KPIs of each: one for every goal, or none if it failed."""

    kind: ClassVar[str] = "history"

    name: str = text(doc="of the study")
    goals: Any = document(doc="list of KPI, sense and limit, in the KPI's unit")
    goal_count: int = integer(low=1)
    candidate_ids: tuple[str, ...] = texts(default=())
    kpi_ids: tuple[str, ...] = texts(default=(), doc="row by row, one row a candidate; empty text where there is none")

    def validate(self) -> None:
        """Every candidate has a row of KPIs."""
        if len(self.kpi_ids) != self.goal_count * len(self.candidate_ids):
            raise FieldShapeError(
                f"history of {len(self.candidate_ids)} candidates and {self.goal_count} goals has {len(self.kpi_ids)} "
                "KPI ids. Give one for each goal of each candidate."
            )

    def rows(self) -> list[tuple[str, tuple[str, ...]]]:
        """Id of each candidate and ids of its KPIs."""
        width = self.goal_count
        return [(c, self.kpi_ids[n * width : (n + 1) * width]) for n, c in enumerate(self.candidate_ids)]
