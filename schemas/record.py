"""A record: a frozen, typed value of one kind and schema version, checked when it is made.

Every record is one row of an Arrow table whose schema names the kind, the version and each field's unit.
What a record *is* (its `id`) is decided by that row's logical content, see `content_hash`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
import rfc8785

from ragone.schemas.content_hash import table_digest
from ragone.schemas.errors import (
    BoundsError,
    FieldShapeError,
    FieldTypeError,
    MissingFieldError,
    NotFiniteError,
    SchemaVersionError,
    UnknownFieldError,
    did_you_mean,
)
from ragone.schemas.field import FieldSpec, specs_of
from ragone.schemas.json_text import require_plain
from ragone.schemas.migration import Cells, Migrations
from ragone.schemas.parameter import REQUIRED, Parameter, parameter_of_field
from ragone.shown import Shown

_SCALARS: dict[str, Any] = {
    "int64": (int, np.integer),
    "bool": (bool, np.bool_),
    "utf8": (str,),
    "binary": (bytes,),
    "timestamp": (datetime,),
    "float64": (int, float, np.integer, np.floating),
}
_TYPES: dict[str, pa.DataType] = {
    "float64": pa.float64(),
    "int64": pa.int64(),
    "uint8": pa.uint8(),
    "bool": pa.bool_(),
    "utf8": pa.string(),
    "binary": pa.large_binary(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Record(Shown):
    """Base of all records. A subclass declares `kind`, `schema_version` and its fields."""

    kind: ClassVar[str]
    schema_version: ClassVar[int] = 1
    migrations: ClassVar[Migrations] = {}

    def __post_init__(self) -> None:
        for name, spec in self.fields().items():
            object.__setattr__(self, name, _checked(getattr(self, name), spec, self.kind))
        self.validate()

    def validate(self) -> None:
        """Hook for what concerns several fields at once."""

    @cached_property
    def id(self) -> str:
        """The artifact id: the one that the record was stored under, else that of its content, ``kind-<sha256>``."""
        return f"{self.kind}-{table_digest(self.to_arrow())}"

    def known_as(self, artifact_id: str) -> Self:
        """The same record, which was stored under this id, maybe by an older schema version."""
        self.__dict__["id"] = artifact_id
        return self

    @classmethod
    @cache
    def fields(cls) -> Mapping[str, FieldSpec]:
        """The fields by name, in the order declared."""
        return specs_of(cls)

    @classmethod
    @cache
    def parameters(cls) -> Mapping[str, Parameter]:
        """Return the parameters to make one, by name: its scalar fields and documents, with their defaults."""
        shown = {name: spec for name, spec in cls.fields().items() if spec.shape in ("scalar", "document")}
        return {name: parameter_of_field(spec, _default(cls, name)) for name, spec in shown.items()}

    @classmethod
    @cache
    def arrow_schema(cls) -> pa.Schema:
        """The Arrow schema of one such record: types, units, kind and version."""
        return _arrow_schema(cls, cls.fields(), cls.schema_version)

    @classmethod
    def build(cls, values: Mapping[str, Any]) -> Self:
        """Make a record from a mapping, refusing unknown names with a hint."""
        known = cls.fields()
        for name in values:
            if name not in known:
                raise UnknownFieldError(f"{cls.kind} has no field {name!r}: {did_you_mean(name, known)}")
        missing = [
            n
            for n, f in cls.__dataclass_fields__.items()
            if f.default is f.default_factory is MISSING and n not in values
        ]
        if missing:
            raise MissingFieldError(f"{cls.kind} needs {', '.join(missing)}. Give a value for each.")
        return cls(**values)

    def to_arrow(self, version: int | None = None) -> pa.Table:
        """The record as a table of one row, as the given schema version would have written it (the present if none).

        Raises
        ------
        SchemaVersionError
            If there is no such version, or it cannot say what this record holds.
        """
        if version is None or version == self.schema_version:
            return to_arrow([self])
        cells = self._cells_of(version)
        schema = _arrow_schema(type(self), {name: spec for name, (spec, _) in cells.items()}, version)
        return pa.Table.from_arrays([_column(spec, [value]) for spec, value in cells.values()], schema=schema)

    def in_version(self, version: int) -> Self:
        """The record as it reads when it was written by an older schema version; raises as `to_arrow`."""
        return self if version == self.schema_version else self.from_arrow(self.to_arrow(version))

    @classmethod
    def from_arrow(cls, table: pa.Table, row: int = 0) -> Self:
        """The record in one row of a table of this kind, migrated to the present version."""
        version = int((table.schema.metadata or {})[b"schema_version"])
        values = {name: _value_of(table.column(name), row) for name in table.column_names}
        return cls.build(cls._migrated(values, version))

    @classmethod
    def _migrated(cls, values: dict[str, Any], version: int) -> dict[str, Any]:
        if version > cls.schema_version:
            raise SchemaVersionError(
                f"{cls.kind} has schema version {version}; this Ragone reads up to {cls.schema_version}. "
                "Upgrade Ragone."
            )
        for step in range(version, cls.schema_version):
            if step not in cls.migrations:
                raise SchemaVersionError(f"no migration leads from {cls.kind} version {step} to {step + 1}.")
            for verb in cls.migrations[step]:
                values = verb.forth(values)
        return values

    def _cells_of(self, version: int) -> Cells:
        """Fields and values of an older version, by name."""
        if not 0 < version < self.schema_version:
            raise SchemaVersionError(f"{self.kind} has the schema versions 1 to {self.schema_version}, no {version}.")
        cells: Cells = {name: (spec, getattr(self, name)) for name, spec in self.fields().items()}
        for step in reversed(range(version, self.schema_version)):
            for verb in reversed(self.migrations[step]):
                cells = verb.back(cells)
        return cells

    def __repr__(self) -> str:
        parts = [f"{n}={_brief(getattr(self, n))}" for n in self.fields()]
        return f"{type(self).__name__}({', '.join(parts)})"


def _default(cls: type[Record], name: str) -> Any:
    field = cls.__dataclass_fields__[name]
    if field.default_factory is not MISSING:
        return field.default_factory()
    return REQUIRED if field.default is MISSING else field.default


def to_arrow(records: list[Record]) -> pa.Table:
    """Records of one kind as a table, a row each.

    Raises
    ------
    FieldTypeError
        If the list is empty or mixes kinds.
    """
    kinds = {type(record) for record in records}
    if len(kinds) != 1:
        raise FieldTypeError(f"a table holds records of one kind, not {sorted(k.kind for k in kinds)}.")
    (cls,) = kinds
    columns = [_column(spec, [getattr(r, spec.name) for r in records]) for spec in cls.fields().values()]
    return pa.Table.from_arrays(columns, schema=cls.arrow_schema())


def _arrow_schema(cls: type[Record], fields: Mapping[str, FieldSpec], version: int) -> pa.Schema:
    columns = [
        pa.field(name, _arrow_type(spec), nullable=spec.optional, metadata={"unit": spec.unit} if spec.unit else None)
        for name, spec in fields.items()
    ]
    return pa.schema(columns, metadata={"kind": cls.kind, "schema_version": str(version)})


def _arrow_type(spec: FieldSpec) -> pa.DataType:
    scalar = _TYPES[spec.dtype]
    if spec.shape == "vector":
        return pa.large_list(scalar)
    if spec.shape == "array":
        return pa.struct([("shape", pa.list_(pa.int64())), ("values", pa.large_list(scalar))])
    if spec.shape == "texts":
        return pa.list_(pa.string())
    return scalar


def _column(spec: FieldSpec, values: list[Any]) -> pa.Array:
    if spec.shape == "vector":
        return _lists(values, spec.dtype)
    if spec.shape == "array":
        shapes = pa.array([list(v.shape) for v in values], pa.list_(pa.int64()))
        flat = _lists([v.reshape(-1) for v in values], spec.dtype)
        return pa.StructArray.from_arrays([shapes, flat], fields=list(_arrow_type(spec)))
    if spec.shape == "texts":
        return pa.array([list(v) for v in values], _arrow_type(spec))
    if spec.shape == "document":
        return pa.array([rfc8785.dumps(v).decode() for v in values], pa.string())
    return pa.array(values, _arrow_type(spec))


def _lists(arrays: list[np.ndarray[Any, Any]], dtype: str) -> pa.LargeListArray:
    """Numpy arrays as one Arrow list each, without a copy for a single one."""
    offsets = np.cumsum([0, *(len(a) for a in arrays)])
    flat = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), pa.array(flat, _TYPES[dtype]))


def _value_of(column: pa.ChunkedArray, row: int) -> Any:
    """One cell as the Python value that a record takes."""
    cell = column[row]
    if pa.types.is_large_list(cell.type):
        return _numpy(cell)
    if pa.types.is_struct(cell.type):
        return _numpy(cell["values"]).reshape(cell["shape"].as_py())
    if pa.types.is_list(cell.type):
        return tuple(cell.as_py())
    return cell.as_py()


def _numpy(cell: pa.LargeListScalar) -> np.ndarray[Any, Any]:
    values = cell.values
    return np.asarray(values.to_numpy(zero_copy_only=not pa.types.is_boolean(values.type)))


def _checked(value: Any, spec: FieldSpec, kind: str) -> Any:
    """The value as the record keeps it, or the error that says why it cannot be kept."""
    what = f"{kind}.{spec.name}"
    if value is None and spec.optional:
        return None
    if spec.shape == "vector":
        return _checked_array(value, spec, what, axes=1)
    if spec.shape == "array":
        return _checked_array(value, spec, what, axes=spec.axes)
    if spec.shape == "texts":
        if not isinstance(value, tuple | list) or not all(isinstance(v, str) for v in value):
            raise FieldTypeError(f"{what} = {value!r} must be a sequence of strings.")
        return tuple(value)
    if spec.shape == "document":
        return _checked_document(value, what)
    return _checked_scalar(value, spec, what)


def _checked_document(value: Any, what: str) -> Any:
    try:
        canonical = value if isinstance(value, str) else rfc8785.dumps(value)
        document = json.loads(canonical, parse_int=_number)
        require_plain(document)
    except (rfc8785.CanonicalizationError, ValueError, TypeError, AttributeError, RecursionError) as cause:
        raise FieldTypeError(f"{what} is not a plain JSON document: {cause}. Use finite numbers and text.") from cause
    return document


def _number(digits: str) -> int | float:
    """Canonical JSON writes a large float as digits; beyond 2^53 - 1 only floats are written."""
    whole = int(digits)
    return whole if abs(whole) < 2**53 else float(whole)


def _checked_scalar(value: Any, spec: FieldSpec, what: str) -> Any:
    if not isinstance(value, _SCALARS[spec.dtype]) or (isinstance(value, bool) and spec.dtype != "bool"):
        raise FieldTypeError(f"{what} = {value!r} is a {type(value).__name__}; {spec.dtype} is expected.")
    if spec.choices is not None:
        return _checked_choice(value, spec, what)
    if spec.dtype == "timestamp":
        if value.tzinfo is None:
            raise FieldTypeError(f"{what} = {value} has no time zone. Give an aware datetime; it is kept in UTC.")
        try:
            return value.astimezone(UTC)
        except OverflowError as cause:
            raise BoundsError(f"{what} = {value} lies outside the years 1 to 9999 in UTC. Give another.") from cause
    if spec.dtype == "float64":
        number = float(value)
        if math.isnan(number) or (math.isinf(number) and not (spec.infinite and number > 0)):
            raise NotFiniteError(f"{what} = {number} [{spec.unit}] is not finite. Give a finite number.")
        spec.bounds.require(number, what, spec.unit)
        return number
    if spec.dtype == "int64":
        if not -(2**63) <= value < 2**63:
            raise BoundsError(f"{what} = {value} does not fit 64 bits.")
        spec.bounds.require(int(value), what, spec.unit)
        return int(value)
    return bool(value) if spec.dtype == "bool" else value


def _checked_choice(value: str, spec: FieldSpec, what: str) -> str:
    assert spec.choices is not None
    members = [str(member) for member in spec.choices]
    if str(value) not in members:
        raise UnknownFieldError(f"{what} = {value!r} is not one of its choices: {did_you_mean(value, members)}")
    return spec.choices(value)


def _checked_array(value: Any, spec: FieldSpec, what: str, axes: int) -> np.ndarray[Any, Any]:
    given = np.asarray(value)
    if given.ndim != axes:
        raise FieldShapeError(f"{what} has {given.ndim} axes {given.shape}; {axes} expected.")
    if given.dtype != np.dtype(spec.dtype) and not np.can_cast(given.dtype, spec.dtype, "safe") and given.size:
        raise FieldTypeError(f"{what} has dtype {given.dtype}; {spec.dtype} is expected. Convert it first.")
    kept = np.array(given, dtype=spec.dtype, order="C", copy=given.flags.writeable or None)
    if kept.dtype.kind == "f" and not np.isfinite(kept).all():
        raise NotFiniteError(f"{what} holds NaN or infinity. Remove or mend those samples first.")
    if kept.size and (spec.bounds.low is not None or spec.bounds.high is not None):
        spec.bounds.require(float(kept.min()), f"min({what})", spec.unit)
        spec.bounds.require(float(kept.max()), f"max({what})", spec.unit)
    if spec.length not in (None, len(kept)):
        raise FieldShapeError(f"{what} has {len(kept)} entries; {spec.length} expected.")
    kept.setflags(write=False)
    return kept


def _brief(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} {'x'.join(map(str, value.shape))}>"
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
