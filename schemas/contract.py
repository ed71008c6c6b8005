"""The contract that every kind of record keeps, as a class of tests: Ragone's own kinds, and those of other packages.

    class TestWetting(RecordContract):
        @pytest.fixture
        def record(self):
            return Wetting(soaking_time_second=12.0, contact_angle_degree=30.0)

It makes wrong records of a valid one and requires that they are refused by name. Importing it needs pytest.
``pytest.register_assert_rewrite("ragone.schemas.contract")`` in a conftest.py has pytest show the values that differ.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from ragone.extensions import problems
from ragone.schemas.compare import Deviation, Verdict, compare, judge
from ragone.schemas.errors import (
    BoundsError,
    FieldShapeError,
    FieldTypeError,
    MissingFieldError,
    NotFiniteError,
    SchemaVersionError,
    UnknownFieldError,
)
from ragone.schemas.field import FieldSpec
from ragone.schemas.kinds import KINDS
from ragone.schemas.record import Record
from ragone.schemas.unit_names import unit_of
from ragone.schemas.units import conversion_factor, is_unit

try:
    import pytest
except ImportError as cause:
    raise ImportError(
        "ragone.schemas.contract is a class of tests. Install what runs them: pip install pytest"
    ) from cause


class RecordContract:
    """The contract that every record keeps. A subclass gives the fixture `record`, one valid record of the kind.

    `tied` holds another valid value of each field whose value is tied to other fields, by its name or `kind.name`.
    """

    tied: ClassVar[Mapping[str, Any]] = {}

    @pytest.fixture
    def record(self) -> Record:
        """One valid record of the kind."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `record` that returns one valid record.")

    def test_kind_names_its_class(self, record: Record) -> None:
        """The kind is registered, and leads to the class; its version is a positive integer."""
        advice = "; ".join(problems()) or "register it as an entry point, docs/EXTENDING.md, and install the package"
        assert KINDS.get(record.kind) is type(record), f"{record.kind} is not registered as {type(record)}: {advice}"
        assert record.schema_version >= 1

    def test_round_trip_through_arrow(self, record: Record) -> None:
        """Writing a record as an Arrow row and reading it gives the same values and types."""
        again = type(record).from_arrow(record.to_arrow())
        assert compare(record, again) == ()
        for name in record.fields():
            assert type(getattr(again, name)) is type(getattr(record, name)), name

    def test_arrow_schema_carries_meaning(self, record: Record) -> None:
        """The Arrow schema names kind and version, and the unit of every field that has one."""
        schema = record.to_arrow().schema
        said = {"kind": record.kind, "schema_version": str(record.schema_version)}
        assert schema.metadata == {name.encode(): value.encode() for name, value in said.items()}
        for name, spec in record.fields().items():
            assert (schema.field(name).metadata or {}).get(b"unit", b"").decode() == spec.unit
            assert schema.field(name).nullable == spec.optional

    def test_is_frozen(self, record: Record) -> None:
        """No field can be assigned or deleted."""
        for name in record.fields():
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(record, name, getattr(record, name))
            with pytest.raises(dataclasses.FrozenInstanceError):
                delattr(record, name)

    def test_arrays_are_read_only_and_owned(self, record: Record) -> None:
        """An array cannot be written through the record, nor through the array it was made from."""
        given = {n: np.array(v) if isinstance(v, np.ndarray) else v for n, v in _values(record).items()}
        made = type(record).build(given)
        for name, spec in made.fields().items():
            if spec.shape not in ("vector", "array"):
                continue
            kept = getattr(made, name)
            assert not kept.flags.writeable
            before = kept.copy()
            given[name].fill(99)
            assert np.array_equal(kept, before)

    def test_physical_fields_say_their_unit(self, record: Record) -> None:
        """A number ends in its unit, or is declared dimensionless, or says where its unit stands."""
        for name, spec in record.fields().items():
            if not _is_real(spec):
                continue
            stem = re.sub("_(standard_error|lower|upper|half_width)$", "", name)
            if spec.unit in ("1", ""):
                assert unit_of(stem) == "1", f"{name} is called after a unit it does not have"
                assert spec.unit == "1" or "unit`" in spec.doc, f"{name} does not say where its unit is"
            else:
                assert is_unit(spec.unit)
                assert unit_of(stem) != "1", f"{name} does not end in its unit"
                assert conversion_factor(unit_of(stem), spec.unit) == 1.0, (
                    f"{name} ends in a unit that it does not have"
                )

    def test_class_is_documented(self, record: Record) -> None:
        """The class says what it is."""
        assert len(type(record).__doc__ or "") > 20, f"{type(record).__name__} has no docstring"

    def test_unknown_field_is_refused_with_hint(self, record: Record) -> None:
        """A misspelled field is refused, and the nearest known one is named."""
        name = next(iter(record.fields()))
        misspelled = name[:-1] + name[-1] * 2
        with pytest.raises(UnknownFieldError, match=f"{misspelled}.*did you mean '{name}'"):
            type(record).build({**_values(record), misspelled: 1})

    def test_missing_field_is_named(self, record: Record) -> None:
        """A record without a field that has no default is refused, and the field is named."""
        values = _values(record)
        required = [f.name for f in dataclasses.fields(type(record)) if _required(f)]
        assert required
        for name in required:
            with pytest.raises(MissingFieldError, match=name):
                type(record).build({n: v for n, v in values.items() if n != name})

    def test_bounds_are_enforced(self, record: Record) -> None:
        """A number beyond a bound, or on an open one, is refused; the message names field, value and interval."""
        for name, spec in record.fields().items():
            for outside in _outside(spec):
                value = np.array([outside]) if spec.shape == "vector" else outside
                with pytest.raises(BoundsError, match=name) as caught:
                    _changed(record, **{name: value})
                assert str(spec.bounds) in str(caught.value)

    def test_not_finite_is_refused(self, record: Record) -> None:
        """NaN and infinity are refused everywhere, except +inf where the field declares it."""
        for name, spec in record.fields().items():
            if not _is_real(spec):
                continue
            for value in (math.nan, -math.inf, math.inf):
                if value == math.inf and spec.infinite:
                    assert getattr(_changed(record, **{name: value}), name) == math.inf
                    continue
                axes = {"vector": 1, "array": spec.axes}.get(spec.shape)
                with pytest.raises(NotFiniteError, match=name):
                    _changed(record, **{name: np.full((1,) * axes, value) if axes else value})

    def test_wrong_types_are_refused(self, record: Record) -> None:
        """No field takes an object of another type, silently converted."""
        for name, spec in record.fields().items():
            if spec.shape == "document":
                continue
            wrong: list[Any] = [object(), 5 if spec.dtype in ("utf8", "binary", "timestamp") else "1.0"]
            if spec.shape in ("vector", "array"):
                wrong = [np.full((1,) * max(spec.axes, 1), "1.0")]
            if spec.shape == "texts":
                wrong += ["one text", [5]]
            for value in wrong:
                with pytest.raises(FieldTypeError, match=name):
                    _changed(record, **{name: value})

    def test_documents_are_plain_and_owned(self, record: Record) -> None:
        """A document refuses what JSON cannot hold, and changes with nobody else's dictionary."""
        for name, spec in record.fields().items():
            if spec.shape != "document":
                continue
            for value in ({"x": math.nan}, {"x": object()}, {1: "x"}, "no JSON", {"x": 2**60}):
                with pytest.raises(FieldTypeError, match=name):
                    _changed(record, **{name: value})
            given = {"x": [1, 2]}
            made = _changed(record, **{name: given})
            given["x"].append(3)
            assert getattr(made, name) == {"x": [1, 2]}
            assert getattr(_changed(record, **{name: {"x": (1, 2)}}), name) == {"x": [1, 2]}

    def test_integers_fit_64_bits(self, record: Record) -> None:
        """An integer that Arrow cannot hold is refused by name."""
        for name, spec in record.fields().items():
            if spec.dtype == "int64" and spec.shape == "scalar":
                with pytest.raises(BoundsError, match=name):
                    _changed(record, **{name: 2**63})

    def test_null_only_where_optional(self, record: Record) -> None:
        """None is kept where the field is optional and refused where it is not."""
        for name, spec in record.fields().items():
            if spec.optional:
                assert getattr(_changed(record, **{name: None}), name) is None
            elif spec.shape == "scalar":
                with pytest.raises(FieldTypeError, match=name):
                    _changed(record, **{name: None})

    def test_wrong_number_of_axes_is_refused(self, record: Record) -> None:
        """An array with too many axes is refused."""
        for name, spec in record.fields().items():
            if spec.shape in ("vector", "array"):
                with pytest.raises(FieldShapeError, match=name):
                    _changed(record, **{name: np.zeros((1,) * (max(spec.axes, 1) + 1), spec.dtype)})

    def test_choices_are_closed(self, record: Record) -> None:
        """A value outside an enumeration is refused; a member is kept as the member."""
        for name, spec in record.fields().items():
            if spec.choices is not None:
                assert isinstance(getattr(record, name), StrEnum)
                with pytest.raises(UnknownFieldError, match=name):
                    _changed(record, **{name: "no such member"})

    def test_instants_are_kept_in_utc(self, record: Record) -> None:
        """A moment needs a time zone, and is kept in UTC."""
        for name, spec in record.fields().items():
            if spec.dtype == "timestamp":
                elsewhere = datetime(2026, 11, 20, 14, tzinfo=timezone(timedelta(hours=2)))
                kept = getattr(_changed(record, **{name: elsewhere}), name)
                assert (kept.tzinfo, kept.hour) == (UTC, 12)
                with pytest.raises(FieldTypeError, match=name):
                    _changed(record, **{name: datetime(2026, 1, 1)})
                with pytest.raises(BoundsError, match=f"{name} = 0001-01-01"):
                    _changed(record, **{name: datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=10)))})

    def test_newer_version_is_refused(self, record: Record) -> None:
        """A row written by a newer schema is refused, not guessed."""
        table = record.to_arrow()
        newer = str(type(record).schema_version + 1)
        table = table.replace_schema_metadata({"kind": record.kind, "schema_version": newer})
        with pytest.raises(SchemaVersionError, match=f"{record.kind} has schema version {newer}"):
            type(record).from_arrow(table)

    def test_foreign_column_is_refused(self, record: Record) -> None:
        """A row with a column that the schema does not know is refused."""
        table = record.to_arrow().append_column("surprise", pa.array([1]))
        with pytest.raises(UnknownFieldError, match="surprise"):
            type(record).from_arrow(table)

    def test_equal_to_itself(self, record: Record) -> None:
        """Two records of the same values compare as bitwise equal."""
        assert judge(compare(record, _changed(record))) is Verdict.BITWISE

    def test_a_change_in_any_field_is_noticed(self, record: Record) -> None:
        """Changing one field is reported as that field, and nothing else."""
        for name, spec in record.fields().items():
            tied = next((key for key in (f"{record.kind}.{name}", name) if key in self.tied), None)
            value = _another(spec, getattr(record, name)) if tied is None else self.tied[tied]
            changed = _changed(record, **{name: value})
            found = compare(record, changed)
            assert [d.field for d in found] == [name]
            assert isinstance(found[0], Deviation)
            assert name in str(found[0])

    def test_repr_is_short(self, record: Record) -> None:
        """The representation names the class and summarises arrays."""
        shown = repr(record)
        assert shown.startswith(type(record).__name__ + "(")
        assert len(shown) < 2000


