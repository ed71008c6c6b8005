"""Transport in its three versions: the second added certified intervals, the third counts volume elements."""

from __future__ import annotations

import math
from collections.abc import Callable

import pyarrow as pa
import pytest

from ragone.schemas import Transport
from ragone.schemas.errors import BoundsError, UnknownFieldError

BOUNDS = [
    f"{name}_{end}"
    for name in ("pore_tortuosity_factor", "solid_effective_conductivity_siemens_per_metre")
    for end in ("lower", "upper")
]
Example = Callable[..., Transport]


def first_version(transport: Transport) -> pa.Table:
    """The row that the first version would have written."""
    table = transport.to_arrow(2).drop_columns(BOUNDS)
    return table.replace_schema_metadata({"kind": "transport", "schema_version": "1"})


def test_the_second_version_counted_cubes(example: Example) -> None:
    """The number of volume elements is read from the former name, and goes back to it."""
    record = example("transport", volume_element_count=3)
    older = record.to_arrow(2)
    assert older.column("cube_count").to_pylist() == [3]
    assert "volume_element_count" not in older.column_names
    assert Transport.from_arrow(older).id == record.id


def test_the_first_version_has_no_intervals(example: Example) -> None:
    """They become null; everything else is as it was, infinity too."""
    old = example("transport", pore_tortuosity_factor=math.inf, volume_element_count=1)
    read = Transport.from_arrow(first_version(old))
    assert [getattr(read, name) for name in BOUNDS] == [None] * 4
    assert {n: getattr(read, n) for n in Transport.fields()} == {n: getattr(old, n) for n in Transport.fields()}


def test_the_present_version_keeps_its_intervals(example: Example) -> None:
    """Bounds come back from an Arrow row; a tortuosity factor may be bounded by infinity."""
    values = dict(zip(BOUNDS, (1.5, math.inf, 0.0, 3.0), strict=True))
    record = example("transport", **values)
    assert record.schema_version == Transport.schema_version == 4
    read = Transport.from_arrow(record.to_arrow())
    assert {name: getattr(read, name) for name in BOUNDS} == values


def test_intervals_may_be_left_out(example: Example) -> None:
    """An engine without bounds gives none: null by default."""
    assert [getattr(example("transport"), name) for name in BOUNDS] == [None] * 4


def test_a_first_version_with_intervals_is_foreign(example: Example) -> None:
    """A row without the columns of its version is refused, not guessed."""
    second = example("transport").to_arrow().drop_columns(["volume_element_count"])
    with pytest.raises(Exception, match="volume_element_count"):
        Transport.from_arrow(second)
    extra = first_version(example("transport")).append_column("pore_tortuosity_factor_best", pa.array([1.0]))
    with pytest.raises(UnknownFieldError, match="pore_tortuosity_factor_best"):
        Transport.from_arrow(extra)


@pytest.mark.parametrize("name", BOUNDS)
def test_negative_bounds_are_refused(example: Example, name: str) -> None:
    """Neither a tortuosity factor nor a conductivity is below zero."""
    with pytest.raises(BoundsError, match=name):
        example("transport", **{name: -1e-3})
