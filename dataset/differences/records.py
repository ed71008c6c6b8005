"""The fields of two records of one kind, or of two runs, side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ragone.dataset.differences.entries import Entry, Section, by_path, joined
from ragone.dataset.runs import Committed
from ragone.schemas.kpi import Kpi
from ragone.schemas.provenance import Run
from ragone.schemas.record import Record

UNCERTAINTIES = ("standard_uncertainty", "standard_error")
_LARGE = ("artifact_ids", "table_versions")  # of snapshots: compared by kind instead


def fields_compared(first: Record, second: Record) -> Section:
    """Compare two records of a kind field by field, each number with the uncertainty that the record has of it."""
    entries: list[Entry] = []
    for name, spec in first.fields().items():
        left, right = getattr(first, name), getattr(second, name)
        if name in _LARGE or _is_uncertainty(name, first):
            continue
        if spec.shape == "document":
            entries += by_path(left, right, name)
        else:
            unit = first.unit if isinstance(first, Kpi) and name == "value" else spec.unit
            entries.append(Entry(name, left, right, unit, _uncertainty(first, name), _uncertainty(second, name)))
    return Section(first.kind, tuple(entries))


def runs_compared(title: str, first: Run, second: Run) -> Section:
    """Compare two runs: stage, parameters, seed, inputs by role, outcome and duration."""
    left, right = _said(first), _said(second)
    plain = [Entry(name, left[name], right[name], "s" if name == "duration" else "") for name in left]
    roles = [
        Entry(f"{word} {role}", one.get(role), other.get(role))
        for word, one, other in (
            ("input", _roles(first.inputs()), _roles(second.inputs())),
            ("output", _roles(first.outputs().items()), _roles(second.outputs().items())),
        )
        for role in dict.fromkeys((*one, *other))
    ]
    parameters = by_path(first.parameters, second.parameters, "parameters")
    return Section(title, (*plain, *parameters, *roles))


def makers_compared(first: Committed, second: Committed) -> list[Section]:
    """Compare the runs that made two artifacts; nothing is said where both were given."""
    if not (first.run.entry_point or second.run.entry_point):
        return []
    return [runs_compared("made by", first.run, second.run)]


def _said(run: Run) -> Mapping[str, Any]:
    return {
        "stage": run.stage,
        "seed": run.seed,
        "outcome": str(run.outcome),
        "error": run.error,
        "note": run.note,
        "duration": (run.ended - run.started).total_seconds(),
    }


def _roles(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The ids in each role."""
    found: dict[str, list[str]] = defaultdict(list)
    for role, name in pairs:
        found[role].append(name)
    return {role: joined(names) for role, names in found.items()}


def _is_uncertainty(name: str, record: Record) -> bool:
    """Whether a field is the uncertainty of another one, which is shown with it."""
    if isinstance(record, Kpi) and name == "standard_uncertainty":
        return True
    return any(name.removesuffix(f"_{ending}") in record.fields() for ending in UNCERTAINTIES if name.endswith(ending))


def _uncertainty(record: Record, name: str) -> float | None:
    if isinstance(record, Kpi) and name == "value":
        return record.standard_uncertainty
    values = (getattr(record, f"{name}_{ending}", None) for ending in UNCERTAINTIES)
    return next((value for value in values if isinstance(value, float)), None)
