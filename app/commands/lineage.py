"""`ragone lineage`: what an artifact was made of, and what was made of it, as trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from ragone.app.tables.answers import short
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import Edge


def execute(session: Session) -> int:
    """Draw the trees asked for; both if none is named."""
    given = session.arguments
    with session.lake() as lake, session.working("following edges"):
        found = lake.lineage(given.id)
    trees: list[Tree] = []
    edges: list[Edge] = []
    if not given.down:
        made_of = _by(found.up, lambda edge: edge.child)
        trees.append(
            _tree(f"{found.subject}\nmade of", found.subject, made_of, lambda e: (e.parent, f"{e.role} of {e.stage}"))
        )
        edges += found.up
    if not given.up:
        became = _by(found.down, lambda edge: edge.parent)
        trees.append(_tree(f"{found.subject}\nbecame", found.subject, became, lambda e: (e.child, f"by {e.stage}")))
        edges += found.down
    session.answer({"id": found.subject, "edges": edges}, Group(*trees))
    return FINE


def _by(edges: Sequence[Edge], key: Callable[[Edge], str]) -> dict[str, list[Edge]]:
    grouped: dict[str, list[Edge]] = {}
    for edge in edges:
        grouped.setdefault(key(edge), []).append(edge)
    return grouped


def _tree(title: str, root: str, edges: dict[str, list[Edge]], end: Callable[[Edge], tuple[str, str]]) -> Tree:
    """A tree of ids; a branch that was drawn already is not drawn again."""
    tree, drawn = Tree(Text(short(title))), {root}
    left = [(root, tree)]
    while left:
        name, branch = left.pop(0)
        for target, label in dict.fromkeys(end(edge) for edge in edges.get(name, [])):
            known = target in drawn and target in edges
            below = branch.add(Text(f"{short(target)}  ({one_line(label)}){'  see above' if known else ''}"))
            if not known:
                drawn.add(target)
                left.append((target, below))
    return tree
