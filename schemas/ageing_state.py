"""The state of an ageing cell between two cycles: all that its next cycle depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.capacity_fade import FadeOutcome
from ragone.schemas.field import Tolerance, choice, document, integer, real, text, vector
from ragone.schemas.record import Record

_SOLVER = Tolerance(relative=1e-4, absolute=1e-7)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AgeingState(Record):
    """The whole vector of a model at the end of a cycle, and the cell, model and cycle that it belongs to."""

    kind: ClassVar[str] = "ageing_state"

    cell_name: str = text(doc="which cell")
    built_of: Any = document(doc="cell, model, mechanisms, steps of a cycle, temperature and numerics, by name")
    outcome: FadeOutcome = choice(FadeOutcome, doc="why no further cycles were done; BUDGET if it can go on")
    reason: str = text(default="", doc="which step ended it, or what the solver said, in one line")
    cycle_count: int = integer(low=0, doc="cycles done since the cell was built")
    test_time_second: float = real("s", low=0, tolerance=_SOLVER, doc="since the cell was built")
    discharging_throughput_ampere_hour: float = real(
        "A*h", low=0, tolerance=_SOLVER, doc="delivered since the cell was built"
    )
    first_discharging_capacity_ampere_hour: float = real(
        "A*h", low=0, tolerance=_SOLVER, doc="delivered in the first cycle; 0 before it"
    )
    reference_capacity_ampere_hour: float = real(
        "A*h", low=0, tolerance=_SOLVER, default=0.0, doc="of the second cycle, what shares are of; 0 before it"
    )
    discharging_capacity_error_ampere_hour: float = real(
        "A*h", low=0, tolerance=_SOLVER, default=0.0, doc="bound of what jumps over cycles left in the capacity"
    )
    state: np.ndarray[Any, Any] = vector(
        "1", tolerance=_SOLVER, doc="PyBaMM's variables in its order, each over its scale; empty if nothing was cycled"
    )
