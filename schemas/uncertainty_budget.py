"""How uncertain is a KPI, and what is that due to: total, interval, and the share of each source, kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, document, integer, real, text, texts, vector
from ragone.schemas.record import Record

_SOLVER = Tolerance(relative=1e-4, absolute=1e-9)
_SHARE = Tolerance(absolute=1e-3)


def _number(doc: str) -> Any:
    return real("", optional=True, tolerance=_SOLVER, doc=f"{doc}, in `unit`; null if too few draws have a value")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UncertaintyBudget(Record):
    """Uncertainty of one KPI by draws of all that is named uncertain, with the share of each quantity in its variance.

    Shares are first-order: what part of the variance would vanish if that quantity alone were known. What they leave of
    one is `interaction_share`. Alternative model forms stand beside the interval and are no part of it.
    """

    kind: ClassVar[str] = "uncertainty_budget"

    kpi_name: str = text(doc="name of the KPI")
    unit: str = text(doc="unit of the KPI")
    value: float = real("", tolerance=_SOLVER, doc="the KPI as recorded, nothing drawn, in `unit`")
    standard_deviation: float | None = real(
        "", low=0, optional=True, tolerance=_SOLVER, doc="of the draws, in `unit`; null if too few have a value"
    )
    confidence: float = real("1", low=0, high=1, low_open=True, high_open=True, doc="of the interval")
    interval_low: float | None = _number("lower end of the interval")
    interval_middle: float | None = _number("median of the draws")
    interval_high: float | None = _number("upper end of the interval")
    draw_count: int = integer(low=0, doc="draws that have a value")
    failed_count: int = integer(low=0, doc="draws without a value, such as a power that is not delivered")
    names: tuple[str, ...] = texts(doc="the uncertain quantities")
    sources: tuple[str, ...] = texts(doc="where the uncertainty of each comes from")
    effects: np.ndarray[Any, Any] = vector(
        "",
        tolerance=_SOLVER,
        doc="change of the KPI for one standard deviation of each, in `unit`; none where there is no interval",
    )
    shares: np.ndarray[Any, Any] = vector(
        "1", low=0, tolerance=_SHARE, doc="of each in the variance, first order; none as well"
    )
    share_standard_errors: np.ndarray[Any, Any] = vector(
        "1", low=0, tolerance=_SHARE, doc="of each share; none as well"
    )
    interaction_share: float | None = real(
        "1",
        optional=True,
        tolerance=_SHARE,
        doc="one less all shares; null if too few draws have a value, or none differ",
    )
    alternative_names: tuple[str, ...] = texts(default=(), doc="other forms of the model")
    alternative_values: Any = document(default=[], doc="the KPI of each, in `unit`; null where it has none")
    alternative_reasons: tuple[str, ...] = texts(default=(), doc="why one has no value; empty if it has")
    advice: str = text(doc="which measurement would narrow the interval most")
    method: str = text(doc="how it was drawn and taken apart; why there is no interval")
    reference: str = text(default="", doc="author, year and doi of the method")

    def validate(self) -> None:
        """There is a number for each quantity, and a reason for each alternative."""
        rows = {name: len(getattr(self, name)) for name in ("sources", "effects", "shares", "share_standard_errors")}
        shared = len(self.names) if self.interval_low is not None or len(self.shares) else 0
        expected = {name: len(self.names) if name == "sources" else shared for name in rows}
        if rows != expected:
            raise FieldShapeError(
                f"uncertainty_budget: {len(self.names)} names and {rows} entries. Give one for each, or no shares "
                "where there is no interval."
            )
        if len(self.alternative_names) != len(self.alternative_reasons):
            raise FieldShapeError(
                f"uncertainty_budget: {len(self.alternative_names)} alternatives and {len(self.alternative_reasons)} "
                "reasons. Give one for each, empty where there is a value."
            )

    def by_source(self) -> dict[str, tuple[float, float]]:
        """Share of each source in the variance [-] with its standard error, the largest first; empty without shares."""
        found: dict[str, list[tuple[float, float]]] = {}
        sources = self.sources if len(self.shares) else ()
        for source, share, error in zip(sources, self.shares, self.share_standard_errors, strict=True):
            found.setdefault(source, []).append((float(share), float(error)))
        sums = {
            source: (sum(share for share, _ in rows), float(np.hypot.reduce([error for _, error in rows])))
            for source, rows in found.items()
        }
        return dict(sorted(sums.items(), key=lambda row: -row[1][0]))
