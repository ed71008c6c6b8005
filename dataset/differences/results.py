"""What came out: of two campaigns their trials and best designs, of two designs or cells their evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ragone.dataset.differences.entries import Entry, Section, unit_of_path
from ragone.dataset.differences.records import UNCERTAINTIES
from ragone.dataset.errors import LakeError
from ragone.dataset.evaluations.columns import Columns
from ragone.dataset.keys import is_stored_id
from ragone.dataset.store import Store
from ragone.dataset.tables import table_name
from ragone.schemas.kpi import Kpi
from ragone.schemas.recipe import Candidate
from ragone.schemas.study import Campaign

if TYPE_CHECKING:
    import polars as pl

_KPIS = table_name(Kpi.kind)
_APART = ("created", "code_id", "environment_id")  # compared as origin


def campaigns_compared(store: Store, first: Campaign, second: Campaign) -> Section:
    """Compare how many trials there were, and the best designs: their KPIs with uncertainty, and what they are."""
    left, right = _counts(first), _counts(second)
    counts = [Entry(name, left[name], right[name]) for name in left]
    kpis = _paired(*({row["name"]: row for row in _best_kpis(store, one)} for one in (first, second)))
    values = [_values(store, one.best_candidate_id) for one in (first, second)]
    paths = sorted(values[0].keys() | values[1].keys())
    designs = [Entry(f"best {path}", values[0].get(path), values[1].get(path), unit_of_path(path)) for path in paths]
    ids = [Entry(name, getattr(first, name), getattr(second, name)) for name in ("best_candidate_id", "best_kpi_id")]
    return Section("results", (*counts, *kpis, *designs, *ids))


def evaluations_compared(evaluations: pl.DataFrame, columns: Columns, first: str, second: str) -> list[Section]:
    """Compare the evaluations of two artifacts, each number with its uncertainty; nothing unless each is of one design.

    Of several evaluations that of a campaign which evaluated both is taken, else the newest of each.
    """
    found = [_rows_of(evaluations, name) for name in (first, second)]
    if any(len({row["candidate_id"] for row in rows}) != 1 for rows in found):
        return []
    shared = {row["campaign_id"] for row in found[0]} & {row["campaign_id"] for row in found[1]} - {None}
    left, right = (max(rows, key=lambda row: (row["campaign_id"] in shared, row["created"])) for rows in found)
    known = [name for name in evaluations.columns if left[name] is not None or right[name] is not None]
    entries = (
        _entry(name, left, right, columns)
        for name in known
        if name not in _APART and not name.partition(" of ")[0].endswith(("_id", "_unit", *UNCERTAINTIES))
    )
    return [Section("evaluation", tuple(entries))]


def _entry(name: str, left: Mapping[str, Any], right: Mapping[str, Any], columns: Columns) -> Entry:
    units = {row[column] for row in (left, right) if (column := _sibling(name, "unit")) in row and row[column]}
    if len(units) > 1:
        values = [f"{row[name]} {row[_sibling(name, 'unit')]}" for row in (left, right)]
        return Entry(name, values[0], values[1])
    unit = units.pop() if units else columns.unit_of(name)
    uncertainties = (_uncertainty(row, name) for row in (left, right))
    return Entry(name, left[name], right[name], unit, *uncertainties)


def _sibling(name: str, ending: str) -> str:
    """The column beside one: that of ``energy of fast`` is ``energy_unit of fast``."""
    plain, separator, role = name.partition(" of ")
    return f"{plain}_{ending}{separator}{role}"


def _uncertainty(row: Mapping[str, Any], name: str) -> float | None:
    values = (row.get(_sibling(name, ending)) for ending in UNCERTAINTIES)
    return next((value for value in values if value is not None), None)


def _rows_of(evaluations: pl.DataFrame, name: str) -> list[dict[str, Any]]:
    """The evaluations that name an artifact in a column of ids."""
    import polars as pl

    ids = [pl.col(column).str.contains(name, literal=True) for column in _id_columns(evaluations)]
    return evaluations.filter(pl.any_horizontal(ids)).to_dicts()


def _id_columns(evaluations: pl.DataFrame) -> list[str]:
    return [name for name in evaluations.columns if name.partition(" of ")[0].endswith("_id") and name not in _APART]


def _counts(campaign: Campaign) -> dict[str, int]:
    failed = sum(not any(campaign.kpi_ids[n : n + 1]) for n in range(0, len(campaign.kpi_ids), _width(campaign)))
    trials = {"trials": len(campaign.candidate_ids), "feasible": int(campaign.feasible.sum()), "failed": failed}
    return trials | ({"designs of the front": len(campaign.front_ids)} if campaign.front_ids else {})


def _width(campaign: Campaign) -> int:
    return max(1, len(campaign.goals))


def _best_kpis(store: Store, campaign: Campaign) -> list[dict[str, Any]]:
    """The KPIs of the best design, or the best ones of the front; from the table, which has dropped ones too."""
    try:
        ids = [name for name in _best_ids(campaign) if is_stored_id(name)]
    except (TypeError, KeyError, IndexError, AttributeError):  # a stranger's goals and values may be anything
        return []
    listed = ", ".join(f"'{name}'" for name in ids)
    rows: list[dict[str, Any]] = store.tables.read(_KPIS, where=f"id IN ({listed})").to_pylist() if ids else []
    return rows


def _best_ids(campaign: Campaign) -> list[str]:
    """The KPIs of all goals of the best design; of several objectives that of each which is best in the front."""
    width, tried = _width(campaign), campaign.candidate_ids
    if campaign.best_candidate_id in tried:
        start = width * tried.index(campaign.best_candidate_id)
        return list(campaign.kpi_ids[start : start + width])
    front = [tried.index(name) for name in campaign.front_ids if name in tried]
    best = []
    for place, goal in enumerate(campaign.goals):
        if goal["limit"] is None and front:
            choose = min if goal["sense"] == "minimise" else max
            trial = choose(front, key=lambda number, place=place: campaign.values[number][place])  # type: ignore[misc]
            best.append(campaign.kpi_ids[width * trial + place])
    return best


def _paired(first: Mapping[str, Mapping[str, Any]], second: Mapping[str, Mapping[str, Any]]) -> Sequence[Entry]:
    """KPIs of one name side by side; those of other units apart."""
    keys = dict.fromkeys((row["name"], row["unit"]) for row in (*first.values(), *second.values()))
    nothing: Mapping[str, Any] = {}
    entries = []
    for name, unit in keys:
        left, right = (
            row if (row := side.get(name, nothing)).get("unit") == unit else nothing for side in (first, second)
        )
        uncertainties = (side.get("standard_uncertainty") for side in (left, right))
        entries.append(Entry(f"best {name}", left.get("value"), right.get("value"), unit, *uncertainties))
    return entries


def _values(store: Store, candidate_id: str) -> Mapping[str, Any]:
    """The values of a candidate; none if it cannot be read."""
    try:
        record = store.load(candidate_id) if is_stored_id(candidate_id) else None
    except LakeError:
        return {}
    return record.values if isinstance(record, Candidate) else {}
