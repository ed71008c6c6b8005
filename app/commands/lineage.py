"""`ragone lineage`: what an artifact was made of, and what was made of it, as trees."""

from __future__ import annotations

from rich.console import Group
from rich.tree import Tree

from ragone.app.tables.lineages import tree_down, tree_up
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import Edge


def execute(session: Session) -> int:
    """Draw the trees asked for; both if none is named."""
    given = session.arguments
    with session.lake() as lake, session.working("following edges"):
        found = lake.lineage(given.id, informed=given.informed)
    trees: list[Tree] = []
    edges: list[Edge] = []
    stopped: list[Edge] = []
    if not given.down:
        trees.append(tree_up(found, unfolded=given.all))
        edges += found.up
        stopped += found.informed_by
    if not given.up:
        trees.append(tree_down(found, unfolded=given.all))
        edges += found.down
        stopped += found.informs
    session.answer({"id": found.subject, "edges": edges, "informed": stopped}, Group(*trees))
    if stopped:
        session.advise("What informed a decision is counted, not followed; --informed follows it.")
    return FINE
