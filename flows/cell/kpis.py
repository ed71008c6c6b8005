"""KPIs of stored curves, cells, spectra and electrodes, each by its stage and under its name.

What a stage takes is read off its ports. A port of one record is given each subject of that kind in turn; a port of
many the subjects of one cell together; a port of a cell that is no subject itself the cell that the curve was computed
with, or else the one given. A stage that fails leaves its stored run and the reason, and the others go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ragone.dataset import Lake
from ragone.flows.errors import KpiError
from ragone.flows.running.progress import Progress, Silent
from ragone.flows.stages import KPI_STAGES, kpi_stage_of
from ragone.pipelines.kpi.differential import differential_capacity
from ragone.schemas import (
    CellParameters,
    Cycling,
    DifferentialCapacity,
    Discharge,
    Kpi,
    KpiStage,
    Measurement,
    Record,
    RunOutcome,
)
from ragone.schemas.errors import did_you_mean
from ragone.schemas.parameter import named
from ragone.schemas.stage import RESULT, SEED, Port

AnyKpiStage = KpiStage[Any, Any]


def read_off(stage: AnyKpiStage) -> bool:
    """Whether its KPIs are those of one subject, with its cell at most; others compare several."""
    others = [port for port in stage.ports.values() if port is not stage.subject]
    return len(others) <= 1 and all(_of_cell(port) for port in others)


def _of_cell(port: Port) -> bool:
    return port.kinds == (CellParameters,)


@dataclass(frozen=True)
class StageKpis:
    """The result of one stage: ids by name of the KPI, or why there are none."""

    name: str
    subjects: tuple[str, ...]
    kpis: Mapping[str, str]
    run_id: str = ""
    error: str = ""


def extract(
    lake: Lake,
    subject_ids: Sequence[str],
    names: Sequence[str] = (),
    *,
    cell_id: str = "",
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[StageKpis]:
    """Run every applicable KPI stage, or find what was computed before.

    Parameters
    ----------
    lake
        Where the subjects are.
    subject_ids
        Curves, spectra, cells or transports; full or short ids.
    names
        Of KPI stages, or of single KPIs; those that need not be named if empty.
    cell_id
        The cell of the subjects that were not computed from one.
    settings
        Parameters by name, for every stage that has one of that name; a text is read with its unit.
    seed
        Of the stages that draw.
    progress
        Receives the progress, a step for every stage.

    Raises
    ------
    KpiError, UnknownFieldError, ParameterError, UnitError, BoundsError
        If a name or a setting is not known or cannot be read, or no subject has such KPIs; before anything is computed.
    """
    asked = stages_asked(names)
    given = _settings(list(asked), settings or {})
    subjects = _subjects(lake, subject_ids, cell_id)
    calls = [
        (stage, group) for stage in asked for group in _groups(stage, subjects) if names or len(group) >= stage.least
    ]
    if not calls:
        fitting = [stage.short for stage in KPI_STAGES.values() if read_off(stage) and _groups(stage, subjects)]
        advice = f"ask for {', '.join(fitting)}" if fitting else "give curves, spectra or cells"
        raise KpiError(
            f"none of {', '.join(stage.short for stage in asked)} is a KPI of {', '.join(subjects)}; {advice}."
        )
    watcher = progress or Silent()
    watcher.started(len(calls))
    found = []
    for stage, group in calls:
        watcher.step(f"KPI: {stage.short}")
        found.append(_select_asked(_extract_stage(lake, stage, group, given[stage], seed), asked[stage]))
        watcher.advanced()
    return found


def differential_capacity_with_peaks(lake: Lake, curve_id: str) -> tuple[DifferentialCapacity, dict[str, Kpi]]:
    """The differential capacity of a curve and the KPIs of its peaks by name, computed or found."""
    capacity = lake.get(lake.run(differential_capacity, curve=curve_id).id, DifferentialCapacity)
    (peaks,) = extract(lake, [curve_id], ["dqdv"])
    return capacity, {name: lake.get(kpi_id, Kpi) for name, kpi_id in peaks.kpis.items()}


@dataclass(frozen=True)
class _Subject:
    """A record with its cell, and what it shares with others of one series."""

    record: Record
    cell_id: str

    @property
    def series(self) -> tuple[str, str]:
        """Curves of one cell: measured ones by its name, simulated ones by the cell that they were computed with."""
        if isinstance(self.record, Measurement):
            return "measured", self.record.cell_name
        return ("simulated" if isinstance(self.record, Discharge | Cycling) else self.record.kind), self.cell_id


def stages_asked(names: Sequence[str]) -> dict[AnyKpiStage, set[str]]:
    """The KPIs asked of each stage: some by name, or all (an empty set) where the stage is named.

    All stages that need not be named if there are no names; in the order of the registry.

    Raises
    ------
    KpiError, UnknownFieldError
        If a name is neither that of a stage nor that of a KPI, or of one that compares several records.
    """
    stages = {stage.short: stage for stage in KPI_STAGES.values()}
    asked: dict[AnyKpiStage, set[str]] = {} if names else {s: set() for s in stages.values() if s.unasked}
    for name in names:
        stage = stages.get(name) or kpi_stage_of(name)
        if not read_off(stage):
            raise KpiError(f"{name} is no KPI of one record: {stage.name} takes {', '.join(stage.ports)}.")
        if name in stages:
            asked[stage] = set()
        elif asked.get(stage, {name}):
            asked.setdefault(stage, set()).add(name)
    return {stage: asked[stage] for stage in stages.values() if stage in asked}


def _settings(chosen: Sequence[AnyKpiStage], settings: Mapping[str, Any]) -> dict[AnyKpiStage, dict[str, Any]]:
    """The parameters of each stage that has them."""
    found: dict[AnyKpiStage, dict[str, Any]] = {stage: {} for stage in chosen}
    for name, given in settings.items():
        having = {stage: one for stage in chosen if (one := named(stage.parameters, name)) is not None}
        if not having:
            known = {parameter for stage in chosen for parameter in stage.parameters}
            raise KpiError(f"no KPI asked for has a parameter {name!r}: {did_you_mean(name, known)}")
        for stage, parameter in having.items():
            found[stage][parameter.name] = parameter.read(given) if isinstance(given, str) else given
    return found


def _subjects(lake: Lake, ids: Sequence[str], cell_id: str) -> dict[str, _Subject]:
    cell = lake.get(cell_id, CellParameters).id if cell_id else ""
    records = [lake.get(name) for name in ids]
    return {record.id: _Subject(record, _cell_of(lake, record.id) or cell) for record in records}


def _cell_of(lake: Lake, name: str) -> str:
    """The cell that a record was computed with; empty if there was none."""
    parents = [edge.parent for edge in lake.lineage(name).parents_of(name)]
    return next((parent for parent in parents if parent.startswith(f"{CellParameters.kind}-")), "")


def _groups(stage: AnyKpiStage, subjects: Mapping[str, _Subject]) -> list[tuple[_Subject, ...]]:
    """The subjects that a stage takes: each for itself, or those of one series together."""
    port = stage.subject
    fitting = [subject for subject in subjects.values() if port.takes(type(subject.record))]
    if not port.many:
        return [(subject,) for subject in fitting]
    series = dict.fromkeys(subject.series for subject in fitting)
    return [tuple(s for s in fitting if s.series == one) for one in series]


def _extract_stage(
    lake: Lake, stage: AnyKpiStage, group: tuple[_Subject, ...], given: Mapping[str, Any], seed: int
) -> StageKpis:
    ids, subject = tuple(one.record.id for one in group), stage.subject
    inputs: dict[str, Any] = {subject.name: ids if subject.many else ids[0]}
    for name, port in stage.ports.items():
        if port is not subject and group[0].cell_id:
            inputs[name] = group[0].cell_id
        elif name not in inputs and not port.optional:
            return StageKpis(stage.short, ids, {}, error="needs cell_parameters; name the cell with --cell")
    if stage.takes_seed:
        inputs[SEED] = seed
    run = lake.run(stage, **inputs, **given)
    if run.outcome is not RunOutcome.COMPLETED:
        return StageKpis(stage.short, ids, {}, run.run_id, run.error)
    return StageKpis(stage.short, ids, _by_kpi_name(lake, run.outputs), run.run_id)


def _select_asked(found: StageKpis, names: set[str]) -> StageKpis:
    """Keep the KPIs that were asked for by name; a name that was not found is answered with those that were."""
    if not names or found.error:
        return found
    kept = {name: found.kpis[name] for name in found.kpis if name in names}
    absent = ", ".join(sorted(names - kept.keys()))
    error = f"gave no {absent}; it gave {', '.join(found.kpis)}" if absent else ""
    return replace(found, kpis=kept, error=error)


def _by_kpi_name(lake: Lake, outputs: Mapping[str, str]) -> dict[str, str]:
    """Ids by name: the role of each where a stage returns several, the name that it bears where it is the only one."""
    if set(outputs) != {RESULT}:
        return dict(outputs)
    return {lake.get(outputs[RESULT], Kpi).name: outputs[RESULT]}
