"""Whose samples are these? A file may hold several cells, channels or tests; one is chosen, never mixed."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ragone.pipelines.files.cyclers.errors import AmbiguousSeriesError
from ragone.pipelines.files.cyclers.vocabulary import Column
from ragone.schemas.errors import did_you_mean

_MOST_LISTED = 20
_LEAST_ROWS, _ROWS = 10, 0.9


def choose_cell(frame: pl.DataFrame, columns: Sequence[Column], select: str) -> pl.DataFrame:
    """The rows of one cell.

    Parameters
    ----------
    frame
        All rows.
    columns
        Those that tell cells, channels or tests apart.
    select
        ``VALUE``, or ``COLUMN=VALUE`` where several columns do; empty where all rows are of one cell.

    Raises
    ------
    AmbiguousSeriesError
        If the rows chosen are of several cells, or there are none.
    """
    if select:
        frame = _selected(frame, columns, select)
    for column in columns:
        if _counts_rows(frame, column):
            continue
        values = _values(frame, column)
        if len(values) > 1:
            raise AmbiguousSeriesError(
                f"column {column.header!r} names {len(values)} cells: {_listed(values)}. One measurement is of one "
                f"cell: choose with --select '{column.header}={values[0]}'."
            )
    return frame


def _counts_rows(frame: pl.DataFrame, column: Column) -> bool:
    """Whether a column differs in nearly every row, as a number of the row does and the name of a cell does not."""
    return len(frame) >= _LEAST_ROWS and frame[column.header].n_unique() > _ROWS * len(frame)


def _selected(frame: pl.DataFrame, columns: Sequence[Column], select: str) -> pl.DataFrame:
    name, equals, value = select.partition("=")
    wanted = [column for column in columns if column.header == name.strip()] if equals else list(columns)
    value = value.strip() if equals else select.strip()
    if not wanted:
        known = ", ".join(repr(column.header) for column in columns) or "none"
        raise AmbiguousSeriesError(f"--select {select!r} fits no column that tells cells apart; there is {known}.")
    holding = [column for column in wanted if value in _values(frame, column)]
    if not holding:
        values = [found for column in wanted for found in _values(frame, column)]
        raise AmbiguousSeriesError(f"--select {select!r}: there is no cell {value!r}; {did_you_mean(value, values)}")
    if len(holding) > 1:
        names = ", ".join(f"'{column.header}={value}'" for column in holding)
        raise AmbiguousSeriesError(f"--select {select!r} fits several columns. Write one of {names}.")
    return frame.filter(pl.col(holding[0].header).cast(pl.String) == value)


def _values(frame: pl.DataFrame, column: Column) -> list[str]:
    """The distinct cells of a column, as text, in the order met."""
    return frame[column.header].cast(pl.String).drop_nulls().unique(maintain_order=True).to_list()


def _listed(values: list[str]) -> str:
    more = f" and {len(values) - _MOST_LISTED} more" if len(values) > _MOST_LISTED else ""
    return ", ".join(values[:_MOST_LISTED]) + more
