"""Every number with a unit that the records of a crate hold, a row each, for spreadsheets and data frames.

A number has the name of its field, or of its KPI; its unit as Ragone, UCUM and QUDT spell it; and its standard
uncertainty and sample count where the record has them. Arrays and curves have files of their own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import polars as pl

from ragone.dataset.exchange.selection import Selection
from ragone.dataset.exchange.units import unit_terms
from ragone.schemas import Kpi, Record
from ragone.schemas.kinds import KINDS

_COLUMNS = {
    "artifact_id": pl.String,
    "kind": pl.String,
    "quantity": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "ucum": pl.String,
    "qudt": pl.String,
    "standard_uncertainty": pl.Float64,
    "sample_count": pl.Int64,
}
_ERROR, _COUNT = "_standard_error", "volume_element_count"


def scalar_table(selection: Selection) -> pl.DataFrame:
    """Return the numbers of a selection, in the order in which their records were made."""
    rows = [row for artifact in selection.artifacts.values() for row in _rows_of(selection, artifact.id)]
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


def as_csv(table: pl.DataFrame) -> bytes:
    """Return a table as the bytes of a CSV file."""
    return table.write_csv().encode()


def as_parquet(table: pl.DataFrame) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    file = io.BytesIO()
    table.write_parquet(file)
    return file.getvalue()


def _rows_of(selection: Selection, name: str) -> Iterator[tuple[Any, ...]]:
    artifact = selection.artifacts[name]
    kind = KINDS.get(artifact.kind)
    if kind is None or artifact.dropped or not (kind is Kpi or _quantities(kind)):
        return
    record = selection.get(name)
    if isinstance(record, Kpi):
        found: Iterator[tuple[Any, ...]] = iter(
            [(record.name, record.value, record.unit, record.standard_uncertainty, record.sample_count)]
        )
    else:
        found = _fields(record)
    for quantity, value, unit, uncertainty, count in found:
        if value is not None:
            terms = unit_terms(unit)
            yield name, artifact.kind, quantity, float(value), unit, terms.ucum, terms.qudt, uncertainty, count


def _fields(record: Record) -> Iterator[tuple[Any, ...]]:
    known = _quantities(type(record))
    count = getattr(record, _COUNT) if _COUNT in known else None
    for field, unit in known.items():
        yield field, getattr(record, field), unit, getattr(record, field + _ERROR, None), count


def _quantities(kind: type[Record]) -> dict[str, str]:
    """The scalar fields of a kind that have a unit; standard errors stand beside what they are of."""
    specs = kind.fields()
    return {
        name: spec.unit
        for name, spec in specs.items()
        if spec.shape == "scalar" and spec.unit and name.removesuffix(_ERROR) not in specs.keys() - {name}
    }
