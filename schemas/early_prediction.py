"""What the first cycles say of the lives of cells, and how well they do of cells that were not learned from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, choice, document, integer, integer_vector, real, text, texts, vector
from ragone.schemas.record import Record

_FITTED = Tolerance(relative=1e-3, absolute=1e-3)


class EarlyOutcome(StrEnum):
    """Whether features of the first cycles are worth using."""

    USED = "better than no feature on designs held out"
    NOT_BETTER = "not better than no feature on designs held out, so that none is used"
    TOO_FEW = "too few lives have ended, so that nothing is learned"


def _number(doc: str) -> Any:
    """A fitted number; null if nothing is learned."""
    return real("1", optional=True, tolerance=_FITTED, doc=doc)


def _lives(doc: str) -> Any:
    """Lives of the cells that are predicted, in cycles."""
    return vector("1", low=0, tolerance=_FITTED, doc=f"cycles: {doc}; shape (n,)")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EarlyPrediction(Record):
    """A log-normal model of lives by features of the first cycles, its error on held-out designs, and predictions.

    Predictions are of the n cells that had not died when they were looked at; all numbers of lives are in cycles.
    """

    kind: ClassVar[str] = "early_prediction"

    outcome: EarlyOutcome = choice(EarlyOutcome, doc="whether features are used")
    first_cycles: int = integer(low=1, doc="length of the stretch that features are read from")
    capacity_share: float = real("1", low=0, high=1, doc="share of the first capacity at which a life ends")
    life_count: int = integer(low=0, doc="cells that did the first cycles and lived on")
    death_count: int = integer(low=0, doc="cells among them that died")
    left_out: tuple[str, ...] = texts(default=(), doc="cells left out, each with the reason")
    considered: Any = document(doc="feature to what it is")
    feature_names: tuple[str, ...] = texts(doc="features used; p")
    coefficients: np.ndarray[Any, Any] = vector(
        "1", tolerance=_FITTED, doc="change of the logarithm of a life for each unit of a feature; shape (p,)"
    )
    intercept: float | None = _number("logarithm of a life; null if nothing is learned")
    deviation: float | None = _number("standard deviation of the logarithm of a life about it")
    gain: float | None = _number("of the log-likelihood of a held-out life over no feature")
    gain_standard_error: float | None = _number("of the gain")
    relative_error: float | None = _number("median, of held-out lives that ended")
    relative_error_without: float | None = _number("the same without features")
    concordance: float | None = _number("share of pairs of held-out cells in the right order")
    interval_coverage: float | None = _number("share of held-out lives that ended within their 90 % interval")
    cell_names: tuple[str, ...] = texts(doc="cells predicted; n")
    cycles_done: np.ndarray[Any, Any] = integer_vector(low=0, doc="shape (n,)")
    life_low: np.ndarray[Any, Any] = _lives("5 % of such cells live no longer")
    life_median: np.ndarray[Any, Any] = _lives("half of such cells live no longer")
    life_high: np.ndarray[Any, Any] = _lives("5 % of such cells live longer")
    method: str = text(doc="how features were chosen and the error was found")
    reference: str = text(default="", doc="author, year and doi of the method")

    def validate(self) -> None:
        """Columns have one length."""
        groups = {
            "cell_names": ("cycles_done", "life_low", "life_median", "life_high"),
            "feature_names": ("coefficients",),
        }
        for first, names in groups.items():
            count = len(getattr(self, first))
            wrong = {name: len(getattr(self, name)) for name in names if len(getattr(self, name)) != count}
            if wrong:
                raise FieldShapeError(f"{count} {first} of an early_prediction, but columns of lengths {wrong}.")
