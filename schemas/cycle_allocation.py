"""Which cells to run on and for how many cycles, and what would be known then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, integer, integer_vector, real, text, texts, vector
from ragone.schemas.record import Record

_LIFE = Tolerance(relative=1e-3, absolute=1e-6)
_PROBABILITY = Tolerance(absolute=1e-3)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CycleAllocation(Record):
    """Cycles for n cells of g designs, chosen so that a fixed number of them teaches most; lives with 95 % intervals.

    The intervals of a life are those of the belief now, before these cycles are run.
    """

    kind: ClassVar[str] = "cycle_allocation"

    aim: str = text(doc="what is to be known as surely as the cycles allow")
    capacity_share: float = real("1", low=0, high=1, doc="share of the first capacity at which a life ends")
    cycle_budget: int = integer(low=1, doc="cycles that may be spent")
    block: int = integer(low=1, doc="cycles are given in whole numbers of this")
    fade_ids: tuple[str, ...] = texts(doc="fade of each cell; empty for a cell that was not started; n")
    cell_names: tuple[str, ...] = texts(doc="n")
    cell_designs: tuple[str, ...] = texts(doc="name of each cell's design; n")
    cycles_done: np.ndarray[Any, Any] = integer_vector(low=0, doc="last cycle of each fade; shape (n,)")
    cycles_added: np.ndarray[Any, Any] = integer_vector(low=0, doc="that the cell should be run on for; shape (n,)")
    loss_now: np.ndarray[Any, Any] = vector(
        "1", tolerance=_LIFE, doc="share of the loss at the end of life that was passed; shape (n,)"
    )
    loss_expected: np.ndarray[Any, Any] = vector(
        "1", tolerance=_LIFE, doc="the same after the added cycles; shape (n,)"
    )
    reasons: tuple[str, ...] = texts(doc="why each cell is run on, or is not; n")
    life_low: np.ndarray[Any, Any] = vector("1", low=0, tolerance=_LIFE, doc="cycles, of each cell; shape (n,)")
    life_median: np.ndarray[Any, Any] = vector("1", low=0, tolerance=_LIFE, doc="cycles, of each cell; shape (n,)")
    life_high: np.ndarray[Any, Any] = vector("1", low=0, tolerance=_LIFE, doc="cycles, of each cell; shape (n,)")
    design_names: tuple[str, ...] = texts(doc="g")
    design_low: np.ndarray[Any, Any] = vector("1", low=0, tolerance=_LIFE, doc="median life in cycles; shape (g,)")
    design_median: np.ndarray[Any, Any] = vector("1", low=0, tolerance=_LIFE, doc="median life in cycles; shape (g,)")
    design_high: np.ndarray[Any, Any] = vector("1", low=0, tolerance=_LIFE, doc="median life in cycles; shape (g,)")
    probability_best: np.ndarray[Any, Any] = vector(
        "1", low=0, high=1, tolerance=_PROBABILITY, doc="that the design has the longest median life; shape (g,)"
    )
    doubt_meaning: str = text(doc="what the following three numbers are")
    doubt_now: float = real("1", low=0, tolerance=_PROBABILITY, doc="before the cycles")
    doubt_expected: float = real("1", low=0, tolerance=_PROBABILITY, doc="after the cycles, as expected")
    doubt_equal_shares: float = real(
        "1", low=0, tolerance=_PROBABILITY, doc="as expected if all cells that can run were brought to one cycle"
    )
    method: str = text(doc="how lives are believed in and cycles shared out")
    reference: str = text(default="", doc="author, year and doi of the method")

    def validate(self) -> None:
        """Columns of the cells have one length, and so have those of the designs."""
        cells = ("fade_ids", "cell_designs", "cycles_done", "cycles_added", "loss_now", "loss_expected", "reasons")
        groups = {
            "cell_names": (*cells, "life_low", "life_median", "life_high"),
            "design_names": ("design_low", "design_median", "design_high", "probability_best"),
        }
        for first, names in groups.items():
            count = len(getattr(self, first))
            wrong = {name: len(getattr(self, name)) for name in names if len(getattr(self, name)) != count}
            if wrong:
                raise FieldShapeError(f"{count} {first} of a cycle_allocation, but columns of lengths {wrong}.")
