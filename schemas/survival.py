"""What was concluded from the lives of some cells: survivor curves by group, medians, restricted means, comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, document, integer, real, text, texts, vector
from ragone.schemas.record import Record

_SHARE = Tolerance(absolute=1e-9)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Survival(Record):
    """Survivor curves of g groups of cells, with k steps in all and c stops.

    The steps of all groups stand in one list, each with the number of its group, and so do the stops.
    """

    kind: ClassVar[str] = "survival"

    unit: str = text(doc="of times: cycle, equivalent full cycle, day or A.h of throughput")
    criterion: str = text(default="", doc="what ended a life, as the lives say; empty if they do not")
    where: str = text(default="", doc="the condition by which the lives were chosen; all if empty")
    grouped_by: str = text(default="", doc="the column that tells groups apart; one group if empty")
    snapshot_id: str = text(default="", doc="the state of the lake in which the lives were sought; empty if given")
    confidence: float = real("1", low=0, high=1, low_open=True, high_open=True, doc="of every interval")
    subject_count: int = integer(low=0, doc="cells whose lives were analysed")
    event_count: int = integer(low=0, doc="of these, cells whose end was seen")
    group_names: tuple[str, ...] = texts(doc="g")
    groups: Any = document(
        doc="of each group: counts, median and restricted mean with intervals, estimates that ignore censoring"
    )
    comparisons: Any = document(default=[], doc="tests and differences between groups")
    causes: Any = document(default=[], doc="of each group and cause: share that it ended by some times, with intervals")
    remarks: tuple[str, ...] = texts(default=(), doc="what can be concluded and what cannot, in sentences")
    step_groups: np.ndarray[Any, Any] = vector("1", "int64", low=0, doc="number of the group of each step; shape (k,)")
    step_times: np.ndarray[Any, Any] = vector("", low=0, doc="in `unit`; shape (k,)")
    step_survival: np.ndarray[Any, Any] = vector(
        "1", low=0, high=1, tolerance=_SHARE, doc="share alive from each step on; shape (k,)"
    )
    step_low: np.ndarray[Any, Any] = vector(
        "1", low=0, high=1, tolerance=_SHARE, doc="lower end of its band; shape (k,)"
    )
    step_high: np.ndarray[Any, Any] = vector(
        "1", low=0, high=1, tolerance=_SHARE, doc="upper end of its band; shape (k,)"
    )
    step_at_risk: np.ndarray[Any, Any] = vector("1", low=0, doc="cells alive and under observation; shape (k,)")
    step_deaths: np.ndarray[Any, Any] = vector("1", low=0, doc="cells that ended; shape (k,)")
    stop_groups: np.ndarray[Any, Any] = vector("1", "int64", low=0, doc="number of the group of each stop; shape (c,)")
    stop_times: np.ndarray[Any, Any] = vector("", low=0, doc="of the censored cells, in `unit`; shape (c,)")
    method: str = text(doc="estimators of curves, medians and means")
    reference: str = text(default="", doc="author, year and doi of the estimators")

    def validate(self) -> None:
        """Columns have one length, and every number of a group has its name."""
        for first in ("step", "stop"):
            names = [name for name in self.fields() if name.startswith(f"{first}_")]
            lengths = {name: len(getattr(self, name)) for name in names}
            if len(set(lengths.values())) > 1:
                raise FieldShapeError(f"columns of the {first}s of a survival have lengths {lengths}; one row each.")
            numbers = getattr(self, f"{first}_groups")
            if len(numbers) and int(numbers.max()) >= len(self.group_names):
                raise FieldShapeError(
                    f"survival.{first}_groups names group {int(numbers.max())}, but there are {len(self.group_names)}."
                )
