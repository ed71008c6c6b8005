"""Where does it come from, and what was made of it? A walk over the edges that runs left behind.

An artifact is made of the inputs of the stage that made it. A decision (a suggestion, a training) also takes results
into account: it is informed by them. A walk follows the first kind of edge and stops at the second, unless it is asked
to go on, for every suggestion is informed by all trials before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ragone.dataset.tables import LINEAGE, Tables
from ragone.shown import Shown


@dataclass(frozen=True, slots=True)
class Edge:
    """A run made the child from the parent, which it took in this role; `informed` if it took it into account only."""

    child: str
    parent: str
    run_id: str
    role: str
    stage: str
    informed: bool = False


@dataclass(frozen=True, repr=False)
class Lineage(Shown):
    """The artifacts that one was made of, and those that were made of it.

    `informed_by` holds the edges to what informed the subject or an ancestor, `informs` those to what the subject or a
    descendant informed; they are not followed further. Both are empty if such edges were followed, like all others.
    """

    subject: str
    up: tuple[Edge, ...]
    down: tuple[Edge, ...]
    informed_by: tuple[Edge, ...] = ()
    informs: tuple[Edge, ...] = ()

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Every edge that was followed, upwards first."""
        return self.up + self.down

    @property
    def ancestors(self) -> tuple[str, ...]:
        """Ids that the subject descends from, nearest first."""
        return tuple(dict.fromkeys(edge.parent for edge in self.up))

    @property
    def descendants(self) -> tuple[str, ...]:
        """Ids made of the subject, nearest first."""
        return tuple(dict.fromkeys(edge.child for edge in self.down))

    def parents_of(self, artifact_id: str) -> tuple[Edge, ...]:
        """The edges that lead up from an artifact."""
        return tuple(edge for edge in self.edges if edge.child == artifact_id)

    def children_of(self, artifact_id: str) -> tuple[Edge, ...]:
        """The edges that lead down from an artifact."""
        return tuple(edge for edge in self.edges if edge.parent == artifact_id)


def lineage(tables: Tables, subject: str, *, informed: bool = False) -> Lineage:
    """Walk the lineage table up and down from one artifact, a level at a time."""
    up, informed_by = _walk(tables, subject, "child_id", informed=informed)
    down, informs = _walk(tables, subject, "parent_id", informed=informed)
    return Lineage(subject, up, down, informed_by, informs)


def origins(tables: Tables, subjects: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return everything that each of many artifacts was made of, itself included."""
    parents: dict[str, set[str]] = {name: set() for name in subjects}
    level = sorted(parents)
    while level:
        for edge in _edges(tables, "child_id", level):
            if not edge.informed:
                parents[edge.child].add(edge.parent)
        level = sorted({name for child in level for name in parents[child]} - parents.keys())
        parents |= {name: set() for name in level}
    return {name: _reached(name, parents) for name in subjects}


def _reached(start: str, parents: Mapping[str, Iterable[str]]) -> frozenset[str]:
    found, left = {start}, [start]
    while left:
        further = set(parents[left.pop()]) - found
        found |= further
        left += further
    return frozenset(found)


def _walk(tables: Tables, start: str, end: str, *, informed: bool) -> tuple[tuple[Edge, ...], tuple[Edge, ...]]:
    """The edges that are followed, and those at which the walk stops."""
    followed: list[Edge] = []
    stopped: list[Edge] = []
    seen, level = {start}, [start]
    while level:
        further: set[str] = set()
        for edge in _edges(tables, end, level):
            if edge.informed and not informed:
                stopped.append(edge)
                continue
            followed.append(edge)
            further.add(edge.parent if end == "child_id" else edge.child)
        level = sorted(further - seen)
        seen |= further
    return tuple(followed), tuple(stopped)


def _edges(tables: Tables, column: str, ids: Iterable[str]) -> list[Edge]:
    listed = ", ".join(f"'{name}'" for name in ids)
    rows = tables.read(LINEAGE, where=f"{column} IN ({listed})").to_pylist()
    rows.sort(key=lambda row: (row["child_id"], row["run_id"], row["role"], row["parent_id"]))
    return [
        Edge(row["child_id"], row["parent_id"], row["run_id"], row["role"], row["stage"], row["informed"])
        for row in rows
    ]