def _values(record: Record) -> dict[str, Any]:
    """The values of a record by field."""
    return {name: getattr(record, name) for name in record.fields()}


def _changed(record: Record, **values: Any) -> Record:
    """The record with other values."""
    return type(record).build({**_values(record), **values})


def _is_real(spec: FieldSpec) -> bool:
    """Whether the field holds real numbers."""
    return spec.dtype == "float64"


def _another(spec: FieldSpec, value: Any) -> Any:
    """A valid value that differs from the one given."""
    if spec.shape == "document":
        return {"another": 1}
    if spec.shape == "texts":
        return (*value, "another")
    if spec.shape in ("vector", "array"):
        changed = np.array(value)
        step = 0.5 if float(changed.flat[-1]) + 0.5 in spec.bounds else -0.5
        other = changed.flat[-1] + step if _is_real(spec) else changed.flat[0]
        changed.flat[-1] = other if other != changed.flat[-1] else other + 1
        return changed
    if spec.choices is not None:
        return next(m for m in spec.choices if m != value)
    return _another_scalar(spec, value)


def _another_scalar(spec: FieldSpec, value: Any) -> Any:
    if spec.dtype == "float64":
        near = () if value is None else (1.001 * value, 0.999 * value)
        return next(x for x in (0.5, 0.25, 1.5, 1e-6, *near) if x in spec.bounds and x != value)
    changes: dict[str, Any] = {
        "int64": lambda: (value or 0) + (1 if (value or 0) + 1 in spec.bounds else -1),
        "bool": lambda: not value,
        "binary": lambda: value + b"\x02",
        "timestamp": lambda: value + timedelta(microseconds=1),
        "utf8": lambda: value + " another",
    }
    return changes[spec.dtype]()


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _outside(spec: FieldSpec) -> list[float]:
    if spec.dtype not in ("float64", "int64"):
        return []
    bounds, outside = spec.bounds, []
    step = 1 if spec.dtype == "int64" else 1e-3
    if bounds.low is not None:
        outside.append(bounds.low if bounds.low_open else bounds.low - step)
    if bounds.high is not None:
        outside.append(bounds.high if bounds.high_open else bounds.high + step)
    return [int(x) if spec.dtype == "int64" else float(x) for x in outside]
