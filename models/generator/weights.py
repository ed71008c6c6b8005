"""Weights as bytes: safetensors with a header that describes them. Never a pickle.

The header's metadata hold the architecture, the version of the format and the settings, so that a file that is not
what it seems is refused before a number of it is used. `models.safetensors_header` checks it against the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ragone.models.generator.errors import WeightsError
from ragone.models.safetensors_header import KEY, read_header

if TYPE_CHECKING:
    import torch

FORMAT_VERSION = 4


def to_bytes(tensors: Mapping[str, torch.Tensor], architecture: str, settings: Mapping[str, Any]) -> bytes:
    """Return tensors as bytes, with a description."""
    import safetensors.torch

    about = {"architecture": architecture, "format_version": FORMAT_VERSION, "settings": dict(settings)}
    flat = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    return safetensors.torch.save(flat, metadata={KEY: json.dumps(about, sort_keys=True)})


def from_bytes(content: bytes, architecture: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Return the tensors in float32 and the settings they were stored with.

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
    """Return what the header says of the weights.

    Raises
    ------
    WeightsError
        If there is no such header.
    """
    return read_header(content, WeightsError, whose="a generator", made_by="ragone generator train")
