"""Runs in summary: one step for each stage, with how often it was executed, when, on what, and what it made.

A campaign has thousands of runs, and metadata that name each are read by nobody; the runs themselves are in the crate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ragone.dataset.exchange.selection import Selection
from ragone.schemas.entry_points import present_name
from ragone.schemas.provenance import Environment, Run, RunOutcome


@dataclass(frozen=True)
class Step:
    """The runs of a stage that were computed: how many, how many failed, the kinds that they took and made.

    `informed_by` are the kinds that were taken into account only. `error` is that of the last run, if all failed.
    """

    stage: str
    entry_point: str
    count: int
    failed: int
    takes: tuple[str, ...]
    informed_by: tuple[str, ...]
    makes: tuple[str, ...]
    started: datetime
    ended: datetime
    error: str

    @property
    def package(self) -> str:
        """The package at the top of the module in which the stage lies."""
        return present_name(self.entry_point).partition(":")[0].partition(".")[0] or "ragone"

    @property
    def in_words(self) -> str:
        """Its name, and the number of times that it was executed."""
        times = "once" if self.count == 1 else f"{self.count} times"
        return f"{self.stage}, executed {times}" + (f", of which {self.failed} failed" if self.failed else "")


def steps_of(selection: Selection) -> list[Step]:
    """Return the steps of a selection, the one that was executed first in front; what was given, if that is all."""
    of_stage: dict[str, list[Run]] = {}
    computed = [run for _, run in selection.runs if run.entry_point]
    for run in computed or [run for _, run in selection.runs]:
        of_stage.setdefault(run.stage, []).append(run)
    return sorted(map(_step, of_stage.values()), key=lambda step: (step.started, step.stage))


def given_kinds(selection: Selection) -> list[str]:
    """Return the kinds of what was given to a selection, not computed in it; sorted."""
    return sorted({kind for _, run in selection.runs if run.stage == "given" for kind in _kinds(run.output_ids)})


def software_versions(selection: Selection) -> dict[str, str]:
    """Return the versions of the distributions that were installed, by name; several with commas between them."""
    versions: dict[str, set[str]] = {}
    for artifact in selection.of_kind(Environment.kind):
        environment = selection.get(artifact.id)
        for name, version in getattr(environment, "packages", {}).items():
            versions.setdefault(name, set()).add(version)
    return {name: ", ".join(sorted(found)) for name, found in versions.items()}


def _step(runs: list[Run]) -> Step:
    failed = [run for run in runs if run.outcome is RunOutcome.FAILED]
    inputs = [(role in run.informed_roles, name) for run in runs for role, name in run.inputs()]
    return Step(
        runs[0].stage,
        runs[-1].entry_point,
        len(runs),
        len(failed),
        tuple(sorted(set(_kinds(name for informed, name in inputs if not informed)))),
        tuple(sorted(set(_kinds(name for informed, name in inputs if informed)))),
        tuple(sorted({kind for run in runs for kind in _kinds(run.output_ids)})),
        min(run.started for run in runs),
        max(run.ended for run in runs),
        failed[-1].error if len(failed) == len(runs) else "",
    )


def _kinds(names: Iterable[str]) -> Iterator[str]:
    return (name.partition("-")[0] for name in names)
