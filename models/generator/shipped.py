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
from schemas import Generator

WEIGHTS = Path(__file__).with_name("default.safetensors")
RECORD = Path(__file__).with_name("default.json")


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
