"""A report on fidelity as data and as tables: samples side by side, the noise of real volumes first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import short, wide_table
from ragone.flows import FidelityResult
from ragone.schemas import Fidelity

RARE = 1e-3
_PERCENT = 100.0
_OVERLAPPING = 0.9  # correlation of a real volume with a training volume
_SIGNIFICANT = 4.0  # real slopes over their standard error
_READING = (
    f"errors: root mean square over conditions, of the real mean (in points where marked p); * chance below {RARE:g}",
    "spread: standard deviation between seeds over the real one; response: slope against the recipe over the real one",
)


def plain_report(result: FidelityResult, picture: str) -> dict[str, Any]:
    """Return the report as data: every sample with all numbers of its record but the curves."""
    return {
        "samples": {name: {"fidelity_id": r.id, **_plain(r)} for name, r in result.records.items()},
        "failures": list(result.failures),
        "remarks": list(result.remarks),
        "picture": picture,
    }


def report(result: FidelityResult) -> RenderableType:
    """Return the report as tables."""
    records = list(result.records.values())
    parts: list[RenderableType] = [
        _volumes(records[-1]),
        "",
        _errors(records),
        "",
        _curves(records),
        "",
        _spreads(records),
    ]
    if records[0].response_names:
        parts += ["", _responses(records)]
    parts += ["", *_memorisation(records), *map(Text, _READING)]
    parts += [Text(f"{name}: {short(record.id)}") for name, record in result.records.items()]
    return Group(*parts)


def _plain(record: Fidelity) -> dict[str, Any]:
    left = ("real_two_point_correlation", "two_point_correlation", "correlation_distance_metre")
    values = {name: getattr(record, name) for name in record.fields() if name not in left}
    lists = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in values.items()}
    ratios, errors = record.slope_ratios()
    derived = {
        "worst": record.worst(),
        "spread_ratio": record.spread_ratios(),
        "slope_ratio": ratios,
        "slope_ratio_standard_error": errors,
    }
    return lists | {name: _listed(value.tolist()) for name, value in derived.items()}


def _listed(value: Any) -> Any:
    """Return the value without what JSON cannot hold: not known is null."""
    if isinstance(value, list):
        return [_listed(one) for one in value]
    return value if math.isfinite(value) else None


def _volumes(record: Fidelity) -> Text:
    return Text(f"{len(record.real_volume_count)} conditions, {int(record.real_volume_count.sum())} real volumes")


def _errors(records: Sequence[Fidelity]) -> Table:
    """Return a row for each metric: error, bias and worst condition of every sample."""
    rows, worst = [], [record.worst() for record in records]
    for place, name in enumerate(records[0].metric_names):
        unit = " p" if records[0].metric_absolute[place] else ""
        row = [name.replace("_", " ") + unit]
        for record, farthest in zip(records, worst, strict=True):
            star = "*" if record.chance[place] < RARE else " "
            bias = f"{_PERCENT * record.bias[place]:+.2f} ± {_PERCENT * record.bias_standard_error[place]:.2f}"
            row += [f"{_PERCENT * record.error[place]:.2f}{star}", bias, f"{_PERCENT * farthest[place]:+.2f}"]
        rows.append(row)
    heads = [head for record in records for head in (f"{record.sample} [%]", "bias", "worst")]
    return wide_table(["error", *heads], rows, right=True)


def _curves(records: Sequence[Fidelity]) -> Table:
    rows = []
    for place, name in enumerate(records[0].curve_names):
        row = [name.replace("_", " ")]
        for record in records:
            star = "*" if record.curve_chance[place] <= RARE else " "
            error = _PERCENT * record.curve_error_standard_error[place]
            row.append(f"{_PERCENT * record.curve_error[place]:.2f} ± {error:.2f}{star}")
        rows.append(row)
    return wide_table(["curve", *(f"{record.sample} [%]" for record in records)], rows, right=True)


def _spreads(records: Sequence[Fidelity]) -> Table:
    rows = []
    for place, name in enumerate(records[0].metric_names):
        if records[0].real_spread[place] > 0:
            ratios = [(r.spread_ratios()[place], r.spread_ratio_relative_standard_error[place]) for r in records]
            cells = [f"{ratio:.2f} ± {ratio * error:.2f}" for ratio, error in ratios]
            rows.append([name.replace("_", " "), f"{_PERCENT * records[0].real_spread[place]:.2f}", *cells])
    return wide_table(["spread", "real [%]", *(record.sample for record in records)], rows, right=True)


def _responses(records: Sequence[Fidelity]) -> Table:
    """Return the slopes where the real one is many times its own standard error."""
    rows = []
    for part, what in enumerate(records[0].response_names):
        for place, name in enumerate(records[0].metric_names):
            slope, error = records[0].real_slope[part, place], records[0].real_slope_standard_error[part, place]
            if abs(slope) > _SIGNIFICANT * error and error > 0:
                ratios = [(r.slope_ratios()[0][part, place], r.slope_ratios()[1][part, place]) for r in records]
                cells = [f"{ratio:.2f} ± {e:.2f}" for ratio, e in ratios]
                rows.append([name.replace("_", " "), what.replace("_", " "), *cells])
    return wide_table(["response of", "to", *(record.sample for record in records)], rows, right=True)


def _mean_and_most(values: np.ndarray[Any, Any]) -> str:
    return f"{values.mean():.3f}, at most {values.max():.3f}"


def _memorisation(records: Sequence[Fidelity]) -> list[Text]:
    """Return the largest similarity to a training volume, of each sample and of real volumes."""
    lines = []
    for record in records:
        if len(record.similarity) and len(record.real_similarity):
            verdict = "memorised" if record.memorised else "not memorised"
            lines.append(
                Text(
                    f"{record.sample}: similarity to the closest training volume {_mean_and_most(record.similarity)}; "
                    f"of real volumes {_mean_and_most(record.real_similarity)} "
                    f"(chance {record.memorisation_chance:.2g}): {verdict}"
                )
            )
    if any(len(record.real_similarity) and record.real_similarity.max() > _OVERLAPPING for record in records):
        lines.append(Text("real volumes overlap the training volumes: they were not held out, and hide memorisation"))
    return lines or [Text("memorisation of training volumes: not tested")]
