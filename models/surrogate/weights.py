"""Surrogates as bytes: safetensors of float64 with a header that describes them. Never a pickle."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ragone.models.safetensors_header import KEY, read_header
from ragone.models.surrogate.errors import SurrogateFileError
from ragone.models.surrogate.method import Floats, Tensors

FORMAT_VERSION = 1
_MADE_BY = "ragone retrain"


def to_bytes(tensors: Tensors, architecture: str, settings: dict[str, Any]) -> bytes:
    """Return tensors as bytes, with a description."""
    import safetensors.numpy

    about = {"architecture": architecture, "format_version": FORMAT_VERSION, "settings": settings}
    flat = {name: np.ascontiguousarray(tensor, dtype=np.float64) for name, tensor in tensors.items()}
    return safetensors.numpy.save(flat, metadata={KEY: json.dumps(about, sort_keys=True)})


def from_bytes(content: bytes, architecture: str) -> dict[str, Floats]:
    """Return the tensors.

    Raises
    ------
    SurrogateFileError
        If the bytes are not safetensors, are cut short, hold another architecture or version, or no finite numbers.
    """
    import safetensors.numpy

    about = read_header(content, SurrogateFileError, whose="a surrogate", made_by=_MADE_BY)
    said = (about.get("architecture"), about.get("format_version"))
    if said != (architecture, FORMAT_VERSION):
        raise SurrogateFileError(
            f"the weights are of architecture {said[0]!r} in format {said[1]!r}, not {architecture!r} in format "
            f"{FORMAT_VERSION}. Give the weights that belong to the record, as `{_MADE_BY}` stored them."
        )
    tensors: dict[str, Floats] = safetensors.numpy.load(content)
    damaged = [name for name, one in tensors.items() if one.dtype != np.float64 or not np.isfinite(one).all()]
    if damaged:
        raise SurrogateFileError(
            f"tensor {damaged[0]!r} holds something else than finite float64 numbers. Train it again: {_MADE_BY}"
        )
    return tensors
