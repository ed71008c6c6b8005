"""The contract that every kind of record keeps."""

from __future__ import annotations

import dataclasses
import math
import re
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ragone.schemas import KINDS, Verdict, compare, judge
from ragone.schemas.compare import Deviation
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
from ragone.schemas.unit_names import unit_of
from ragone.schemas.units import conversion_factor, is_unit

# Other values of the fields whose value is tied to something else.
CONSTRAINED: dict[str, Any] = {
    "metric_names": ("solid_effective_conductivity_siemens_per_metre", "pore_tortuosity_factor"),
    "variable_names": ("Ohmic heating [W]", "Total heating [W]"),
    "source_names": ("Ohmic heating [W]", "Total heating [W]"),
    "metrics_unit": ("S/m", "1"),
    "response_names": ("binder_adhesion",),
    "curve_names": ("chord_lengths_pore",),
    "unit": "W.h/kg",
    "phase_names": ("pore", "carbon_binder", "active_material"),
    "phase_labels": np.array([0, 2, 1], np.uint8),
    "voxel_edges_metre": np.array([8e-7, 4e-7, 2e-7]),
    "pore_outcomes": ("not percolating",) * 3,
    "solid_outcomes": ("not percolating",) * 3,
    "pair_names": ("pore/carbon_binder", "pore/active_material", "carbon_binder/active_material"),
}


def numeric(spec: FieldSpec) -> bool:
    """Whether the field holds real numbers."""
    return spec.dtype == "float64"


def another(spec: FieldSpec, value: Any) -> Any:
    """A valid value that differs from the one given."""
    if spec.shape == "document":
        return {"another": 1}
    if spec.shape == "texts":
        return (*value, "another")
    if spec.shape in ("vector", "array"):
        changed = np.array(value)
        step = 0.5 if float(changed.flat[-1]) + 0.5 in spec.bounds else -0.5
        other = changed.flat[-1] + step if numeric(spec) else changed.flat[0]
        changed.flat[-1] = other if other != changed.flat[-1] else other + 1
        return changed
    if spec.choices is not None:
        return next(m for m in spec.choices if m != value)
    return _another_scalar(spec, value)


def _another_scalar(spec: FieldSpec, value: Any) -> Any:
    if spec.dtype == "float64":
        return next(x for x in (0.5, 0.25, 1.5, 1e-6) if x in spec.bounds and x != value)
    changes: dict[str, Any] = {
        "int64": lambda: (value or 0) + 1,
        "bool": lambda: not value,
        "binary": lambda: value + b"\x02",
        "timestamp": lambda: value + timedelta(microseconds=1),
        "utf8": lambda: value + " another",
    }
    return changes[spec.dtype]()


