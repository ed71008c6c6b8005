"""Where does it come from, and what was made of it? A walk over the edges that runs left behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ragone.dataset.tables import LINEAGE, Tables


@dataclass(frozen=True, slots=True)
class Edge:
    """A run made the child from the parent, which it took in this role."""

    child: str
    parent: str
    run_id: str
    role: str
    stage: str


@dataclass(frozen=True)
class Lineage:
    """All that one artifact descends from, and all that descends from it."""

    subject: str
    up: tuple[Edge, ...]
    down: tuple[Edge, ...]

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Every edge, upwards first."""
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


def lineage(tables: Tables, subject: str) -> Lineage:
    """Walk the lineage table up and down from one artifact, a level at a time."""
    return Lineage(subject, _walk(tables, subject, "child_id"), _walk(tables, subject, "parent_id"))


def _walk(tables: Tables, start: str, end: str) -> tuple[Edge, ...]:
    other = "parent_id" if end == "child_id" else "child_id"
    found: list[Edge] = []
    seen, level = {start}, [start]
    while level:
        rows = _rows(tables, end, level)
        found += [Edge(r["child_id"], r["parent_id"], r["run_id"], r["role"], r["stage"]) for r in rows]
        level = sorted({row[other] for row in rows} - seen)
        seen |= set(level)
    return tuple(found)


def _rows(tables: Tables, column: str, ids: Iterable[str]) -> list[dict[str, str]]:
    listed = ", ".join(f"'{name}'" for name in ids)
    found: list[dict[str, str]] = tables.read(LINEAGE, where=f"{column} IN ({listed})").to_pylist()
    return sorted(found, key=lambda row: (row["child_id"], row["run_id"], row["role"], row["parent_id"]))
