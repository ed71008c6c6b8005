"""What a surrogate was trained on, how well it predicts, and whether it is in use from now on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ragone.app.tables.answers import described_table, number
from ragone.app.terminal.printable import one_line
from ragone.flows.surrogate.retraining import Retrained
from ragone.schemas import Promotion, Surrogate

_FEATURES = 12  # that are shown by importance


def retrained_text(done: Retrained) -> RenderableType:
    """Return the surrogate, its errors and its promotion as text, and its features as a table."""
    if done.surrogate is None or done.promotion is None:
        return Text(
            f"{done.target}: not trained; the history has grown by {done.growth:.0%} to {done.observation_count} "
            "observations since the surrogate in use was trained"
        )
    left_out = [f"left out: {count} {reason}" for reason, count in done.left_out.items()]
    lines = [*_described(done.surrogate), *left_out, _judged(done.promotion)]
    return Group(*(Text(one_line(line)) for line in lines), _importance(done.surrogate))


def retrained_data(done: Retrained) -> dict[str, Any]:
    """The same as data."""
    found, promotion = done.surrogate, done.promotion
    return {
        "target": done.target,
        "observations": done.observation_count,
        "growth": done.growth,
        "left_out": dict(done.left_out),
        "surrogate_id": found.id if found else None,
        "method": found.architecture if found else None,
        "metrics": found.metrics if found else None,
        "promotion": {"id": promotion.id, **{n: getattr(promotion, n) for n in promotion.fields()}}
        if promotion
        else None,
        "card": found.card if found else None,
    }


def _described(found: Surrogate) -> Iterator[str]:
    card, unit = found.card, _unit(found.target_unit)
    data, errors = card["data"], card["mean_absolute_error"]
    yield f"surrogate  {found.id}"
    yield (
        f"{found.target} [{unit}] by {found.architecture}, from {data['observation_count']} observations of "
        f"{data['design_count']} designs, {number(data['low'])} to {number(data['high'])}"
    )
    yield f"mean absolute error on left-out designs [{unit}]: " + ", ".join(
        f"{name} {error:.3g}" for name, error in sorted(errors.items(), key=lambda item: float(item[1]))
    )


def _judged(found: Promotion) -> str:
    unit = _unit(found.target_unit)
    verdict = "promoted" if found.promoted else "not promoted"
    if found.mean_absolute_error is None or found.incumbent_mean_absolute_error is None:
        return f"{verdict}: {found.outcome}"
    chance = "" if found.p_value is None else f", p = {found.p_value:.2g}"
    return (
        f"{verdict}: {found.outcome}; on {found.design_count} designs {found.mean_absolute_error:.3g} {unit}, the one "
        f"in use {found.incumbent_mean_absolute_error:.3g} {unit}{chance}"
    )


def _importance(found: Surrogate) -> RenderableType:
    """Features by importance, with their range in training."""
    features = {one["name"]: one for one in found.features}
    ranked = sorted(found.card["importance"].items(), key=lambda item: -float(item[1]))[:_FEATURES]
    rows = [(name, _range(features[name]), f"{grown:.3g}") for name, grown in ranked]
    return described_table(("feature", "in training", f"error it saves [{_unit(found.target_unit)}]"), rows)


def _range(feature: dict[str, Any]) -> str:
    if "choices" in feature:
        return ", ".join(map(str, feature["choices"]))
    return f"{number(feature['low'])} to {number(feature['high'])} {_unit(feature['unit'])}"


def _unit(unit: str) -> str:
    return "-" if unit in ("", "1") else unit
