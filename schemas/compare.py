"""How far a reproduced record lies from the recorded one, field by field, judged by the schema's tolerance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from ragone.schemas.field import FieldSpec
from ragone.schemas.record import Record


class Verdict(StrEnum):
    """The verdict of a reproduction."""

    BITWISE = "bitwise equal"
    WITHIN = "within tolerance"
    DIFFERENT = "different"
    FAILED = "could not be executed"
    GIVEN = "given, not computed: content verified"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One field that differs: largest absolute and relative deviation [field's unit; -], and whether it is allowed."""

    field: str
    absolute: float
    relative: float
    within: bool
    note: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.note or f'deviates by {self.absolute:.3g} ({self.relative:.2g} relative)'}"


def compare(recorded: Record, reproduced: Record) -> tuple[Deviation, ...]:
    """The fields in which two records of one kind differ; empty if they hold the same values.

    An infinite value equals only itself. Numbers are compared with the tolerance of their field, all else exactly.
    """
    if type(recorded) is not type(reproduced):
        note = f"kind {recorded.kind} became {reproduced.kind}"
        return (Deviation("kind", float("inf"), float("inf"), False, note),)
    found = []
    for name, spec in recorded.fields().items():
        deviation = _deviation(spec, getattr(recorded, name), getattr(reproduced, name))
        if deviation is not None:
            found.append(deviation)
    return tuple(found)


def judge(deviations: tuple[Deviation, ...]) -> Verdict:
    """The verdict that follows from the deviations of one record."""
    if not deviations:
        return Verdict.BITWISE
    return Verdict.WITHIN if all(d.within for d in deviations) else Verdict.DIFFERENT


def _deviation(spec: FieldSpec, old: Any, new: Any) -> Deviation | None:
    infinite = float("inf")
    numeric = spec.shape in ("scalar", "vector", "array") and spec.dtype not in ("utf8", "binary", "bool", "timestamp")
    if not numeric or old is None or new is None:
        return (
            None if old == new else Deviation(spec.name, infinite, infinite, False, f"{old!r:.60} became {new!r:.60}")
        )
    a, b = np.asarray(old, dtype=np.float64), np.asarray(new, dtype=np.float64)
    if a.shape != b.shape:
        return Deviation(spec.name, infinite, infinite, False, f"shape {a.shape} became {b.shape}")
    if np.array_equal(a, b):
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.where(a == b, 0.0, np.abs(a - b))
        relative = np.where(gap == 0, 0.0, gap / np.abs(a))
        within = bool(
            np.all(gap <= spec.tolerance.absolute + spec.tolerance.relative * np.where(np.isinf(a), 0, np.abs(a)))
        )
    return Deviation(spec.name, float(gap.max()), float(relative.max()), within)
