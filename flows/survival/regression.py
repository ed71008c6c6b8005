"""A regression of the cycle lives of a lake: which lives, with which columns beside them, and the stored fit."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import SurvivalError
from ragone.flows.survival.lives import query_lives
from ragone.models.survival.regression.fit import fit_regression
from ragone.models.survival.regression.terms import covariate_of
from ragone.schemas import LifeOutcome, SurvivalRegression
from ragone.schemas.unit_names import unit_of

_UNIT = "_unit"
_UNLIKE = ("unit", "criterion")


@dataclass(frozen=True, kw_only=True)
class RegressionPlan:
    """Model, terms and strata of a regression, as `fit_regression` takes them."""

    model: str = "weibull"
    terms: tuple[str, ...] = ()
    strata: str = ""
    penalty: float = 0.0
    hold_out: str = ""

    @property
    def covariates(self) -> tuple[str, ...]:
        """The columns that are needed, each once."""
        needed = (*map(covariate_of, self.terms), self.strata, self.hold_out)
        return tuple(dict.fromkeys(name for name in needed if name))


def fit_in_lake(lake: Lake, plan: RegressionPlan, *, where: str = "", at: str = "") -> SurvivalRegression:
    """Fit a regression to cycle lives of a lake, and store it.

    Parameters
    ----------
    lake
        Where the lives are.
    plan
        Model and terms: columns of the view ``lives``, so covariates, settings of the ageing and fields of the design.
    where, at
        A condition on the view, and the snapshot that is queried; without one, one is taken.

    Raises
    ------
    SurvivalError
        If there are no such lives or columns, or the lives are of several units or criteria.
    """
    found = query_lives(lake, plan.covariates, where=where, at=at)
    rows = found.rows
    _require_alike(rows)
    left_out = Counter(reason for row in rows if (reason := _useless(row, plan.covariates)))
    kept = [row for row in rows if not _useless(row, plan.covariates)]
    run = lake.run(
        fit_regression,
        lives=[row["id"] for row in kept],
        terms=list(plan.terms),
        columns={name: [_value(row[name]) for row in kept] for name in plan.covariates},
        units=dict(_units(kept, plan.covariates)),
        model=plan.model,
        strata=plan.strata,
        penalty=plan.penalty,
        hold_out=plan.hold_out,
        snapshot_id=found.snapshot_id,
        left_out=dict(left_out),
    )
    completed(run)
    return lake.get(run.id, SurvivalRegression)


def _require_alike(rows: Sequence[Mapping[str, Any]]) -> None:
    for name in _UNLIKE:
        found = sorted({str(row[name]) for row in rows})
        if len(found) > 1:
            raise SurvivalError(
                f"the lives have {len(found)} different {name}: {'; '.join(found)}. Lives are compared by one. Choose "
                f"with --where \"{name} = '{found[0]}'\"."
            )


def _useless(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return the reason for which a life cannot be used; empty if it can."""
    if row["outcome"] == str(LifeOutcome.NOT_STARTED):
        return "no cycle could be done"
    for name in names:
        if row[name] is None or (isinstance(row[name], float) and not math.isfinite(row[name])):
            return f"{name} is not known"
    return ""


def _value(value: Any) -> float | str:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _units(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Unit of each number: beside a covariate, in the name of a field.

    Raises
    ------
    SurvivalError
        If a covariate has several.
    """
    for name in names:
        beside = sorted({str(row.get(f"{name}{_UNIT}") or "") for row in rows})
        if len(beside) > 1:
            raise SurvivalError(
                f"covariate {name!r} is given in {', '.join(map(repr, beside))}. Choose one with --where."
            )
        if rows and isinstance(rows[0][name], int | float):
            yield name, beside[0] or unit_of(name.partition(" of ")[0])
