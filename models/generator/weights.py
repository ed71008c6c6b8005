"""Weights as bytes: safetensors with a header that describes them. Never a pickle.

The header's metadata hold the architecture, the version of the format and the settings, so that a file that is not
what it seems is refused before a number of it is used. The header is checked against the bytes before anything is made
of them: limits, kinds of number, shapes, and that the tensors fill the rest of the file one after the other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ragone.models.generator.errors import WeightsError
from ragone.schemas.json_text import JsonError, decode_json

if TYPE_CHECKING:
    import torch

FORMAT_VERSION = 4
_LARGEST_HEADER, _MOST_VALUES, _MOST_AXES = 2**20, 100_000, 8
_WIDTHS = {"F16": 2, "BF16": 2, "F32": 4, "F64": 8}  # bytes of the kinds of number that weights may have
_KEY = "ragone"


def to_bytes(tensors: Mapping[str, torch.Tensor], architecture: str, settings: Mapping[str, Any]) -> bytes:
    """Return tensors as bytes, with a description."""
    import safetensors.torch

    about = {"architecture": architecture, "format_version": FORMAT_VERSION, "settings": dict(settings)}
    flat = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    return safetensors.torch.save(flat, metadata={_KEY: json.dumps(about, sort_keys=True)})


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
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or not 0 < size <= min(_LARGEST_HEADER, len(content) - 8):
        raise WeightsError(
            f"{len(content)} bytes are not a whole safetensors file. Give weights that `ragone generator train` stored."
        )
    try:
        header = decode_json(content[8 : 8 + size], most_values=_MOST_VALUES)
        about = decode_json(header.pop("__metadata__")[_KEY].encode())
        settings = about["settings"]
    except (JsonError, KeyError, TypeError, AttributeError, UnicodeEncodeError) as cause:
        raise WeightsError(
            "the bytes are not a safetensors file with Ragone's description of a generator. Give weights that "
            "`ragone generator train` stored; pickled weights are never opened."
        ) from cause
    if not isinstance(settings, dict):
        raise WeightsError("the settings of the weights are no map. Give weights that `ragone generator train` stored.")
    _require_tensors(header, len(content) - 8 - size)
    return about  # type: ignore[no-any-return]


def _require_tensors(header: Mapping[str, Any], rest: int) -> None:
    """Refuse tensors that are not what their bytes can hold, that overlap, or leave a gap."""
    end = 0
    for name, (begin, until) in sorted(((n, _place(n, t)) for n, t in header.items()), key=lambda item: item[1]):
        if begin != end:
            raise WeightsError(
                f"tensor {name[:60]!r} begins at byte {begin}, not at {end} where the last one ends. Copy it again."
            )
        end = until
    if end != rest:
        raise WeightsError(f"the tensors take {end} bytes and {rest} are there: the file is cut short. Copy it again.")


def _place(name: str, tensor: Any) -> tuple[int, int]:
    """Return the first byte of a tensor and the one after its last, which its shape must fill."""
    try:
        width, shape, (begin, end) = _WIDTHS[tensor["dtype"]], tensor["shape"], tensor["data_offsets"]
        whole = all(type(number) is int and number >= 0 for number in (begin, end, *shape))
    except (KeyError, TypeError, ValueError):
        whole = False
    if not whole or len(shape) > _MOST_AXES or begin + width * math.prod(shape) != end:
        raise WeightsError(
            f"tensor {name[:60]!r} is described by {ascii(tensor)[:120]}: one of {', '.join(_WIDTHS)} was expected, "
            "with a shape of whole numbers that fills its bytes. Give weights that `ragone generator train` stored."
        )
    return begin, end
