"""`ragone survival-model`: how lives depend on what is known of the cells, and how long one of them will live."""

from __future__ import annotations

import re
from typing import Any

from rich.console import Group

from ragone.app.tables.regressions import prediction_text, regression_data, regression_text
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows.errors import SurvivalError
from ragone.flows.survival.regression import RegressionPlan, fit_in_lake
from ragone.models.survival.regression.prediction import PredictedLife, predict_life
from ragone.schemas import RegressionOutcome, SurvivalRegression
from ragone.schemas.field import Bounds
from ragone.schemas.units import parse_quantity

_PLAIN = re.compile(r"[-+.\deE]+")


def execute(session: Session) -> int:
    """Fit or fetch a regression, print it, predict; 1 if the lives determine none."""
    given = session.arguments
    share = Bounds(low=0, high=1, low_open=True, high_open=True)
    confidence = parse_quantity(given.confidence, "1", "--confidence", share)
    with session.lake() as lake, session.working("fitting lives"):
        found = (
            lake.get(given.id, SurvivalRegression)
            if given.id
            else fit_in_lake(lake, _plan(session), where=given.where, at=given.at)
        )
    predicted = _predicted(session, found, confidence)
    shown = [regression_text(found, confidence)]
    if predicted:
        shown.append(prediction_text(found, predicted, confidence, given.alive_at))
    session.answer(regression_data(found, predicted), Group(*shown))
    session.advise(f"Compute it again: ragone reproduce {found.id[:32]}{session.again()}")
    return FINE if found.outcome is RegressionOutcome.FITTED else FOUND


def _plan(session: Session) -> RegressionPlan:
    given = session.arguments
    if given.penalty < 0:
        raise SurvivalError(f"--penalty {given.penalty:g} is negative. Give 0 or a number above, such as 0.05.")
    terms = tuple(term.strip() for term in given.covariates.split(",") if term.strip())
    if not terms and given.model == "cox":
        raise SurvivalError("cox compares hazards by covariates, and there are none. Name some with --covariates.")
    return RegressionPlan(
        model=given.model, terms=terms, strata=given.strata, penalty=given.penalty, hold_out=given.hold_out
    )


def _predicted(session: Session, found: SurvivalRegression, confidence: float) -> PredictedLife | None:
    given = session.arguments
    asked = given.predict or (not found.terms and not found.stratified_by)
    if not asked or found.outcome is not RegressionOutcome.FITTED:
        return None
    values = dict(_value(found, text) for text in given.predict.split(",") if text.strip())
    return predict_life(found, values, confidence=confidence, alive_at=given.alive_at)


def _value(found: SurvivalRegression, text: str) -> tuple[str, Any]:
    """Name and value of a covariate; a number in the unit of the regression, or with a unit of its own."""
    name, separator, value = (part.strip() for part in text.partition("="))
    if not separator:
        raise SurvivalError(f"--predict {text.strip()!r} is no covariate with a value. Write a=4.5, batch=b.")
    if name not in found.ranges:
        return name, value
    unit = found.ranges[name]["unit"] or "1"
    return name, parse_quantity(
        f"{value} {unit}" if unit != "1" and _PLAIN.fullmatch(value) else value, unit, f"--predict {name}"
    )
