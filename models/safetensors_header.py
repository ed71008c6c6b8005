"""The header of a safetensors file, checked against the bytes before anything is made of them.

Limits, kinds of number, shapes, and that the tensors fill the rest of the file one after the other. The metadata hold
Ragone's own description below one key.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ragone.schemas.errors import RagoneError
from ragone.schemas.json_text import JsonError, decode_json

KEY = "ragone"
_LARGEST_HEADER, _MOST_VALUES, _MOST_AXES = 2**20, 100_000, 8
_WIDTHS = {"F16": 2, "BF16": 2, "F32": 4, "F64": 8}  # bytes of the kinds of number that weights may have


class _HeaderError(ValueError):
    """A header that its bytes contradict."""


def read_header(content: bytes, error: type[RagoneError], *, whose: str, made_by: str) -> dict[str, Any]:
    """Return what the header says of the weights: architecture, format version, settings.

    Parameters
    ----------
    content
        The whole file.
    error
        Class of the error that is raised if it is not what it should be.
    whose
        What the weights are of, for messages: "a generator".
    made_by
        The command that stores such weights.
    """
    stored = f"weights that `{made_by}` stored"
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or not 0 < size <= min(_LARGEST_HEADER, len(content) - 8):
        raise error(f"{len(content)} bytes are not a whole safetensors file. Give {stored}.")
    try:
        header = decode_json(content[8 : 8 + size], most_values=_MOST_VALUES)
        about = decode_json(header.pop("__metadata__")[KEY].encode())
        settings = about["settings"]
    except (JsonError, KeyError, TypeError, AttributeError, UnicodeEncodeError) as cause:
        raise error(
            f"the bytes are not a safetensors file with Ragone's description of {whose}. Give {stored}; pickled "
            "weights are never opened."
        ) from cause
    if not isinstance(settings, dict):
        raise error(f"the settings of the weights are no map. Give {stored}.")
    try:
        _require_tensors(header, len(content) - 8 - size)
    except _HeaderError as cause:
        raise error(f"{cause} Give {stored}.") from cause
    return about  # type: ignore[no-any-return]


def _require_tensors(header: Mapping[str, Any], rest: int) -> None:
    """Refuse tensors that are not what their bytes can hold, that overlap, or leave a gap."""
    end = 0
    for name, (begin, until) in sorted(((n, _place(n, t)) for n, t in header.items()), key=lambda item: item[1]):
        if begin != end:
            raise _HeaderError(f"tensor {name[:60]!r} begins at byte {begin}, not at {end} where the last one ends.")
        end = until
    if end != rest:
        raise _HeaderError(f"the tensors take {end} bytes and {rest} are there: the file is cut short.")


def _place(name: str, tensor: Any) -> tuple[int, int]:
    """Return the first byte of a tensor and the one after its last, which its shape must fill."""
    try:
        width, shape, (begin, end) = _WIDTHS[tensor["dtype"]], tensor["shape"], tensor["data_offsets"]
        whole = all(type(number) is int and number >= 0 for number in (begin, end, *shape))
    except (KeyError, TypeError, ValueError):
        whole = False
    if not whole or len(shape) > _MOST_AXES or begin + width * math.prod(shape) != end:
        raise _HeaderError(
            f"tensor {name[:60]!r} is described by {ascii(tensor)[:120]}: one of {', '.join(_WIDTHS)} was expected, "
            "with a shape of whole numbers that fills its bytes."
        )
    return begin, end
