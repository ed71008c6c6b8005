"""The KPIs that are meant by an id: of a KPI itself, and else those that were computed of a curve, cell or design.

KPIs of draws and of perturbed metrics are passed over: they are parts of an uncertainty, not results.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ragone.dataset import Lake
from ragone.flows.cell.kpis import extract
from ragone.flows.errors import KpiError
from ragone.schemas import Campaign, Curve, Kpi, Record
from ragone.schemas.errors import did_you_mean

USUAL = ("energy_density", "specific_energy")
_OF_A_BUDGET = ("drawn", "alternatives")  # roles of KPIs that an uncertainty was estimated from
_PARTS = ("uncertainty.", "characterise.perturb")  # stages whose results are no results of a design


def kpis_meant(lake: Lake, name: str, names: Sequence[str] = ()) -> list[str]:
    """Ids of the KPIs that are meant.

    Parameters
    ----------
    lake
        Where everything is.
    name
        Id of a KPI, a curve, a cell, a candidate, or a campaign, which stands for its best candidate.
    names
        Of the KPIs; those of a campaign's goals, or `USUAL`, if empty.

    Raises
    ------
    KpiError
        If there is no such KPI.
    """
    record = lake.get(name)
    if isinstance(record, Kpi):
        return [record.id]
    wanted = tuple(names) or _goals(record) or USUAL
    subject = _best(record)
    if isinstance(record, Curve):
        extract(lake, [subject], wanted)
    known = {kpi_id: lake.get(kpi_id, Kpi) for kpi_id in _results(lake, subject)}
    having_value = {kpi_id: kpi for kpi_id, kpi in known.items() if kpi.name in wanted and kpi.value is not None}
    found = list({(kpi.name, kpi.value): kpi_id for kpi_id, kpi in _by_uncertainty(having_value)}.values())
    if not found:
        having = sorted({kpi.name for kpi in known.values()})
        advice = (
            did_you_mean(wanted[0], having)
            if having
            else "extract some first, with `ragone kpis` of a curve that `ragone cycle` made of its cell."
        )
        raise KpiError(f"{subject} has no {', '.join(wanted)} with a value: {advice}")
    return found


def _goals(record: Record) -> tuple[str, ...]:
    return tuple(goal["kpi"] for goal in record.goals) if isinstance(record, Campaign) else ()


def _best(record: Record) -> str:
    """The record itself, or the best candidate of a campaign; raises KpiError if none was feasible."""
    if not isinstance(record, Campaign):
        return record.id
    best = record.best_candidate_id or next(iter(record.front_ids), "")
    if not best:
        raise KpiError(f"no candidate of campaign {record.id} was feasible. Name a candidate or a KPI.")
    return best


def _by_uncertainty(kpis: Mapping[str, Kpi]) -> list[tuple[str, Kpi]]:
    """The KPIs, those with an uncertainty last: of one value, with and without one, the later stands for both."""
    return sorted(kpis.items(), key=lambda row: row[1].standard_uncertainty or 0.0)


def _results(lake: Lake, subject: str) -> Iterator[str]:
    """Ids of the KPIs made of an artifact, each once, but for those of draws and perturbed metrics."""
    lineage = lake.lineage(subject)
    parts = {edge.child for edge in lineage.down if edge.stage.startswith(_PARTS)}
    for edge in lineage.down:  # the nearest first, so that what is made of a part is one too
        if edge.parent in parts and not edge.role.startswith("perturbed_"):
            parts.add(edge.child)
    estimated = {edge.parent for edge in lineage.down if edge.role in _OF_A_BUDGET}
    runs = {edge.run_id for edge in lineage.down if edge.child in estimated}  # with what else the stage gave
    parts |= {edge.child for edge in lineage.down if edge.run_id in runs}
    kpis = dict.fromkeys(edge.child for edge in lineage.down if edge.child.startswith(f"{Kpi.kind}-"))
    return (name for name in kpis if name not in parts)
