"""The lives that a query finds in a lake, analysed by group at a named snapshot, and stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import SurvivalError
from ragone.models.survival.analyse import analyse_lives
from ragone.schemas import Survival
from ragone.schemas.errors import did_you_mean
from ragone.schemas.unit_names import short_name

_NONE = "(not known)"
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
        Columns of that view between commas, which tell the groups apart; one group if empty.
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
        groups=tuple(_group(row, columns) for row in rows) if columns else (),
        where=where,
        grouped_by=", ".join(columns),
        snapshot_id=snapshot_id,
        confidence=confidence,
        horizon=horizon,
        seed=_SEED,
    )
    completed(run)
    return lake.get(run.id, Survival)


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


def _group(row: dict[str, Any], columns: Sequence[str]) -> str:
    if len(columns) == 1:
        return _text(row[columns[0]])
    return ", ".join(f"{short_name(name)} {_text(row[name])}" for name in columns)


def _text(value: Any) -> str:
    if value is None:
        return _NONE
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
