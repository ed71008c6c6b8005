"""Intervals of SQL as durations: what two moments differ by, in microseconds. Months have no length, and stay."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

_INTERVAL = pa.month_day_nano_interval()
_PARTS = np.dtype([("months", "<i4"), ("days", "<i4"), ("nanoseconds", "<i8")])
_DAY_MICROSECONDS = 86_400_000_000


def with_durations(table: pa.Table) -> pa.Table:
    """Return the table with each column of intervals, none of which has months, as durations [us]."""
    for number, field in enumerate(table.schema):
        if field.type == _INTERVAL:
            chunks = [_durations(chunk) for chunk in table.column(number).chunks]
            if all(chunk is not None for chunk in chunks):
                table = table.set_column(number, field.name, pa.chunked_array(chunks, pa.duration("us")))
    return table


def _durations(chunk: pa.Array) -> pa.Array | None:
    """The durations, or None if one of the intervals has months."""
    held = chunk.is_valid().to_numpy(zero_copy_only=False)
    parts = np.frombuffer(chunk.buffers()[1], _PARTS, len(chunk), chunk.offset * _PARTS.itemsize)
    if parts["months"][held].any():
        return None
    values = parts["days"].astype(np.int64) * _DAY_MICROSECONDS + parts["nanoseconds"] // 1000
    return pa.array(values, pa.int64(), mask=~held).cast(pa.duration("us"))


def holds_intervals(kind: pa.DataType) -> bool:
    """Whether a type is that of intervals, or has them in its parts: polars dies of these."""
    return kind == _INTERVAL or any(holds_intervals(kind.field(number).type) for number in range(kind.num_fields))