@pytest.mark.parametrize("kind", sorted(KINDS))
class TestEveryRecord:
    """One contract, passed by each kind."""

    def test_kind_names_its_class(self, kind, example):
        """The registry's key is the record's own kind, and its version a positive integer."""
        record = example(kind)
        assert record.kind == kind
        assert type(record) is KINDS[kind]
        assert record.schema_version >= 1

    def test_round_trip_through_arrow(self, kind, example):
        """Writing a record as an Arrow row and reading it gives the same values and types."""
        record = example(kind)
        again = KINDS[kind].from_arrow(record.to_arrow())
        assert compare(record, again) == ()
        for name in record.fields():
            assert type(getattr(again, name)) is type(getattr(record, name)), name

    def test_arrow_schema_carries_meaning(self, kind, example):
        """The Arrow schema names kind and version, and the unit of every field that has one."""
        schema = example(kind).to_arrow().schema
        assert schema.metadata == {b"kind": kind.encode(), b"schema_version": b"%d" % KINDS[kind].schema_version}
        for name, spec in KINDS[kind].fields().items():
            assert (schema.field(name).metadata or {}).get(b"unit", b"").decode() == spec.unit
            assert schema.field(name).nullable == spec.optional

    def test_is_frozen(self, kind, example):
        """No field can be assigned or deleted."""
        record = example(kind)
        for name in record.fields():
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(record, name, getattr(record, name))
            with pytest.raises(dataclasses.FrozenInstanceError):
                delattr(record, name)

    def test_arrays_are_read_only_and_owned(self, kind, example, example_values):
        """An array cannot be written through the record, nor through the array it was made from."""
        given = {n: np.array(v) if isinstance(v, np.ndarray) else v for n, v in example_values(kind).items()}
        record = KINDS[kind].build(given)
        for name, spec in record.fields().items():
            if spec.shape not in ("vector", "array"):
                continue
            kept = getattr(record, name)
            assert not kept.flags.writeable
            before = kept.copy()
            given[name].fill(99)
            assert np.array_equal(kept, before)

    def test_physical_fields_say_their_unit(self, kind):
        """A number ends in its unit, or is declared dimensionless, or says where its unit stands."""
        for name, spec in KINDS[kind].fields().items():
            if not numeric(spec):
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

    def test_class_is_documented(self, kind):
        """The class says what it is."""
        assert len(KINDS[kind].__doc__ or "") > 20

    def test_unknown_field_is_refused_with_hint(self, kind, example_values):
        """A misspelled field is refused, and the nearest known one is named."""
        name = next(iter(KINDS[kind].fields()))
        misspelled = name[:-1] + name[-1] * 2
        with pytest.raises(UnknownFieldError, match=f"{misspelled}.*did you mean '{name}'"):
            KINDS[kind].build({**example_values(kind), misspelled: 1})

    def test_missing_field_is_named(self, kind, example_values):
        """A record without a field that has no default is refused, and the field is named."""
        values = example_values(kind)
        required = [f.name for f in dataclasses.fields(KINDS[kind]) if _required(f)]
        assert required
        for name in required:
            with pytest.raises(MissingFieldError, match=name):
                KINDS[kind].build({n: v for n, v in values.items() if n != name})

    def test_bounds_are_enforced(self, kind, example):
        """A number beyond a bound, or on an open one, is refused; the message names field, value and interval."""
        for name, spec in KINDS[kind].fields().items():
            for outside in _outside(spec):
                value = np.array([outside]) if spec.shape == "vector" else outside
                with pytest.raises(BoundsError, match=name) as caught:
                    example(kind, **{name: value})
                assert str(spec.bounds) in str(caught.value)

    def test_not_finite_is_refused(self, kind, example):
        """NaN and infinity are refused everywhere, except +inf where the field declares it."""
        for name, spec in KINDS[kind].fields().items():
            if not numeric(spec):
                continue
            for value in (math.nan, -math.inf, math.inf):
                if value == math.inf and spec.infinite:
                    assert getattr(example(kind, **{name: value}), name) == math.inf
                    continue
                axes = {"vector": 1, "array": spec.axes}.get(spec.shape)
                with pytest.raises(NotFiniteError, match=name):
                    example(kind, **{name: np.full((1,) * axes, value) if axes else value})

    def test_wrong_types_are_refused(self, kind, example):
        """No field takes an object of another type, silently converted."""
        for name, spec in KINDS[kind].fields().items():
            if spec.shape == "document":
                continue
            wrong: list[Any] = [object(), 5 if spec.dtype in ("utf8", "binary", "timestamp") else "1.0"]
            if spec.shape in ("vector", "array"):
                wrong = [np.full((1,) * max(spec.axes, 1), "1.0")]
            if spec.shape == "texts":
                wrong += ["one text", [5]]
            for value in wrong:
                with pytest.raises(FieldTypeError, match=name):
                    example(kind, **{name: value})

    def test_documents_are_plain_and_owned(self, kind, example):
        """A document refuses what JSON cannot hold, and changes with nobody else's dictionary."""
        for name, spec in KINDS[kind].fields().items():
            if spec.shape != "document":
                continue
            for value in ({"x": math.nan}, {"x": object()}, {1: "x"}, "no JSON", {"x": 2**60}):
                with pytest.raises(FieldTypeError, match=name):
                    example(kind, **{name: value})
            given = {"x": [1, 2]}
            record = example(kind, **{name: given})
            given["x"].append(3)
            assert getattr(record, name) == {"x": [1, 2]}
            assert getattr(example(kind, **{name: {"x": (1, 2)}}), name) == {"x": [1, 2]}

    def test_integers_fit_64_bits(self, kind, example):
        """An integer that Arrow cannot hold is refused by name."""
        for name, spec in KINDS[kind].fields().items():
            if spec.dtype == "int64" and spec.shape == "scalar":
                with pytest.raises(BoundsError, match=name):
                    example(kind, **{name: 2**63})

    def test_null_only_where_optional(self, kind, example):
        """None is kept where the field is optional and refused where it is not."""
        for name, spec in KINDS[kind].fields().items():
            if spec.optional:
                assert getattr(example(kind, **{name: None}), name) is None
            elif spec.shape == "scalar":
                with pytest.raises(FieldTypeError, match=name):
                    example(kind, **{name: None})

    def test_wrong_number_of_axes_is_refused(self, kind, example):
        """An array with too many axes is refused."""
        for name, spec in KINDS[kind].fields().items():
            if spec.shape in ("vector", "array"):
                with pytest.raises(FieldShapeError, match=name):
                    example(kind, **{name: np.zeros((1,) * (max(spec.axes, 1) + 1), spec.dtype)})

    def test_choices_are_closed(self, kind, example):
        """A value outside an enumeration is refused; a member is kept as the member."""
        for name, spec in KINDS[kind].fields().items():
            if spec.choices is not None:
                assert isinstance(getattr(example(kind), name), StrEnum)
                with pytest.raises(UnknownFieldError, match=name):
                    example(kind, **{name: "no such member"})

    def test_instants_are_kept_in_utc(self, kind, example):
        """A moment needs a time zone, and is kept in UTC."""
        for name, spec in KINDS[kind].fields().items():
            if spec.dtype == "timestamp":
                elsewhere = datetime(2026, 11, 20, 14, tzinfo=timezone(timedelta(hours=2)))
                kept = getattr(example(kind, **{name: elsewhere}), name)
                assert (kept.tzinfo, kept.hour) == (UTC, 12)
                with pytest.raises(FieldTypeError, match=name):
                    example(kind, **{name: datetime(2026, 1, 1)})
                with pytest.raises(BoundsError, match=f"{name} = 0001-01-01"):
                    example(kind, **{name: datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=10)))})

    def test_newer_version_is_refused(self, kind, example):
        """A row written by a newer schema is refused, not guessed."""
        table = example(kind).to_arrow()
        newer = str(KINDS[kind].schema_version + 1)
        table = table.replace_schema_metadata({"kind": kind, "schema_version": newer})
        with pytest.raises(SchemaVersionError, match=f"{kind} has schema version {newer}"):
            KINDS[kind].from_arrow(table)

    def test_foreign_column_is_refused(self, kind, example):
        """A row with a column that the schema does not know is refused."""
        table = example(kind).to_arrow().append_column("surprise", pa.array([1]))
        with pytest.raises(UnknownFieldError, match="surprise"):
            KINDS[kind].from_arrow(table)

    def test_equal_to_itself(self, kind, example):
        """Two records of the same values compare as bitwise equal."""
        assert judge(compare(example(kind), example(kind))) is Verdict.BITWISE

    def test_a_change_in_any_field_is_noticed(self, kind, example):
        """Changing one field is reported as that field, and nothing else."""
        record = example(kind)
        for name, spec in record.fields().items():
            value = CONSTRAINED[name] if name in CONSTRAINED else another(spec, getattr(record, name))
            changed = example(kind, **{name: value})
            found = compare(record, changed)
            assert [d.field for d in found] == [name]
            assert isinstance(found[0], Deviation)
            assert name in str(found[0])

    def test_repr_is_short(self, kind, example):
        """The representation names the class and summarises arrays."""
        shown = repr(example(kind))
        assert shown.startswith(KINDS[kind].__name__ + "(")
        assert len(shown) < 2000


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
