"""A surrogate by its name: an id, the target whose surrogate is in use, or the files that one was exported into.

An exported surrogate is two files: its weights (safetensors), and the rest of its record with the weights' SHA-256
(JSON).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ragone.dataset import Lake
from ragone.flows.errors import RetrainingError
from ragone.flows.surrogate.retraining import surrogate_in_use
from ragone.models.generator.shipped import plain_record, record_from
from ragone.models.surrogate.errors import SurrogateFileError
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import RagoneError, Surrogate
from ragone.schemas.json_text import JsonError, decode_json

_LARGEST = 2**30  # bytes of either file
_KEYS = {"kind", "schema_version", "weights_sha256", "record"}


def export_surrogate(record: Surrogate, folder: Path) -> Path:
    """Write a surrogate into two files of a folder; returns that of its record."""
    folder.mkdir(parents=True, exist_ok=True)
    name = record.target.replace(" ", "_")
    about = {
        "kind": record.kind,
        "schema_version": record.schema_version,
        "weights_sha256": hashlib.sha256(record.weights).hexdigest(),
        "record": plain_record(record),
    }
    (folder / f"{name}.safetensors").write_bytes(record.weights)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
    return path


def read_surrogate(path: Path) -> Surrogate:
    """Read the surrogate that was exported into a JSON file and the safetensors file beside it.

    Raises
    ------
    SurrogateFileError
        If a file is cut short, damaged, not of a surrogate, or the two do not belong together.
    """
    about = _about(path)
    weights = _bytes(path.with_suffix(".safetensors"))
    if hashlib.sha256(weights).hexdigest() != about["weights_sha256"]:
        raise SurrogateFileError(
            f"{path.with_suffix('.safetensors')} ({len(weights)} bytes) is not the file that {path.name} belongs to: "
            "it is cut short, or another. Copy both again."
        )
    try:
        record = record_from(Surrogate, about["record"], weights=weights)
        TrainedSurrogate.load(record)
    except (RagoneError, LookupError, TypeError, ValueError, AttributeError) as cause:
        raise SurrogateFileError(f"{path} and the weights beside it hold no surrogate: {cause}") from cause
    return record


def stored_surrogate(lake: Lake, name: str) -> Surrogate:
    """Return a surrogate of the lake by its id, or the one in use of a target.

    Raises
    ------
    RetrainingError
        If the name is neither.
    """
    used = surrogate_in_use(lake, name)
    if used is not None:
        return used
    try:
        return lake.get(name, Surrogate)
    except RagoneError as cause:
        raise RetrainingError(
            f"{name!r} is no surrogate, and none of that target is in use ({cause}) Train one with: ragone retrain "
            f"--target {name}"
        ) from cause


def _about(path: Path) -> Any:
    try:
        about = decode_json(_bytes(path))
    except JsonError as cause:
        raise SurrogateFileError(
            f"{path} is no JSON: {cause}. Give the file that `ragone retrain` exported."
        ) from cause
    found = about if isinstance(about, dict) else {}
    if set(found) != _KEYS or (found["kind"], found["schema_version"]) != ("surrogate", Surrogate.schema_version):
        raise SurrogateFileError(
            f"{path} describes no surrogate of schema version {Surrogate.schema_version}. Give the JSON file that "
            "`ragone retrain --export` wrote."
        )
    return found


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise SurrogateFileError(f"there is no file {path}. Give the JSON file with its safetensors file beside it.")
    if path.stat().st_size > _LARGEST:
        raise SurrogateFileError(f"{path} has {path.stat().st_size:,} bytes, of {_LARGEST:,} at most. Give another.")
    return path.read_bytes()
