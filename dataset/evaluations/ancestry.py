"""What an evaluation is of, and what it descends from: its cell or other subject, its candidates, its nearest records.

An artifact may have several makers, for equal content has one id: the discharges of all cells that deliver nothing are
one record. So a KPI belongs to the cell that its run took, or to every cell behind what its run took; and of the
makers of an artifact only those count that ended before it was used.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ragone.dataset.evaluations.columns import NEGATIVE
from ragone.dataset.evaluations.graph import CANDIDATES, CELL, DRAW, KPI, Graph, Node, kind_of

Nearest = dict[tuple[str, str], list[str]]  # ids by kind and prefix of the electrode


class Ancestry:
    """Answers about the artifacts of one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._cells: dict[str, frozenset[str]] = {}
        self._subjects: dict[str, frozenset[str]] = {}

    def subjects_of(self, node: Node, kpi: str) -> frozenset[str]:
        """The subjects of a KPI of a run: its nearest cells, else the end of the one line of makers that leads up.

        KPIs that a run reported of a candidate, of which nothing else is stored, are of the first of them.
        """
        if node.run_id not in self._subjects:
            inputs = {parent for _, parent in node.inputs}
            found = self._cells_behind(inputs)
            if not found and len(inputs) == 1 and kind_of(min(inputs)) not in CANDIDATES:
                found = frozenset({self._root(*inputs)})
            elif not found and inputs and all(kind_of(parent) in CANDIDATES for parent in inputs):
                found = frozenset({min(made for made in node.outputs if kind_of(made) == KPI)})
            self._subjects[node.run_id] = found
        return self._subjects[node.run_id] or frozenset({kpi})

    def subjects_of_any(self, node: Node) -> frozenset[str]:
        """The cells behind what a run took."""
        return self._cells_behind({parent for _, parent in node.inputs})

    def kpis_of(self, subject: str) -> list[tuple[str, Node]]:
        """The KPIs of a subject, each with its run; none of a draw, which is a part of an uncertainty and no design."""
        if any(node.stage == DRAW for node in self._graph.makers(subject)):
            return []
        found: dict[tuple[str, str], tuple[str, Node]] = {}
        waiting, seen = [subject], {subject}
        if kind_of(subject) == KPI:
            found = {
                (made, node.run_id): (made, node)
                for node in self._graph.makers(subject)[:1]
                for made in node.outputs
                if kind_of(made) == KPI and subject in self.subjects_of(node, made)
            }
        while waiting:
            for node in self._graph.users(waiting.pop()):
                for child in node.outputs:
                    if kind_of(child) == KPI and subject in self.subjects_of(node, child):
                        found[child, node.run_id] = (child, node)
                    if child not in seen and kind_of(child) not in CANDIDATES and self._belongs(node, subject):
                        seen.add(child)
                        waiting.append(child)
        return [found[key] for key in sorted(found)]

    def candidates_of(self, artifact_id: str, before: datetime) -> frozenset[str]:
        """The candidates that an artifact is made of through all of its inputs that descend from any."""
        return self._candidates(artifact_id, before, {})

    def nearest(self, starts: Iterable[str], candidate: str, before: datetime) -> Nearest:
        """The nearest records of each kind behind some artifacts, these included; several if they are equally near."""
        found: Nearest = {}
        memo: dict[str, frozenset[str]] = {}
        level = dict.fromkeys((start, "") for start in starts)
        seen = set(level)
        while level:
            here: Nearest = {}
            for artifact_id, branch in level:
                here.setdefault((kind_of(artifact_id), branch), []).append(artifact_id)
            found = here | found
            following: dict[tuple[str, str], None] = {}
            for artifact_id, branch in level:
                for node in self._before(artifact_id, before):
                    for role, parent in node.inputs:
                        reached = (parent, NEGATIVE if role.startswith(NEGATIVE) else branch)
                        of = self._candidates(parent, before, memo) if candidate else frozenset()
                        if reached not in seen and (not of or candidate in of):
                            following[reached] = None
            seen |= following.keys()
            level = following
        return found

    def _belongs(self, node: Node, subject: str) -> bool:
        cells = {parent for _, parent in node.inputs if kind_of(parent) == CELL}
        return not cells or subject in cells or kind_of(subject) != CELL

    def _cells_behind(self, inputs: Iterable[str]) -> frozenset[str]:
        direct = frozenset(parent for parent in inputs if kind_of(parent) == CELL)
        return direct or frozenset[str]().union(*(self._cells_of(parent) for parent in inputs))

    def _cells_of(self, artifact_id: str) -> frozenset[str]:
        if artifact_id not in self._cells:
            self._cells[artifact_id] = frozenset()  # until it is known; there are no circles
            makers = self._graph.makers(artifact_id)
            found = [self._cells_behind({parent for _, parent in node.inputs}) for node in makers]
            self._cells[artifact_id] = frozenset[str]().union(*found)
        return self._cells[artifact_id]

    def _root(self, artifact_id: str) -> str:
        while True:
            parents = {parent for node in self._graph.makers(artifact_id) for _, parent in node.inputs}
            if len(parents) != 1 or kind_of(min(parents)) in CANDIDATES:
                return artifact_id
            (artifact_id,) = parents

    def _before(self, artifact_id: str, before: datetime) -> list[Node]:
        """The makers that ended before it was used; the first one where clocks disagree."""
        makers = self._graph.makers(artifact_id)
        return [node for node in makers if node.ended <= before] or makers[:1]

    def _candidates(self, artifact_id: str, before: datetime, memo: dict[str, frozenset[str]]) -> frozenset[str]:
        if kind_of(artifact_id) in CANDIDATES:
            return frozenset({artifact_id})
        if artifact_id not in memo:
            memo[artifact_id] = frozenset()
            found = (self._common(node, before, memo) for node in self._before(artifact_id, before))
            memo[artifact_id] = frozenset[str]().union(*found)
        return memo[artifact_id]

    def _common(self, node: Node, before: datetime, memo: dict[str, frozenset[str]]) -> frozenset[str]:
        """The candidates behind every input that has any; inputs that were given as well decide only if all were."""
        loose: list[frozenset[str]] = []  # of what was given as well
        strict: list[frozenset[str]] = []
        for _, parent in node.inputs:
            of = self._candidates(parent, before, memo)
            if of:
                given = any(not maker.inputs for maker in self._before(parent, before))
                (loose if given and kind_of(parent) not in CANDIDATES else strict).append(of)
        chosen = strict or loose
        return frozenset.intersection(*chosen) if chosen else frozenset()
