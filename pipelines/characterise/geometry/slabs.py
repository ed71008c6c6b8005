"""Work on a volume in slabs, one thread for each: compiled functions and SciPy's filters let other threads run.

Threads of our own, not the compiler's: its parallel loops take seconds more to compile, and not every layer of them
stands two callers at once. Slabs write to places of their own, or return whole numbers to be summed, so that the result
does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numba

T = TypeVar("T")

_SMALLEST_SHARE = 64**3  # voxels; a thread costs more than it gains below


def thread_count(voxels: int) -> int:
    """Threads that a volume is worth, of those that this thread may use."""
    return max(1, min(numba.get_num_threads(), voxels // _SMALLEST_SHARE))


def in_slabs(work: Callable[[slice], T], length: int, voxels: int) -> list[T]:
    """Results of the work on consecutive parts of an axis, in order.

    Parameters
    ----------
    work
        Is given a part of the axis.
    length
        Of the axis [voxels].
    voxels
        Of the whole volume.
    """
    count = min(length, thread_count(voxels))
    parts = [slice(length * i // count, length * (i + 1) // count) for i in range(count)]
    if count == 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, parts))
