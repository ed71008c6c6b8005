"""Weights as bytes: safetensors with a header that says what they are. Never a pickle.

The header's metadata hold the architecture, the version of the format and the settings, so that a file that is not
what it seems is refused before a number of it is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.generator.errors import WeightsError

if TYPE_CHECKING:
    import torch

FORMAT_VERSION = 4
_LARGEST_HEADER = 100_000_000
_KEY = "ragone"


def to_bytes(tensors: Mapping[str, torch.Tensor], architecture: str, settings: Mapping[str, Any]) -> bytes:
    """Tensors with a description of what they are."""
    import safetensors.torch

    about = {"architecture": architecture, "format_version": FORMAT_VERSION, "settings": dict(settings)}
    flat = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    return safetensors.torch.save(flat, metadata={_KEY: json.dumps(about, sort_keys=True)})


def from_bytes(content: bytes, architecture: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The tensors in float32 and the settings they were stored with.

    Raises
    ------
    WeightsError
        If the bytes are not safetensors, are cut short, or hold another architecture or version of the format.
    """
    import safetensors.torch

    read = safetensors.torch.load
    about = describe(content)
    if about.get("format_version") != FORMAT_VERSION:
        raise WeightsError(
            f"the weights have format version {about.get('format_version')!r}; this version reads {FORMAT_VERSION}. "
            "Train the generator again, or use the version of Ragone that stored it."
        )
    if about.get("architecture") != architecture:
        raise WeightsError(
            f"the weights are of architecture {about.get('architecture')!r}, not {architecture!r}. Name a generator of "
            "that architecture."
        )
    try:
        tensors = read(content)
    except Exception as cause:
        raise WeightsError(
            f"the weights cannot be read ({cause}): the file is cut short or damaged. Copy it again."
        ) from cause
    return {name: tensor.float() for name, tensor in tensors.items()}, about["settings"]


def describe(content: bytes) -> dict[str, Any]:
    """What the header says of the weights.

    Raises
    ------
    WeightsError
        If there is no such header.
    """
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or not 0 < size <= min(_LARGEST_HEADER, len(content) - 8):
        raise WeightsError(
            f"{len(content)} bytes are not a whole safetensors file. Give weights that `ragone train-generator` stored."
        )
    try:
        header = json.loads(content[8 : 8 + size])
        about = json.loads(header["__metadata__"][_KEY])
    except (ValueError, KeyError, TypeError) as cause:
        raise WeightsError(
            "the bytes are not a safetensors file with Ragone's description of a generator. Give weights that "
            "`ragone train-generator` stored; pickled weights are never opened."
        ) from cause
    if not isinstance(about, dict):
        raise WeightsError(
            "the description of the weights is no map. Give weights that `ragone train-generator` stored."
        )
    return about
