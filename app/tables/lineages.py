"""Lineages as trees for the terminal: one line for an artifact, alike ones folded, decisions in a line of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.text import Text
from rich.tree import Tree

from ragone.app.tables.answers import short
from ragone.app.terminal.printable import one_line
from ragone.dataset import Edge, Lineage
from ragone.schemas.kinds import table_name
from ragone.schemas.kpi_stage import PERTURBED

_NAMED = 3  # ids of folded artifacts that are shown


def tree_up(found: Lineage, *, unfolded: bool = False) -> Tree:
    """A tree of what the subject was made of; each artifact with its role and the stage that made it."""
    makers = {edge.child: edge.stage for edge in found.up}
    makers |= {edge.child: edge.stage for edge in found.informed_by}

    def label(edge: Edge) -> str:
        return f"{edge.role}; {'by ' + makers[edge.parent] if edge.parent in makers else 'given'}"

    notes = _grouped(found.informed_by, lambda edge: edge.child)
    informed = {name: f"informed by {counted(e.parent for e in edges)}" for name, edges in notes.items()}
    below = _grouped(found.up, lambda edge: edge.child)
    return _Drawing(below, lambda edge: edge.parent, label, informed, unfolded).tree(found.subject, "made of")


def tree_down(found: Lineage, *, unfolded: bool = False) -> Tree:
    """A tree of what was made of the subject; each artifact with the stage that made it."""
    notes = _grouped(found.informs, lambda edge: edge.parent)
    informs = {name: f"informed {counted(e.child for e in edges)}" for name, edges in notes.items()}
    below = _grouped(found.down, lambda edge: edge.parent)
    return _Drawing(below, lambda edge: edge.child, lambda e: f"by {e.stage}", informs, unfolded).tree(
        found.subject, "became"
    )


class _Drawing:
    """A tree of ids. A branch is drawn once, of alike branches the first, and a row of alike ones in one line."""

    def __init__(
        self,
        edges: Mapping[str, Sequence[Edge]],
        end: Callable[[Edge], str],
        label: Callable[[Edge], str],
        notes: Mapping[str, str],
        unfolded: bool,
    ) -> None:
        self._edges, self._end, self._label, self._notes, self._unfolded = edges, end, label, notes, unfolded

    def tree(self, root: str, title: str) -> Tree:
        """The whole tree below a title."""
        tree, drawn = Tree(Text(f"{short(root)}\n{title}")), {root}
        left = [(root, tree)]
        while left:
            name, branch = left.pop(0)
            for alike in _grouped(self._edges.get(name, ()), self._label).values():
                targets = list(dict.fromkeys(map(self._end, alike)))
                shown = targets if self._unfolded else targets[: 0 if alike[0].role.startswith(PERTURBED) else 1]
                for target in shown:
                    known = target in drawn and (target in self._edges or target in self._notes)
                    line = f"{short(target)}  {'see above; ' if known else ''}{one_line(self._label(alike[0]))}"
                    after = [] if known or self._unfolded else self._in_a_row(target, self._label(alike[0]))
                    if after:
                        line += f", then {len(after)} more to {short(after[-1])}"
                    below = branch.add(Text(line))
                    if not known:
                        drawn.update((target, *after))
                        left.append((after[-1] if after else target, below))
                self._fold(branch, targets[len(shown) :], alike[0], more=bool(shown))
            if name in self._notes:
                branch.add(Text(self._notes[name], style="dim"))
        return tree

    def _in_a_row(self, name: str, label: str) -> list[str]:
        """Return those that follow one after another, each of the same kind and label and nothing else beside it."""
        found = [name]
        while len(edges := self._edges.get(found[-1], ())) == 1 and found[-1] not in self._notes:
            after = self._end(edges[0])
            if self._label(edges[0]) != label or after.partition("-")[0] != name.partition("-")[0] or after in found:
                break
            found.append(after)
        return found[1:]

    def _fold(self, branch: Tree, targets: Sequence[str], edge: Edge, *, more: bool) -> None:
        if targets:
            ids = ", ".join(map(short, targets[:_NAMED])) + (", ..." if len(targets) > _NAMED else "")
            counted = f"{len(targets)} more" if more else f"{len(targets)} {one_line(self._label(edge))}"
            branch.add(Text(f"{counted}: {ids}"))


def _grouped(edges: Iterable[Edge], key: Callable[[Edge], str]) -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        found.setdefault(key(edge), []).append(edge)
    return found


def counted(names: Iterable[str]) -> str:
    """Return the number of artifacts of each kind, for example "8 candidates and 8 kpis"."""
    kinds = Counter(name.partition("-")[0] for name in dict.fromkeys(names))
    parts = [f"{count} {kind if count == 1 else table_name(kind)}" for kind, count in sorted(kinds.items())]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
