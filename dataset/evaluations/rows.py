"""From a planned evaluation to its row: the fields of its records, its KPIs, its outcome. What is unknown is null."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ragone.dataset.evaluations.ancestry import Nearest
from ragone.dataset.evaluations.columns import NEGATIVE, Columns
from ragone.dataset.evaluations.graph import CANDIDATES, chunks, kind_of, listed
from ragone.dataset.evaluations.planning import Plan
from ragone.dataset.evaluations.roles import Reading, differing, role_names, when
from ragone.dataset.evaluations.trials import Trial, goals_of
from ragone.dataset.tables import Row, Tables, table_name

KEY, GONE = "_key", "_gone"


class Records:
    """Rows of artifacts in the tables of their kinds, read in bulk."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows: dict[str, Row] = {}

    def load(self, ids: Iterable[str]) -> None:
        """Read the rows of these artifacts."""
        of_kind: dict[str, set[str]] = {}
        for name in ids:
            if name not in self._rows:
                of_kind.setdefault(table_name(kind_of(name)), set()).add(name)
        for table in sorted(of_kind.keys() & self._tables.of_kinds):
            for chunk in chunks(sorted(of_kind[table])):
                found = self._tables.read(table, where=f"id IN ({listed(chunk)})").to_pylist()
                self._rows.update((row["id"], row) for row in found)

    def row(self, artifact_id: str) -> Row:
        """The row of an artifact; empty if it is in no table."""
        if artifact_id not in self._rows:
            self.load([artifact_id])
        return self._rows.get(artifact_id, {})

    def values(self, candidate: str) -> Mapping[str, Any]:
        """The values of a candidate, by path."""
        written = self.row(candidate).get("values") if kind_of(candidate) == CANDIDATES[0] else None
        found = json.loads(written) if written else {}
        return found if isinstance(found, dict) else {}


