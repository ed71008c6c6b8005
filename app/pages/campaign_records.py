"""What the page of a campaign is drawn from: records of the lake and the edges between them, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from ragone.app.pages.power_points import PowerPoint, power_points
from ragone.dataset import Edge, Lake
from ragone.flows.design.ways import candidate_of_design
from ragone.models.review import IDEAL, ChoiceError, Chosen, ReviewedTrials, ReviewError, chosen_of
from ragone.schemas import Campaign, Candidate, Curve, Design, Kpi, Microstructure, Verification
from ragone.schemas.kpi_stage import PERTURBED


@dataclass(frozen=True)
class Ancestors:
    """Some artifacts of one kind that a number rests on, and the stage that made them."""

    kind: str
    stage: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Best:
    """The best design: its trial, counted from 0, its KPIs in the order of the goals, and what they rest on.

    `ancestors` begin with what was given or proposed; `perturbed` counts those from which its uncertainty alone was
    computed, `informed_by` the artifacts that the proposal was informed by. The volume and the curve are None if there
    is none, or their data were dropped; `volume_ids` are those of all volumes.
    """

    number: int
    candidate: Candidate
    kpis: tuple[Kpi, ...]
    ancestors: tuple[Ancestors, ...]
    perturbed: int
    informed_by: int
    volume_ids: tuple[str, ...]
    volume: Microstructure | None
    curve: Curve | None


@dataclass(frozen=True)
class CampaignRecords:
    """A campaign, the candidate and KPIs of every trial (none where it failed), the best, and what was verified."""

    campaign: Campaign
    candidates: tuple[Candidate, ...]
    kpis: tuple[tuple[Kpi, ...], ...]
    best: Best | None
    verifications: tuple[Verification, ...]
    trials: ReviewedTrials | None
    chosen: Chosen | None
    powers: tuple[PowerPoint, ...]

    @classmethod
    def read(cls, lake: Lake, name: str, choose: str = IDEAL) -> Self:
        """Read a campaign of a lake; of several objectives the best design is the one of the front that is chosen.

        Raises
        ------
        ChoiceError
            If no design of its front is chosen.
        UnknownIdError, AmbiguousIdError, OtherKindError
            If the id leads to no campaign.
        DroppedError
            If a candidate or KPI of it was dropped.
        """
        campaign = lake.get(name, Campaign)
        candidates = tuple(_candidate(lake, one) for one in campaign.candidate_ids)
        width = len(campaign.goals)
        rows = [campaign.kpi_ids[start : start + width] for start in range(0, len(campaign.kpi_ids), width)]
        kpis = tuple(tuple(lake.get(one, Kpi) for one in row if one) for row in rows)
        trials, picked = _reviewed(campaign, candidates, kpis), None
        front = sorted({campaign.candidate_ids.index(one) for one in campaign.front_ids})
        if trials is not None and front:
            picked = chosen_of(trials, front, choose)
        elif choose != IDEAL:
            raise ChoiceError(f"campaign {campaign.name!r} has no front to choose a design of. Leave --choose out.")
        named = campaign.best_candidate_id or next(iter(campaign.front_ids), "")
        number = campaign.candidate_ids.index(named) if named else None
        number = picked.number if picked else number
        chosen = None if number is None else _best(lake, number, campaign, candidates[number], kpis[number])
        subjects = {campaign.id, *filter(None, campaign.kpi_ids)}
        if chosen:
            subjects.update(one for group in chosen.ancestors for one in group.ids)
        powers = _powers(lake, chosen) if chosen else ()
        return cls(campaign, candidates, kpis, chosen, _verifications(lake, subjects), trials, picked, powers)


def _reviewed(
    campaign: Campaign, candidates: tuple[Candidate, ...], kpis: tuple[tuple[Kpi, ...], ...]
) -> ReviewedTrials | None:
    """The trials in numbers, if their goals can be read."""
    try:
        return ReviewedTrials.of(campaign, candidates, kpis)
    except ReviewError:
        return None


def _candidate(lake: Lake, name: str) -> Candidate:
    """The candidate; of a design of an earlier version one with its values."""
    if name.startswith(f"{Design.kind}-"):
        return candidate_of_design(lake.get(name, Design))
    return lake.get(name, Candidate)


def _best(lake: Lake, number: int, campaign: Campaign, candidate: Candidate, kpis: tuple[Kpi, ...]) -> Best:
    candidate_id = campaign.candidate_ids[number]
    lineage = lake.lineage(kpis[0].id)
    depth = _depths(kpis[0].id, [edge for edge in lineage.up if not edge.role.startswith(PERTURBED)])
    names = sorted(depth, key=lambda one: (-depth[one], one))
    volumes = tuple(one for one in names if one.startswith(f"{Microstructure.kind}-"))
    held = next((one for one in volumes if lake.holds(one)), None)
    return Best(
        number,
        candidate,
        kpis,
        _grouped(lake, names),
        len(_depths(kpis[0].id, lineage.up)) - len(depth),
        len({edge.parent for edge in lineage.informed_by if edge.child == candidate_id}),
        volumes,
        None if held is None else lake.get(held, Microstructure),
        _curve(lake, reversed(names)),
    )


def _powers(lake: Lake, best: Best) -> tuple[PowerPoint, ...]:
    ancestors = [one for group in best.ancestors for one in group.ids]
    return power_points(lake, ancestors, best.kpis[0].name)


def _depths(subject: str, edges: Sequence[Edge]) -> dict[str, int]:
    """The largest number of steps to each ancestor that the edges lead to; 0 to the subject."""
    depth, level = {subject: 0}, [subject]
    for distance in range(1, len(edges) + 1):  # no further, even if a stranger's lake has a circle
        level = sorted({edge.parent for edge in edges if edge.child in level})
        depth.update(dict.fromkeys(level, distance))
    return depth


def _grouped(lake: Lake, names: Sequence[str]) -> tuple[Ancestors, ...]:
    """The artifacts by kind and the stage that made them, in the order of the names."""
    rows = lake.sql(
        f"SELECT a.id, r.stage FROM artifacts a JOIN runs r ON a.run_id = r.id WHERE a.id IN ({_listed(names)})"
    ).rows()
    stages, groups = dict(rows), dict[tuple[str, str], list[str]]()
    for name in names:
        groups.setdefault((name.rpartition("-")[0], stages.get(name, "")), []).append(name)
    return tuple(Ancestors(kind, stage, tuple(ids)) for (kind, stage), ids in groups.items())


def _curve(lake: Lake, names: Iterable[str]) -> Curve | None:
    """The nearest curve that has samples."""
    for name in names:
        if name.startswith(("discharge-", "cycling-")) and lake.holds(name):
            record = lake.get(name)
            if isinstance(record, Curve) and len(record.test_time_second) > 1:
                return record
    return None


def _verifications(lake: Lake, subjects: Iterable[str]) -> tuple[Verification, ...]:
    """The latest verification of each subject that has one."""
    frame = lake.sql(
        f"SELECT DISTINCT child_id FROM lineage WHERE stage = 'verify' AND parent_id IN ({_listed(sorted(subjects))})"
    )
    found = sorted((lake.get(name, Verification) for (name,) in frame.rows()), key=lambda one: (one.verified, one.id))
    return tuple({one.subject_id: one for one in found}.values())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
