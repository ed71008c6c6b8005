"""A regression of lives as text: effects of covariates, how well lives are ranked, and what to beware of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import plain, wide_table
from ragone.app.terminal.printable import one_line
from ragone.models.survival.regression.prediction import PredictedLife
from ragone.schemas import RegressionOutcome, SurvivalRegression

_COX = "cox"


def regression_text(found: SurvivalRegression, confidence: float) -> RenderableType:
    """Effects, ranking and checks; the reason if there are none."""
    title = Text(f"{found.model} regression of {found.life_count} lives, {found.event_count} of which ended")
    if found.left_out:
        title.append("; left out: " + ", ".join(f"{count} ({one_line(why)})" for why, count in found.left_out.items()))
    if found.outcome is RegressionOutcome.NOT_FITTED:
        return Group(title, Text(f"{found.outcome}: {one_line(found.reason)}"), Text(found.id))
    parts = [title, _effects(found, confidence), *_scales(found), Text(), _ranking(found), Text(), _checks(found)]
    return Group(*parts, Text(found.id))


def prediction_text(
    found: SurvivalRegression, predicted: PredictedLife, confidence: float, alive_at: float
) -> RenderableType:
    """Median and intervals of the life of a cell; what is beyond the lives observed is said."""
    median = "not reached by the lives observed" if predicted.median is None else f"{predicted.median:.4g} {found.unit}"
    words = f"A cell with these covariates: median life {median}"
    if predicted.median_low is not None and predicted.median_high is not None:
        words += f" ({confidence:.0%} interval {predicted.median_low:.4g} to {predicted.median_high:.4g})"
    low, high = ("open" if end is None else f"{end:.4g}" for end in (predicted.low, predicted.high))
    words += f"; {confidence:.0%} of such cells live {low} to {high}"
    if alive_at:
        words += f", given that it has lived {alive_at:g}"
    if predicted.outside:
        words += f". OUTSIDE of the lives fitted: {', '.join(predicted.outside)}; nothing has tested that"
    return Text(f"\n{words}")


def regression_data(found: SurvivalRegression, predicted: PredictedLife | None) -> dict[str, Any]:
    """All fields, with a list for each vector, and the prediction if there is one."""
    fields = {name: getattr(found, name) for name in found.fields()}
    columns = {
        name: value.tolist() if isinstance(value, np.ndarray) else plain(value) for name, value in fields.items()
    }
    return {"id": found.id, "kind": found.kind, **columns, "prediction": plain(predicted) if predicted else None}


def _effects(found: SurvivalRegression, confidence: float) -> Table:
    from scipy.special import ndtri

    margin = float(ndtri(0.5 + confidence / 2))
    effect = "hazard x" if found.model == _COX else "life x"
    rows = [
        [
            one_line(name),
            f"{value:+.4g}",
            f"{error:.2g}",
            "" if name == "intercept" else f"{_power(value):.4g}",
            ""
            if name == "intercept"
            else f"{_power(value - margin * error):.4g} to {_power(value + margin * error):.4g}",
            "" if name == "intercept" else f"{p_value:.2g}",
        ]
        for name, value, error, p_value in zip(
            found.names, found.coefficients, found.standard_errors, found.p_values, strict=True
        )
    ]
    return wide_table(["term", "coefficient", "std. error", effect, f"{confidence:.0%} interval", "p"], rows)


def _power(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf


def _scales(found: SurvivalRegression) -> list[RenderableType]:
    if not len(found.log_scales):
        return []
    scales = ", ".join(
        f"{math.exp(value):.3g}{f' ({one_line(name)})' if name else ''}"
        for name, value in zip(found.strata, found.log_scales, strict=True)
    )
    shape = "; Weibull's shape is its inverse" if found.model == "weibull" else ""
    return [Text(f"scale of the logarithm of the life: {scales}{shape}")]


def _ranking(found: SurvivalRegression) -> Text:
    pairs = [
        ("of the lives fitted", found.concordance, found.concordance_standard_error),
        ("corrected for censoring", found.uno_concordance, found.uno_standard_error),
        (f"each {one_line(found.held_out)} left out", found.held_out_concordance, found.held_out_standard_error),
    ]
    said = [f"{name} {value:.3f} ± {error or 0:.3f}" for name, value, error in pairs if value is not None]
    return Text(f"Concordance (0.5 is chance): {'; '.join(said) or 'no two lives can be compared'}")


def _checks(found: SurvivalRegression) -> Table:
    rows = [
        [one_line(one["check"]), "BEWARE" if one["concern"] else "fine", one_line(one["finding"])]
        for one in found.checks
    ]
    return wide_table(["check", "", "finding"], rows)