class Writer:
    """Writes the rows of evaluations."""

    def __init__(self, columns: Columns, records: Records) -> None:
        self._columns = columns
        self._records = records

    def rows(self, plans: list[Plan]) -> list[Row]:
        """A row for each plan."""
        self._records.load({name for plan in plans for name in _named(plan)})
        return [self._row(plan) for plan in plans]

    def _row(self, plan: Plan) -> Row:
        row: Row = {KEY: plan.key, GONE: False}
        self.show_nearest(row, plan.nearest)
        if plan.candidate:
            row[f"{kind_of(plan.candidate)}_id"] = plan.candidate
        nodes = {name: node for reading in plan.readings for name, node in reading.sources.items()}
        names = role_names(nodes, plan.roles, plan.trial)
        self._show_sources(row, plan, names)
        self._show_kpis(row, plan, names)
        self.show_candidate(row, plan.candidate)
        self._show_trial(row, plan)
        return row

    def show_nearest(self, row: Row, nearest: Nearest) -> None:
        """Add the fields and ids of the records that something is made of to its row."""
        for (kind, branch), ids in nearest.items():
            if kind in self._columns.kinds and kind not in CANDIDATES[:1]:
                self._show(row, kind, f"{branch}{kind}" if branch else "", ids)

    def _show(self, row: Row, kind: str, role: str, ids: list[str]) -> None:
        """Fields of a record; of several records what they agree on."""
        found = [self._records.row(name) for name in ids]
        for field, column in self._columns.of(kind, role).items():
            values = [record.get(field) for record in found]
            if column not in row or kind != CANDIDATES[1]:
                row[column] = values[0] if all(value == values[0] for value in values) else None
        row[f"{role or kind}_id" if not role or role.startswith(NEGATIVE) else f"{kind}_id of {role}"] = ",".join(
            sorted(ids)
        )

    def _show_sources(self, row: Row, plan: Plan, names: Mapping[str, str]) -> None:
        """The records that KPIs were read off: the first of its kind by its fields, others by their names, too."""
        shown = {kind for kind, branch in plan.nearest if not branch}
        for artifact_id, name in names.items():
            kind = kind_of(artifact_id)
            if kind in self._columns.kinds:
                self._show(row, kind, name if kind in shown else "", [artifact_id])
                shown.add(kind)

    def _show_kpis(self, row: Row, plan: Plan, names: Mapping[str, str]) -> None:
        """KPIs by their names; of several read off the same with the same settings that of a goal, or the newest."""
        goals = set(plan.trial.kpis) if plan.trial else set()
        order = {artifact_id: place for place, artifact_id in enumerate(names)}
        of_name: dict[str, dict[Any, Reading]] = {}
        for reading in sorted(plan.readings, key=lambda r: (r.kpi in goals, self._certainty(r), *when(r.node), r.kpi)):
            name = self._records.row(reading.kpi).get("name")
            if name:
                of_name.setdefault(name, {})[reading.direct, reading.settings()] = reading
        for name, found in of_name.items():
            first, *others = sorted(
                found.values(), key=lambda r: ([order.get(i, -1) for i in r.direct], r.kpi not in goals, *when(r.node))
            )
            plain, _, role = name.partition(" of ")  # one that was reported says itself of which step it is
            self._show_kpi(row, plain, role, first.kpi)
            for reading in others:
                self._show_kpi(row, plain, _told_apart(reading, first, names), reading.kpi)

    def _show_kpi(self, row: Row, name: str, role: str, kpi: str) -> None:
        record = self._records.row(kpi)
        shown = self._columns.of_kpi(name, role)
        row[shown.pop("id")] = kpi
        if record.get("lower_bound") is None:
            shown.pop("lower_bound")  # a column of KPIs that may be censored alone
        row.update({column: record.get(field) for field, column in shown.items()})

    def _certainty(self, reading: Reading) -> bool:
        return self._records.row(reading.kpi).get("standard_uncertainty") is not None

    def show_candidate(self, row: Row, candidate: str) -> None:
        """Add the values of a candidate that no record of the row shows, such as a parameter of a step."""
        for path, value in (self._records.values(candidate) if candidate else {}).items():
            role, _, name = path.rpartition(".")
            shown = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
            column = name
            if row.get(name, shown) != shown or (role.startswith(NEGATIVE) and self._columns.is_declared(name)):
                column = f"{name} of {role}"
            if row.get(column) is None:
                row[column] = shown if isinstance(shown, float) else str(shown)

    def _show_trial(self, row: Row, plan: Plan) -> None:
        nodes = [reading.node for reading in plan.readings] or ([plan.failure] if plan.failure else [])
        row["created"] = max((node.ended for node in nodes), default=plan.trial.concluded if plan.trial else None)
        row["code_id"] = ",".join(sorted({node.code_id for node in nodes} - {""})) or None
        row["environment_id"] = ",".join(sorted({node.environment_id for node in nodes} - {""})) or None
        row["outcome"], row["reason"] = self._outcome(plan)
        if plan.trial:
            row |= self._trial(plan.trial)

    def _trial(self, trial: Trial) -> Row:
        goals = goals_of(trial.campaign)
        objective = goals[trial.objective] if goals else {}
        kpi = self._records.row(trial.kpis[trial.objective]) if trial.objective < len(trial.kpis) and goals else {}
        return {
            "campaign": trial.campaign.name,
            "campaign_id": trial.campaign_id,
            "trial": trial.number,
            "fidelity": "target" if self._is_at_target(trial) else "cheaper",
            "feasible": trial.is_feasible,
            "objective": _text(objective.get("kpi")),
            "objective_sense": _text(objective.get("sense")),
            "objective_value": kpi.get("value"),
            "objective_unit": kpi.get("unit"),
        }

    def _is_at_target(self, trial: Trial) -> bool:
        return trial.campaign.is_at_target(self._records.values(trial.candidate))

    def _outcome(self, plan: Plan) -> tuple[str, str | None]:
        """measured, infeasible or failed, and why it is not the first."""
        if not plan.readings:
            return "failed", plan.failure.error if plan.failure else None
        read = plan.trial.kpis if plan.trial and plan.trial.kpis else sorted(r.kpi for r in plan.readings)
        records = [self._records.row(kpi) for kpi in read]
        without = [record for record in records if record.get("value") is None]
        if plan.trial.is_feasible if plan.trial else len(without) < len(records):
            return "measured", None
        reasons = dict.fromkeys(f"{record.get('name')}: {record.get('outcome')}" for record in without)
        cheaper = plan.trial is not None and not self._is_at_target(plan.trial)
        usual = "evaluated at a cheaper fidelity" if cheaper else "a limit of the study is broken"
        return "infeasible", "; ".join(reasons) or usual


def _named(plan: Plan) -> Iterable[str]:
    yield from (name for ids in plan.nearest.values() for name in ids)
    yield from (reading.kpi for reading in plan.readings)
    yield from (name for reading in plan.readings for name in reading.sources)
    yield from plan.trial.kpis if plan.trial else ()
    if plan.candidate:
        yield plan.candidate


def _told_apart(reading: Reading, first: Reading, names: Mapping[str, str]) -> str:
    """Return what tells a KPI from the first of its name: the records that it is read off, or else its settings."""
    if reading.direct != first.direct:
        return ", ".join(names[source] for source in reading.direct if source in names) or reading.node.stage
    return differing(reading.node, first.node)


def _text(value: object) -> str | None:
    """Return what a document says, unless it is no text."""
    return value if isinstance(value, str) else None
