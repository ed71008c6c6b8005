"""Which runs made an artifact, and which used it: the part of the lineage that evaluations need, read in bulk.

Edges that merely informed a decision are left out, and so are those in roles that begin with ``perturbed``: what was
computed for an uncertainty is no part of what a design is.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from ragone.dataset.tables import ARTIFACTS, LINEAGE, RUNS, Row, Tables
from ragone.schemas.kpi_stage import PERTURBED

CELL, KPI, CAMPAIGN = "cell_parameters", "kpi", "campaign"
CANDIDATES = ("candidate", "design")  # designs were suggested before there were candidates
RUN_COLUMNS = [
    *("id", "stage", "outcome", "error", "started", "ended", "parameters", "code_id", "environment_id"),
    *("input_roles", "input_ids", "output_ids", "informed_roles"),
]
DRAW = "uncertainty.draw_cell"  # stage by which a cell is drawn for an uncertainty
_FORMER_PERTURBED = "varied"  # role of perturbed records in lakes of before there were candidates
_NO_PART = ("verification", "tombstone", "history", CAMPAIGN)  # made of what was evaluated, and no evaluation
_CHUNK = 5_000  # ids in one condition


def kind_of(artifact_id: str) -> str:
    """The kind that an id begins with."""
    return artifact_id.partition("-")[0]


@dataclass(frozen=True, eq=False)
class Node:
    """A run, and what its outputs are made of: role and id of each input."""

    run_id: str
    stage: str
    failed: bool
    error: str
    started: datetime
    ended: datetime
    written: str  # its parameters, as JSON
    code_id: str
    environment_id: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[str, ...]

    @classmethod
    def of(cls, row: Row) -> Node:
        """The run in a row of the table of runs."""
        informed = set(row["informed_roles"] or ())
        made = row["output_ids"] or ()
        pairs = zip(row["input_roles"] or (), row["input_ids"] or (), strict=True)
        return cls(
            row["id"],
            row["stage"],
            row["outcome"] == "failed",
            row["error"] or "",
            row["started"],
            row["ended"],
            row["parameters"] or "{}",
            row["code_id"] or "",
            row["environment_id"] or "",
            tuple(
                dict.fromkeys(
                    (role, parent)
                    for role, parent in pairs
                    if role not in informed
                    and not role.startswith((PERTURBED, _FORMER_PERTURBED))
                    and parent not in made
                )
            ),
            tuple(made),
        )

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Parameters of the run, by name."""
        return dict(json.loads(self.written))


class Graph:
    """The runs around some artifacts.

    Only runs that `visible` admits are there, so that what is built from a graph is what a lake of these runs holds.
    """

    def __init__(self, tables: Tables, visible: Callable[[str], bool]) -> None:
        self._tables = tables
        self._visible = visible
        self._nodes: dict[str, Node] = {}
        self._makers: dict[str, list[Node]] = {}
        self._users: dict[str, list[Node]] = {}

    def add(self, rows: Iterable[Row]) -> list[Node]:
        """Take up runs."""
        return [self._nodes.setdefault(row["id"], Node.of(row)) for row in rows]

    def makers(self, artifact_id: str) -> list[Node]:
        """The runs that made an artifact, the first one first."""
        if artifact_id not in self._makers:
            self.climb([artifact_id])
        return self._makers[artifact_id]

    def users(self, artifact_id: str) -> list[Node]:
        """The runs that took an artifact as part of what they made."""
        if artifact_id not in self._users:
            self.descend([artifact_id])
        return self._users[artifact_id]

    def climb(self, ids: Iterable[str]) -> None:
        """Read all runs behind these artifacts, a level at a time."""
        level = {i for i in ids if i not in self._makers}
        while level:
            self._note(self._makers, level, "child_id")
            level = {
                parent
                for artifact_id in level
                for node in self._makers[artifact_id]
                for _, parent in node.inputs
                if parent not in self._makers
            }

    def descend(self, ids: Iterable[str]) -> None:
        """Read the runs that used these artifacts, and those of what they made, down to cells and candidates."""
        level = {i for i in ids if i not in self._users}
        while level:
            self._note(self._users, level, "parent_id")
            level = {
                child
                for artifact_id in level
                for node in self._users[artifact_id]
                for child in node.outputs
                if child not in self._users and kind_of(child) not in (CELL, *CANDIDATES, *_NO_PART)
            }

    def campaigns_of(self, kpis: Sequence[str]) -> set[str]:
        """Ids of the campaigns that name any of these."""
        found = self._edges(sorted(kpis), "parent_id", f" AND child_id LIKE '{CAMPAIGN}-%'")
        return {row["child_id"] for row in found if self._visible(row["run_id"])}

    def _note(self, known: dict[str, list[Node]], ids: set[str], column: str) -> None:
        """Read the runs at one end of edges."""
        runs: dict[str, set[str]] = defaultdict(set)
        ending = " AND informed = false"
        if column == "parent_id":
            ending += "".join(f" AND child_id NOT LIKE '{kind}-%'" for kind in _NO_PART)
        for row in self._edges(sorted(ids), column, ending):
            if self._visible(row["run_id"]):
                runs[row[column]].add(row["run_id"])
        if column == "child_id":  # what was given has no edges
            for artifact_id, run_id in self._first_runs(ids):
                runs[artifact_id].add(run_id)
        self.load({run for found in runs.values() for run in found})
        for artifact_id in ids:
            nodes = [self._nodes[run] for run in runs[artifact_id]]
            if column == "parent_id":
                nodes = [node for node in nodes if any(artifact_id == parent for _, parent in node.inputs)]
            known[artifact_id] = sorted(nodes, key=lambda node: (node.ended, node.run_id))

    def load(self, run_ids: set[str]) -> None:
        """Read runs that are not there yet."""
        for chunk in chunks(sorted(run_ids - self._nodes.keys())):
            self.add(self._tables.read(RUNS, columns=RUN_COLUMNS, where=f"id IN ({listed(chunk)})").to_pylist())

    def _first_runs(self, ids: set[str]) -> Iterator[tuple[str, str]]:
        """The first run of each of these artifacts."""
        for chunk in chunks(sorted(ids)):
            found = self._tables.read(ARTIFACTS, columns=["id", "run_id"], where=f"id IN ({listed(chunk)})")
            yield from ((i, run) for i, run in zip(*found.to_pydict().values(), strict=True) if self._visible(run))

    def _edges(self, ids: Sequence[str], column: str, ending: str) -> Iterator[Row]:
        columns = ["child_id", "parent_id", "run_id"]
        for chunk in chunks(ids):
            where = f"{column} IN ({listed(chunk)}){ending}"
            yield from self._tables.read(LINEAGE, columns=columns, where=where).to_pylist()


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Parts of ids that one condition may name."""
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def listed(ids: Iterable[str]) -> str:
    """Ids as the list of a condition."""
    return ", ".join(f"'{name}'" for name in ids)
