"""The lives that a query finds in a lake, analysed by group at a named snapshot, and stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import SurvivalError
from ragone.flows.survival.lives import query_lives
from ragone.models.survival.analyse import analyse_lives
from ragone.models.survival.grouping import names_of_groups
from ragone.schemas import CycleAllocation, Survival
from ragone.schemas.unit_names import short_name

_MOST = 100  # groups
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
    columns = [name.strip().strip('"') for name in by.split(",") if name.strip()]
    found = query_lives(lake, columns, where=where, at=at)
    run = lake.run(
        analyse_lives,
        lives=[row["id"] for row in found.rows],
        groups=_groups(found.rows, columns) if columns else (),
        where=where,
        grouped_by=", ".join(columns),
        snapshot_id=found.snapshot_id,
        confidence=confidence,
        horizon=horizon,
        allocated=_allocated(lake, found.snapshot_id),
        seed=_SEED,
    )
    completed(run)
    return lake.get(run.id, Survival)


def _allocated(lake: Lake, snapshot_id: str) -> tuple[str, ...]:
    """Return the names of the cells among which cycles were shared out by their fades."""
    ids = lake.sql("SELECT id FROM cycle_allocations ORDER BY id", at=snapshot_id)["id"].to_list()
    return tuple(sorted({name for one in ids for name in lake.get(one, CycleAllocation).cell_names if name}))


def _groups(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> tuple[str, ...]:
    """Return the name of the group of each life.

    Raises
    ------
    SurvivalError
        If there are too many groups to compare.
    """
    texts = {name: names_of_groups([row[name] for row in rows]) for name in columns}
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
