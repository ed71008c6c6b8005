"""The generator that comes with Ragone, and how far it was off; rebuilt by `ragone train-generator`.

Its weights are a safetensors file beside this module, and the rest of its record a JSON file.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from models.generator.errors import WeightsError
from schemas import Generator, GeneratorErrors

WEIGHTS = Path(__file__).with_name("default.safetensors")
RECORD = Path(__file__).with_name("default.json")

_NUMBERS = ("floor", "growth", "spread_weight", "conditions", "distance", "spread", "relative_error", "coverage")


@cache
def default_generator() -> Generator:
    """The generator that comes with Ragone.

    Raises
    ------
    WeightsError
        If its files are missing.
    """
    try:
        content, record = WEIGHTS.read_bytes(), json.loads(RECORD.read_text(encoding="utf-8"))
    except OSError as cause:
        raise WeightsError(
            f"the default generator is missing ({cause}). Install Ragone anew, or train one: ragone train-generator"
        ) from cause
    return generator_from(content, record["generator"])


@cache
def default_errors() -> GeneratorErrors:
    """How far the generator that comes with Ragone was off.

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
            "ragone calibrate-generator default"
        ) from cause
    return errors_from(record)


def errors_from(record: dict[str, Any]) -> GeneratorErrors:
    """A calibration from plain data."""
    numbers = {n: np.array(v, dtype=np.float64) for n, v in record.items() if n in _NUMBERS}
    tuples = {n: tuple(record[n]) for n in ("metric_names", "condition_names")}
    return GeneratorErrors.build({**record, **numbers, **tuples})


def plain_errors(errors: GeneratorErrors) -> dict[str, Any]:
    """A calibration as plain data."""
    values = {name: getattr(errors, name) for name in GeneratorErrors.fields()}
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()}


def generator_from(content: bytes, record: dict[str, Any]) -> Generator:
    """A generator from its weights and the rest of its record as plain data."""
    arrays = {
        n: np.array(record[n], dtype=np.float64) for n in ("training_conditions", "training_step", "training_loss")
    }
    tuples = {n: tuple(record[n]) for n in ("trained_on", "phase_names", "condition_names")}
    return Generator.build({**record, **arrays, **tuples, "weights": content})


def plain_record(generator: Generator) -> dict[str, Any]:
    """All of a generator but its weights, as plain data."""
    values = {name: getattr(generator, name) for name in Generator.fields() if name != "weights"}
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()}
