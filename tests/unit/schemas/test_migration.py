"""Old records are brought to the present version by named verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pytest

from schemas.errors import SchemaVersionError, UnknownFieldError
from schemas.field import real, text
from schemas.migration import Migrations, added, removed, renamed, scaled
from schemas.record import Record


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sample(Record):
    """A record in its third version; the second renamed tau, the third turned micrometres into metres."""

    kind: ClassVar[str] = "sample"
    schema_version: ClassVar[int] = 3
    migrations: ClassVar[Migrations] = {
        1: (renamed("tau", "tortuosity_factor"), removed("comment")),
        2: (renamed("size_micrometre", "size_metre"), scaled("size_metre", 1e-6), added("method", "unknown")),
    }

    tortuosity_factor: float = real("1", low=1)
    size_metre: float | None = real("m", optional=True)
    method: str = text()


def row(version: int, **values: object) -> pa.Table:
    """One stored row of a version."""
    table = pa.table({name: [value] for name, value in values.items()})
    return table.replace_schema_metadata({"kind": "sample", "schema_version": str(version)})


def test_first_version_takes_every_step():
    """All verbs between the stored and the present version are applied in order."""
    sample = Sample.from_arrow(row(1, tau=2.0, comment="x", size_micrometre=5.0))
    assert (sample.tortuosity_factor, sample.method) == (2.0, "unknown")
    assert sample.size_metre == pytest.approx(5e-6)


def test_second_version_skips_the_first_step():
    """A newer record takes only the steps that remain; null stays null."""
    sample = Sample.from_arrow(row(2, tortuosity_factor=2.0, size_micrometre=None))
    assert sample.size_metre is None


def test_present_version_is_read_as_it_is():
    """Nothing is applied to a record of the present version."""
    sample = Sample.from_arrow(row(3, tortuosity_factor=2.0, size_metre=1.0, method="x"))
    assert (sample.size_metre, sample.method) == (1.0, "x")


def test_nothing_is_guessed():
    """A field that no verb explains is refused."""
    with pytest.raises(UnknownFieldError, match="tau"):
        Sample.from_arrow(row(2, tau=2.0, size_micrometre=1.0))


def test_a_gap_is_refused():
    """A version from which no step leads is refused."""
    with pytest.raises(SchemaVersionError, match="no migration leads from sample version 0 to 1"):
        Sample.from_arrow(row(0, tau=2.0))
