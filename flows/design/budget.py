"""How much a study may spend: designs at first, in all and at a time, and the gain below which it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragone.flows.design.fidelities import Fidelities
from ragone.flows.design.space import Space
from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section
from ragone.schemas.field import Bounds

_LARGEST = 10**6
_WARM_INITIAL = 2  # designs at first, of a campaign that learns from others


@dataclass(frozen=True)
class Budget:
    """Designs drawn evenly at first, designs in all, and designs suggested at a time.

    Where a study has fidelities `total` is what all evaluations may cost, in evaluations at the target.

    A campaign ends before the total where two batches in turn promise a gain below `stop_below` [-], 0 for never.
    """

    initial: int
    total: int
    batch: int
    stop_below: float = 0.0

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for the record of a campaign."""
        stop = {"stop_below": self.stop_below} if self.stop_below else {}
        return {"initial": self.initial, "total": self.total, "batch": self.batch, **stop}


def read_budget(root: Section, space: Space, fidelities: Fidelities | None, *, warm: bool) -> Budget:
    """Read `budget`; a campaign that is `warm`, that learns from others, needs fewer designs at first."""
    section = root.section("budget", ["initial", "total", "batch", "stop_below"])
    usual = {"default": _WARM_INITIAL} if warm else {}
    initial = section.integer("initial", 1, _LARGEST, **usual)
    total = section.integer("total", initial, _LARGEST)
    if total > 1 and not any(variable.is_free for variable in space.values()):
        raise StudyError(
            f"{section.at('total')} = {total}, but every value of the space is fixed, so that there is one design. "
            "Set initial and total to 1, or give a value a low and a high."
        )
    stop_below = section.quantity("stop_below", "1", Bounds(low=0, high=1)) if section.has("stop_below") else 0.0
    if stop_below and fidelities is not None:
        raise StudyError(
            f"{section.at('stop_below')} is of designs that are all evaluated alike, and the study has fidelities. "
            "Remove one of them."
        )
    return Budget(initial, total, section.integer("batch", 1, _LARGEST, 1), stop_below)
