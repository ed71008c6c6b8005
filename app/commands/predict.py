"""`ragone predict`: what a surrogate expects of one design, how surely, and whether it interpolates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ragone.app.tables.answers import number
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows.surrogate.surrogate_files import read_surrogate, stored_surrogate
from ragone.models.surrogate.errors import SurrogateError
from ragone.models.surrogate.features import Feature
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Surrogate
from ragone.schemas.errors import did_you_mean
from ragone.schemas.field import Bounds
from ragone.schemas.unit_names import short_name
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Predict; 1 if the design is outside of the applicability domain."""
    given = session.arguments
    record, level = surrogate_of(session), level_of(given.level)
    trained = TrainedSurrogate.load(record)
    row = dict(_setting(trained, text) for text in given.settings)
    found = trained.predict_rows({name: [value] for name, value in row.items()}, level)
    inside = bool(found.inside[0])
    ends = None if found.low is None or found.high is None else (float(found.low[0]), float(found.high[0]))
    unit = "-" if record.target_unit == "1" else record.target_unit
    interval = "too few designs for an interval of that level" if ends is None else f"{ends[0]:.6g} to {ends[1]:.6g}"
    where = "inside" if inside else "OUTSIDE, an extrapolation that nothing has tested,"
    session.answer(
        {
            "surrogate_id": record.id,
            "target": record.target,
            "unit": record.target_unit,
            "prediction": float(found.means[0]),
            "interval": ends,
            "level": level,
            "inside_domain": inside,
        },
        f"{record.target} = {number(float(found.means[0]))} {unit}, {level:.0%} interval {interval}; {where} of the "
        f"applicability domain of {record.architecture} on {len(record.trained_on)} observations",
    )
    return FINE if inside else FOUND


def surrogate_of(session: Session) -> Surrogate:
    """The surrogate that the arguments name: of a file, or of the lake."""
    name = session.arguments.surrogate
    if name.endswith(".json"):
        return read_surrogate(Path(name))
    with session.lake() as lake:
        return stored_surrogate(lake, name)


def level_of(text: str) -> float:
    """The share of new designs that an interval is to hold."""
    return parse_quantity(text, "1", "--level", Bounds(low=0, high=1, low_open=True, high_open=True))


def feature_named(trained: TrainedSurrogate, name: str) -> Feature:
    """The feature of a name, with or without its unit.

    Raises
    ------
    SurrogateError
        If there is none.
    """
    for feature in trained.features:
        if name in (feature.name, short_name(feature.name)):
            return feature
    hint = did_you_mean(name, [one.name for one in trained.features])
    raise SurrogateError(f"the surrogate has no feature {name!r}: {hint}")


def read_value(feature: Feature, text: str) -> Any:
    """A value of a feature, in its unit, from text."""
    if not feature.options:
        return parse_quantity(text, feature.unit or "1", feature.name)
    return next((one for one in feature.options if str(one) == text.strip()), text.strip())


def _setting(trained: TrainedSurrogate, text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    feature = feature_named(trained, name.strip())
    return feature.name, read_value(feature, value)
