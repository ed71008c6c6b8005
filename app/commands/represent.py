"""`ragone represent`: how large a volume element, how many, how fine a voxel? For a recipe or a stored volume."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ragone.app.pictures.representativity import draw_representativity
from ragone.app.tables.representativity import as_data, as_text
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake
from ragone.flows import Plan, RepresentativityResult, Study, StudyError, study_candidate, study_recipe, study_volume
from ragone.flows.design.ways import candidates_of
from ragone.flows.electrode.materials import materials_of_volume
from ragone.schemas import (
    Campaign,
    Candidate,
    Design,
    Microstructure,
    Recipe,
    Representativity,
    RepresentativityOutcome,
)
from ragone.schemas.units import parse_quantity

_WHOLE_RATIOS = (1.0, 2.0, 4.0)


def execute(session: Session) -> int:
    """Study, draw, report; 1 if no number of volume elements of a size studied meets the target."""
    given = session.arguments
    plan = _plan(given)
    study = Study.load(given.subject) if Path(given.subject).is_file() else None
    with session.lake(create=study is not None) as lake:
        with Watcher(session.notes, hidden=session.silent) as watcher:
            result = _studied(lake, study, given, plan, watcher)
        draw_representativity(result.record, result.subject_id[:30], given.png)
        session.answer(as_data(result, given.png), as_text(result))
    for failure in result.failures:
        session.advise(f"left out: {failure}")
    session.advise(f"drawn into {given.png}\nTry next: ragone reproduce {result.record.id[:28]}{session.again()}")
    return FINE if result.record.outcome is RepresentativityOutcome.REACHABLE else FOUND


def _studied(lake: Lake, study: Study | None, given: Any, plan: Plan, watcher: Watcher) -> RepresentativityResult:
    """The candidate in the middle of a study, or what an id names."""
    if study is not None:
        return study_candidate(lake, study, plan=plan, progress=watcher)
    record = lake.get(given.subject)
    if isinstance(record, Microstructure):
        plan = plan if given.voxels else replace(plan, voxel_ratios=_WHOLE_RATIOS)
        study = Study.load(given.params) if given.params else None
        return study_volume(lake, record, materials_of_volume(lake, record), plan, watcher, study=study)
    if not isinstance(record, Recipe | Candidate | Design | Campaign):
        raise StudyError(f"{record.id} is no candidate, recipe or microstructure. Give one, or a parameter file.")
    study = Study.load(given.params or "params.yaml")
    if isinstance(record, Recipe):
        return study_recipe(lake, study, record, plan, watcher)
    return study_candidate(lake, study, candidates_of(lake, [record.id])[0], plan, watcher)


def _plan(given: Any) -> Plan:
    """The plan that the arguments describe; its own defaults else."""
    chosen = {
        "edges": _numbers(given.sizes, "--sizes", int),
        "voxel_ratios": _numbers(given.voxels, "--voxels", float),
        "target": _share(given.target, "target"),
        "confidence": _share(given.confidence, "confidence"),
        **{n: getattr(given, n) for n in ("volume_elements", "cuts", "structures", "voxel_edge", "metric", "fit_from")},
        "cost_exponent": given.cost_exponent,
    }
    return Plan(**{name: value for name, value in chosen.items() if value is not None})


def _numbers(text: str | None, what: str, kind: type[Any]) -> tuple[Any, ...] | None:
    try:
        return None if text is None else tuple(kind(part) for part in text.split(","))
    except ValueError as cause:
        raise StudyError(f"{what} = {text!r} must be numbers between commas, for example 32,64.") from cause


def _share(text: str | None, name: str) -> float | None:
    if text is None:
        return None
    value = parse_quantity(text, "1", f"--{name}")
    Representativity.fields()["confidence"].bounds.require(value, f"--{name}", "1")
    return value
