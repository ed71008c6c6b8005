"""The observations that a surrogate learns from: rows of the evaluations that a query finds, at a named snapshot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.select import quoted, where_clause
from ragone.flows.errors import RetrainingError
from ragone.schemas import CellDesign, Materials, Recipe, Transport
from ragone.schemas.errors import did_you_mean
from ragone.schemas.field import FieldSpec
from ragone.schemas.unit_names import unit_of

_DESIGN = ("recipe_id", "candidate_id", "microstructure_id")  # the first that is known says which design a row is of
_ABOUT = ("licence", "source")
_CENSORED = "censored, only known to be larger: predictions are too low where runs were cut"
_FIDELITY = "fidelity"
_POWER = "power_watt"
_MOST_VALUES = 500_000  # of all features together: they are recorded with the run


@dataclass(frozen=True)
class Observations:
    """Rows with a value of the target, in order of their ids.

    `columns` holds a value for each row and feature, None where there is none; `designs` names what each row is of.
    `left_out` counts the rows that could not be used, by reason.
    """

    target: str
    where: str
    snapshot_id: str
    ids: tuple[str, ...]
    designs: tuple[str, ...]
    columns: Mapping[str, Sequence[Any]]
    whole: tuple[str, ...]
    left_out: Mapping[str, int]
    about: Mapping[str, Any]

    @property
    def units(self) -> dict[str, str]:
        """Unit of each feature."""
        return {name: unit_of(name.partition(" of ")[0]) for name in self.columns}

    @property
    def design_numbers(self) -> list[int]:
        """Number of the design of each row."""
        places = {name: number for number, name in enumerate(sorted(set(self.designs)))}
        return [places[name] for name in self.designs]

    def part(self, rows: Sequence[int]) -> Observations:
        """Some of the rows."""
        return replace(
            self,
            ids=tuple(self.ids[n] for n in rows),
            designs=tuple(self.designs[n] for n in rows),
            columns={name: [values[n] for n in rows] for name, values in self.columns.items()},
        )

    def known(self, features: Sequence[str]) -> list[int]:
        """Numbers of the rows that have a value of every one of the features."""
        columns = [self.columns[name] for name in features]
        return [n for n in range(len(self.ids)) if all(_is_known(values[n]) for values in columns)]


def find_observations(
    lake: Lake, target: str, *, where: str = "", at: str = "", features: Sequence[str] = (), also: Sequence[str] = ()
) -> Observations:
    """Find the evaluations that have a value of the target.

    Parameters
    ----------
    lake
        That is queried.
    target
        Column of the evaluations: a KPI, or a metric of transport.
    where
        A condition on the evaluations; all of them if empty.
    at
        The snapshot that is queried; without one, one is taken.
    features
        Columns to predict from; the fields of recipe, cell design and materials, and the power, if none is named.
    also
        Further columns to bring along, without which a row is used all the same.

    Raises
    ------
    RetrainingError
        If there is no such column, or no evaluation has a value of it.
    NotASelectError
        If the condition cannot be answered.
    """
    snapshot_id = lake.resolve(at) if at else lake.snapshot()
    types = dict(lake.evaluations(snapshot_id).collect_schema())
    id_column = _id_column(target)
    _require_columns([target, id_column, *features, *also], list(types))
    asked = list(features) or [name for name in default_features() if name in types]
    fidelity = () if _FIDELITY in where else (_FIDELITY,)
    chosen = list(
        dict.fromkeys([target, id_column, _bound_column(target), *_DESIGN, *_ABOUT, *fidelity, *asked, *also])
    )
    listed = ", ".join(quoted(name) for name in chosen if name in types)
    frame = lake.sql(
        f"SELECT {listed} FROM evaluations{where_clause(where)} ORDER BY {quoted(id_column)}", at=snapshot_id
    )
    rows = frame.to_dicts()
    if not rows:
        raise RetrainingError(f"no evaluation fits --where {where!r}. List them with: ragone evaluations")
    kept, left_out = _usable(lake, rows, target, id_column)
    names = [name for name in dict.fromkeys([*asked, *also]) if name in types]
    columns = {name: [row[name] for row in kept] for name in names}
    return Observations(
        target=target,
        where=where,
        snapshot_id=snapshot_id,
        ids=tuple(row[id_column] for row in kept),
        designs=tuple(_design(row, id_column) for row in kept),
        columns=columns,
        whole=tuple(name for name in names if types[name].is_integer()),
        left_out=left_out,
        about={f"{name}s": sorted({row[name] for row in kept if row.get(name)}) for name in _ABOUT},
    )


def usable_features(found: Observations, asked: Sequence[str]) -> list[str]:
    """The features asked for; if none is, those of the design that every observation has and that differ.

    Raises
    ------
    RetrainingError
        If there are more values than can be recorded.
    """
    names = list(asked) or [
        name
        for name in default_features()
        if name in found.columns
        and all(_is_known(value) for value in found.columns[name])
        and len(set(found.columns[name])) > 1
    ]
    if len(names) * len(found.ids) > _MOST_VALUES:
        raise RetrainingError(
            f"{len(found.ids):,} observations of {len(names)} features are more than {_MOST_VALUES:,} values. Narrow "
            "--where, or name fewer columns with --features."
        )
    return names


def default_features() -> list[str]:
    """Columns of what is chosen of a design: fields of recipe, cell design and materials, and the power."""
    described = [
        *(name for name, spec in Recipe.fields().items() if _is_feature(spec, texts=True)),
        *(name for name, spec in CellDesign.fields().items() if _is_feature(spec, texts=True)),
        *(name for name, spec in Materials.fields().items() if _is_feature(spec, texts=False)),
    ]
    return list(dict.fromkeys([*described, _POWER]))


def _is_feature(spec: FieldSpec, *, texts: bool) -> bool:
    return spec.shape == "scalar" and (texts or spec.dtype in ("float64", "int64", "bool") or spec.choices is not None)


def _id_column(target: str) -> str:
    """The column of the ids of the records that hold the target."""
    name, separator, role = target.partition(" of ")
    if name in Transport.fields():
        return f"transport_id{separator}{role}"
    return f"{name}_id{separator}{role}"


def _bound_column(target: str) -> str:
    """The column of what the target is only known to be larger than."""
    name, separator, role = target.partition(" of ")
    return f"{name}_lower_bound{separator}{role}"


def _require_columns(names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            plain = [one for one in known if not one.endswith("_id")]
            raise RetrainingError(f"the evaluations have no column {name!r}: {did_you_mean(name, plain)}")


def _usable(
    lake: Lake, rows: Sequence[Mapping[str, Any]], target: str, id_column: str
) -> tuple[list[Mapping[str, Any]], dict[str, int]]:
    """The rows that can be learned from, and how many cannot, by reason.

    Raises
    ------
    RetrainingError
        If none can.
    """
    kept: dict[str, Mapping[str, Any]] = {}
    counts: dict[str, int] = {}
    for row in rows:
        reason = _obstacle(lake, row, target, id_column, kept)
        if reason:
            counts[reason] = counts.get(reason, 0) + 1
        else:
            kept[row[id_column]] = row
    if not kept:
        why = "; ".join(f"{count} {reason}" for reason, count in counts.items())
        raise RetrainingError(
            f"none of {len(rows)} evaluations can be learned from: {why}. Widen --where, or bring data that were "
            "dropped back with: ragone reproduce ID"
        )
    return list(kept.values()), counts


def _obstacle(lake: Lake, row: Mapping[str, Any], target: str, id_column: str, kept: Mapping[str, Any]) -> str:
    """Return the reason for which a row cannot be learned from; empty if it can."""
    name = row[id_column]
    if _is_known(row.get(_bound_column(target))):
        return _CENSORED
    if not _is_known(row[target]) or not name or "," in name:
        return f"without a value of {target}"
    if row.get(_FIDELITY) == "cheaper":
        return "of a cheaper fidelity, which count where the condition names `fidelity`"
    if name in kept:
        return "counted already, in another campaign"
    return "" if lake.holds(name) else "of which the data were dropped"


def _design(row: Mapping[str, Any], id_column: str) -> str:
    return str(next((row[name] for name in _DESIGN if row.get(name)), row[id_column]))


def _is_known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def rows_by_design(found: Observations) -> Iterator[tuple[str, list[int]]]:
    """Every design with the numbers of its rows."""
    grouped: dict[str, list[int]] = {}
    for number, name in enumerate(found.designs):
        grouped.setdefault(name, []).append(number)
    yield from sorted(grouped.items())
