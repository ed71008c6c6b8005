"""A lineage on the terminal: artifacts that follow one after another, each alike, are one line."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from ragone.app.tables.lineages import tree_down
from ragone.dataset import Edge, Lineage


def name(kind: str, number: int) -> str:
    """An id."""
    return f"{kind}-{number:064x}"


def lines(found: Lineage, **how: Any) -> list[str]:
    """What is drawn of its descendants."""
    out = io.StringIO()
    Console(file=out, width=200).print(tree_down(found, **how))
    return out.getvalue().splitlines()


def histories(first: int, last: int, stage: str = "campaign.tell") -> list[Edge]:
    """Histories, each made of the one before."""
    return [Edge(name("history", n + 1), name("history", n), "run", "history", stage) for n in range(first, last)]


def test_a_row_is_one_line_however_long() -> None:
    """It names the first, the last and how many; unfolded, each has a line of its own."""
    found = Lineage(name("history", 0), (), tuple(histories(0, 40)))
    assert len(lines(found)) == 3
    assert "by campaign.tell, then 39 more to history-" in lines(found)[2]
    assert len(lines(found, unfolded=True)) == 2 + 40


def test_a_row_ends_where_something_else_follows() -> None:
    """Another stage, a branch, or what informed something is shown where it is."""
    other = Lineage(name("history", 0), (), (*histories(0, 5), *histories(5, 6, "campaign.conclude")))
    assert [line for line in lines(other) if "campaign.conclude" in line]
    branch = Edge(name("campaign", 1), name("history", 3), "run", "history", "campaign.conclude")
    assert [line for line in lines(Lineage(name("history", 0), (), (*histories(0, 6), branch))) if "campaign-" in line]
    informed = Edge(name("candidate", 1), name("history", 3), "run", "history", "acquisition.suggest", informed=True)
    noted = Lineage(name("history", 0), (), tuple(histories(0, 6)), (), (informed,))
    assert [line for line in lines(noted) if "informed 1 candidate" in line]
