"""Fields of padded volumes, lent and given back: fresh memory costs more to touch than a sweep costs to run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

_KEPT_BYTES = 256 * 2**20

_lock = threading.Lock()
_free: list[npt.NDArray[Any]] = []


@contextmanager
def lend_fields(shape: tuple[int, ...], dtype: npt.DTypeLike, count: int) -> Iterator[list[npt.NDArray[Any]]]:
    """Lend `count` fields of a shape; their padding is zero, what is inside is anything.

    Those given back are kept for the next volume of that shape, up to 256 MiB in all.
    """
    fields = [_take(shape, np.dtype(dtype)) for _ in range(count)]
    try:
        yield fields
    finally:
        with _lock:
            _free[:] = [field for field in _free if field.shape == shape]
            for field in fields:
                if sum(kept.nbytes for kept in _free) + field.nbytes <= _KEPT_BYTES:
                    _free.append(field)


def _take(shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    with _lock:
        found = next((n for n, field in enumerate(_free) if field.shape == shape and field.dtype == dtype), None)
        field = np.zeros(shape, dtype) if found is None else _free.pop(found)
    if found is not None:
        for axis in range(len(shape)):
            np.moveaxis(field, axis, 0)[[0, -1]] = 0
    return field
