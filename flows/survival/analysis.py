"""The lives that a query finds in a lake, analysed by group at a named snapshot, and stored."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import SurvivalError
from ragone.models.survival.analyse import analyse_lives
from ragone.schemas import CycleAllocation, Survival
from ragone.schemas.errors import did_you_mean
from ragone.schemas.unit_names import short_name

_NONE, _EMPTY = "(not known)", "(empty)"
_MOST = 100  # groups
_RANGES, _REPEATED = 4, 5  # of a number: ranges, if it has more values than these and than a fifth of the lives
_SEED = 0  # of exchanges of labels between small groups


def analyse_lives_of_lake(
    lake: Lake,
    *,
    where: str = "",
    by: str = "",
    at: str = "",
    confidence: float = 0.95,
    horizon: float | None = None,
) -> Survival:
    """Analyse the lives that a query finds.

    Parameters
    ----------
    lake
        That is queried.
    where
        A condition on the view `lives`; all of them if empty.
    by
        Columns of that view between commas, which tell the groups apart; one group if empty. A number that hardly
        repeats is cut into four ranges of about as many lives each.
    at
        The snapshot that is queried; without one, one is taken.
    confidence
        Of every interval [-].
    horizon
        To which means are restricted, in the unit of the lives; the longest that every group was observed for if None.

    Raises
    ------
    SurvivalError
        If no life fits, or there is no such column.
    StageFailedError
        If the lives cannot be put together; the message says why.
    """
    snapshot_id = lake.resolve(at) if at else lake.snapshot()
    columns = [name.strip().strip('"') for name in by.split(",") if name.strip()]
    rows = _rows(lake, snapshot_id, where, columns)
    run = lake.run(
        analyse_lives,
        lives=[row["id"] for row in rows],
        groups=_groups(rows, columns) if columns else (),
        where=where,
        grouped_by=", ".join(columns),
        snapshot_id=snapshot_id,
        confidence=confidence,
        horizon=horizon,
        allocated=_allocated(lake, snapshot_id),
        seed=_SEED,
    )
    completed(run)
    return lake.get(run.id, Survival)


def _allocated(lake: Lake, snapshot_id: str) -> tuple[str, ...]:
    """Return the names of the cells among which cycles were shared out by their fades."""
    ids = lake.sql("SELECT id FROM cycle_allocations ORDER BY id", at=snapshot_id)["id"].to_list()
    return tuple(sorted({name for one in ids for name in lake.get(one, CycleAllocation).cell_names if name}))


def _rows(lake: Lake, snapshot_id: str, where: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    known = list(lake.lives(snapshot_id).collect_schema())
    for name in columns:
        if name not in known:
            raise SurvivalError(f"the lives have no column {name!r}: {did_you_mean(name, known)}")
    chosen = ", ".join(_quoted(name) for name in dict.fromkeys(["id", *columns]))
    condition = f"\nWHERE ({where}\n)" if where else ""
    rows = lake.sql(f"SELECT {chosen} FROM lives{condition} ORDER BY id", at=snapshot_id).to_dicts()
    if not rows:
        fitting = f" that fits --where {where!r}" if where else ""
        raise SurvivalError(
            f"there is no cycle life{fitting}. List them with: ragone query 'SELECT * FROM lives'. They come from "
            "import-lives, or from capacity fades."
        )
    return rows


def _groups(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> tuple[str, ...]:
    """Return the name of the group of each life.

    Raises
    ------
    SurvivalError
        If there are too many groups to compare.
    """
    texts = {name: _texts([row[name] for row in rows]) for name in columns}
    several = len(columns) > 1
    names = [
        ", ".join(f"{short_name(name)} {texts[name][n]}" if several else texts[name][n] for name in columns)
        for n in range(len(rows))
    ]
    count = len(set(names))
    if count > _MOST:
        raise SurvivalError(
            f"{', '.join(columns)} puts {len(rows)} lives into {count} groups; {_MOST} at most are compared. Group by "
            "what more cells have in common, or choose lives with --where."
        )
    return tuple(names)


def _texts(values: Sequence[Any]) -> list[str]:
    """Return the values of a column as names; numbers that hardly repeat in ranges of about as many lives each."""
    known = np.array([float(one) for one in values if isinstance(one, int | float)])
    whole = len(known) + sum(one is None for one in values) == len(values)
    if not whole or len(np.unique(known)) <= max(_RANGES, len(values) // _REPEATED):
        return [_text(one) for one in values]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _RANGES + 1)))
    ranges = [f"{_text(float(low))} to {_text(float(high))}" for low, high in pairwise(edges)]
    places = [None if one is None else int(np.searchsorted(edges[1:-1], float(one), side="left")) for one in values]
    return [_NONE if place is None else ranges[place] for place in places]


def _text(value: Any) -> str:
    if value is None:
        return _NONE
    return f"{value:.6g}" if isinstance(value, float) else str(value) or _EMPTY


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
