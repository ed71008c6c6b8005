"""The lives that a query finds in a lake, at a named snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.select import quoted, where_clause
from ragone.flows.errors import SurvivalError
from ragone.schemas.errors import did_you_mean


@dataclass(frozen=True)
class QueriedLives:
    """Rows of the view `lives`, with the snapshot that they are of."""

    snapshot_id: str
    rows: list[dict[str, Any]]


def query_lives(lake: Lake, columns: Sequence[str], *, where: str = "", at: str = "") -> QueriedLives:
    """Find lives, always in the same order.

    Parameters
    ----------
    lake
        That is queried.
    columns
        Of the view, that must be there; the rows hold all columns.
    where
        A condition on the view; all lives if empty.
    at
        The snapshot that is queried; without one, one is taken.

    Raises
    ------
    SurvivalError
        If no life fits, or there is no such column.
    """
    snapshot_id = lake.resolve(at) if at else lake.snapshot()
    known = list(lake.lives(snapshot_id).collect_schema())
    for name in columns:
        if name not in known:
            raise SurvivalError(f"the lives have no column {name!r}: {did_you_mean(name, known)}")
    order = ", ".join(map(quoted, ("id", "cell_name", *columns)))
    rows = lake.sql(f"SELECT * FROM lives{where_clause(where)} ORDER BY {order}", at=snapshot_id).to_dicts()
    if not rows:
        fitting = f" that fits --where {where!r}" if where else ""
        raise SurvivalError(
            f"there is no cycle life{fitting}. List them with: ragone query 'SELECT * FROM lives'. They come from "
            "import-lives, or from capacity fades."
        )
    return QueriedLives(snapshot_id, rows)
