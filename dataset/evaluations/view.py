"""The evaluations of a lake as one table, now or at a snapshot; what was asked last is held in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ragone.dataset.evaluations.ancestry import Ancestry
from ragone.dataset.evaluations.columns import OWN, Columns
from ragone.dataset.evaluations.graph import RUN_COLUMNS, Graph, Node
from ragone.dataset.evaluations.planning import Planner
from ragone.dataset.evaluations.rows import GONE, KEY, Records, Writer
from ragone.dataset.evaluations.segments import Segment, Segments, latest, united
from ragone.dataset.evaluations.trials import Load, Trials
from ragone.dataset.tables import RUNS, Row, Tables, readable
from ragone.schemas.record import Record

if TYPE_CHECKING:
    import polars as pl

_BATCH = 20_000  # runs of one segment when many are new
_TIME = "timestamp"


class Evaluations:
    """The evaluations of one lake."""

    def __init__(self, tables: Tables, kinds: Mapping[str, type[Record]], load: Load) -> None:
        self._tables = tables
        self._load = load
        self.columns = Columns(kinds)
        self._segments = Segments(tables.folder)
        self._now: tuple[tuple[int, int, int], pl.DataFrame] | None = None
        self._then: tuple[str, pl.DataFrame] | None = None

    def now(self) -> pl.DataFrame:
        """A row for each evaluation of the present."""
        stamp = self._tables.stamp(RUNS)
        if self._now is None or self._now[0] != stamp:
            self._now = None  # so that there are not two of them at a time
            with self._tables.lock():
                stamp = self._tables.stamp(RUNS)
                self._now = (stamp, self._shown(self._brought_up_to_date()))
                self._segments.release()
        return self._now[1]

    def outline(self) -> pl.DataFrame:
        """The columns that are there whatever the lake holds, without a row."""
        return self._shown([])

    def at(self, snapshot_id: str, ids: tuple[str, ...]) -> pl.DataFrame:
        """A row for each evaluation that a snapshot holds, from its runs and no others."""
        if self._then is None or self._then[0] != snapshot_id:
            with self._tables.lock():
                self._then = (snapshot_id, self._shown(self._of_snapshot(frozenset(ids))))
                self._segments.release()
        return self._then[1]

    def _brought_up_to_date(self) -> list[pl.DataFrame]:
        count = int(self._tables.dataset(RUNS).count_rows())
        segments = self._sound(count)
        start = segments[-1].end if segments else 0
        run_ids = self._run_ids() if start < count else pa.chunked_array([], pa.string())
        while start < count:
            end = min(start + _BATCH, count)
            later = frozenset(run_ids[end:].to_pylist())
            frame = self._made(self._rows_of_runs(start, end), _outside(later))
            segments = self._segments.append(segments, frame, end, run_ids[end - 1].as_py())
            start = end
        return [self._segments.frame(segment) for segment in segments]

    def _of_snapshot(self, ids: frozenset[str]) -> list[pl.DataFrame]:
        run_ids = self._run_ids().to_pylist()
        common = next((n for n, run_id in enumerate(run_ids) if run_id not in ids), len(run_ids))
        segments = [segment for segment in self._sound(len(run_ids)) if segment.end <= common]
        start = segments[-1].end if segments else 0
        rows = [row for row in self._rows_of_runs(start, len(run_ids)) if row["id"] in ids]
        return [*(self._segments.frame(segment) for segment in segments), self._made(rows, ids.__contains__)]

    def _sound(self, count: int) -> list[Segment]:
        """The segments made from the table of so many runs; none if they were not, and what there is goes."""
        segments = self._segments.read()
        if all(segment.end <= count for segment in segments):
            with readable(RUNS):
                places = [segment.end - 1 for segment in segments]
                found = self._tables.dataset(RUNS).take(places, columns=["id"])["id"].to_pylist() if places else []
            if found == [segment.last for segment in segments]:
                return segments
        self._segments.clear()
        return []

    def _run_ids(self) -> pa.ChunkedArray:
        return self._tables.read(RUNS, columns=["id"])["id"]

    def _rows_of_runs(self, start: int, end: int) -> list[Row]:
        with readable(RUNS):
            found = self._tables.dataset(RUNS).to_table(columns=RUN_COLUMNS, offset=start, limit=end - start)
            rows: list[Row] = found.to_pylist()
        return rows

    def _made(self, rows: list[Row], visible: Callable[[str], bool]) -> pl.DataFrame:
        """All evaluations that some runs concern; a key that has none any more has a row that says so."""
        graph = Graph(self._tables, visible)
        ancestry = Ancestry(graph)
        records = Records(self._tables)
        nodes = graph.add(rows)
        failures = self._failures(graph, visible)
        planner = Planner(graph, ancestry, Trials(graph, ancestry, self._load), records, failures)
        keys, plans = planner.plan(nodes)
        found = Writer(self.columns, records).rows(plans)
        gone = [{KEY: key, GONE: True} for key in sorted(keys - {plan.key for plan in plans})]
        return _framed(found + gone)

    def _failures(self, graph: Graph, visible: Callable[[str], bool]) -> list[Node]:
        rows = self._tables.read(RUNS, columns=RUN_COLUMNS, where="outcome = 'failed'").to_pylist()
        return graph.add(row for row in rows if visible(row["id"]))

    def _shown(self, frames: list[pl.DataFrame]) -> pl.DataFrame:
        """All rows, their columns in an order that does not depend on the lake; not copied out of their segments."""
        import polars as pl

        frame = latest([_empty(), *frames]).drop(KEY, GONE)
        frame = frame.with_columns(
            pl.lit(None).alias(name) for name in self.columns.always if name not in frame.columns
        )
        frame = frame.select(self.columns.ordered(frame.columns))
        unknown = [name for name, dtype in frame.schema.items() if dtype == pl.Null]
        frame = frame.with_columns(pl.col(name).cast(self._type_of_unknown(name)) for name in unknown)
        return frame

    def _type_of_unknown(self, name: str) -> Any:
        """The type of a column without any value: that of its field, or what a KPI has there."""
        import polars as pl

        ending = name.partition(" of ")[0].rpartition("_")[2]
        of_kpi = pl.String if ending in ("unit", "outcome", "id") else pl.Float64
        return _types().get(self.columns.type_of(name), of_kpi)


@cache
def _types() -> Mapping[str, Any]:
    import polars as pl

    return {
        "float64": pl.Float64,
        "int64": pl.Int64,
        "bool": pl.Boolean,
        "utf8": pl.String,
        _TIME: pl.Datetime("us", "UTC"),
    }


@cache
def _own_types() -> Mapping[str, Any]:
    """The types of the columns that every evaluation has."""
    types = _types()
    others = {"trial": "int64", "feasible": "bool", "objective_value": "float64", "created": _TIME}
    return {name: types[others.get(name, "utf8")] for name in OWN}


@cache
def _empty() -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(schema={KEY: pl.String, GONE: pl.Boolean, **_own_types()})


def _outside(later: frozenset[str]) -> Callable[[str], bool]:
    return lambda run_id: run_id not in later


def _framed(rows: list[Row]) -> pl.DataFrame:
    """Rows as a frame, each column of the type of its values; of two types it is text."""
    import polars as pl

    names = dict.fromkeys(name for row in rows for name in row)
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        columns[name] = pl.Series(name, values, _own_types().get(name) or type_of(values), strict=False)
    return united([_empty(), pl.DataFrame(columns)]) if columns else _empty()


def type_of(values: list[Any]) -> Any:
    """The type of a column of these values; of two types it is text."""
    import polars as pl

    types = {type(value) for value in values if value is not None}
    if not types:
        return pl.Null
    if types == {bool}:
        return pl.Boolean
    if types == {int}:
        return pl.Int64
    if types <= {int, float}:
        return pl.Float64
    if all(hasattr(value, "tzinfo") for value in values if value is not None):
        return _types()[_TIME]
    return pl.String
