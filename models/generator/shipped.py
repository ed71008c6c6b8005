"""The generator that comes with Ragone, and its calibration; rebuilt by `ragone generator train`.

Its weights are a safetensors file beside this module, and the rest of its record a JSON file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ragone.models.generator.errors import WeightsError
from ragone.schemas import Generator, GeneratorErrors, Record
from ragone.schemas.field import FieldSpec

WEIGHTS = Path(__file__).with_name("default.safetensors")
RECORD = Path(__file__).with_name("default.json")
PLAN = Path(__file__).with_name("default.yaml")  # what it was trained on and for how long

Kept = TypeVar("Kept", bound=Record)


@cache
def default_generator() -> Generator:
    """Return the generator that comes with Ragone.

    Raises
    ------
    WeightsError
        If its files are missing.
    """
    try:
        content, record = WEIGHTS.read_bytes(), json.loads(RECORD.read_text(encoding="utf-8"))
    except OSError as cause:
        raise WeightsError(
            f"the default generator is missing ({cause}). Install Ragone anew, or train one: ragone generator train"
        ) from cause
    return record_from(Generator, record["generator"], weights=content)


@cache
def default_errors() -> GeneratorErrors:
    """Return the calibration of the generator that comes with Ragone.

    Raises
    ------
    WeightsError
        If it has not been calibrated.
    """
    try:
        record = json.loads(RECORD.read_text(encoding="utf-8"))["errors"]
    except (OSError, KeyError) as cause:
        raise WeightsError(
            f"the default generator comes without a calibration ({cause!r} in {RECORD.name}). Make one with: "
            "ragone generator calibrate default"
        ) from cause
    return record_from(GeneratorErrors, record)


def record_from(cls: type[Kept], plain: Mapping[str, Any], **further: Any) -> Kept:
    """Return a record from plain data, as `plain_record` gives it; `further` fields beside them."""
    values = {name: _read(cls.fields()[name], value) for name, value in plain.items()}
    return cls.build({**values, **further})


def plain_record(record: Record) -> dict[str, Any]:
    """Return all of a record but its weights, as plain data."""
    values = {name: getattr(record, name) for name, spec in record.fields().items() if spec.dtype != "binary"}
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()}


def _read(spec: FieldSpec, value: Any) -> Any:
    if spec.shape in ("vector", "array"):
        return np.array(value, dtype=spec.dtype)
    return tuple(value) if spec.shape == "texts" else value
