"""How long does each measurement of a volume take, beside what `ragone measure` says before it begins?

The laws of `app.durations` are fitted by hand to what is printed here on a quiet machine of two cores.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from app.durations import LAWS, measuring
from benchmarks.measure import Line, elapsed, tell, time_at_most
from benchmarks.volumes import packed_electrode
from flows.measurements import MEASUREMENTS
from schemas import Microstructure

_EDGES = (64, 128, 192)
_NAMES = ("pore", "active_material", "carbon_binder")
_WITHIN = 2.0


def lines() -> list[Line]:
    """A line for each measurement and edge."""
    found = []
    for edge in _EDGES:
        volume = _volume(edge)
        for name in LAWS:
            tell(f"{name} at {edge}^3")
            (expected,) = measuring([name], volume)
            given = {"seed": 0} if name == "walk" else {}
            taken = elapsed(partial(MEASUREMENTS[name].function, volume, **given))
            found.append(time_at_most(f"{name} at {edge}^3", taken, expected, "expected", _WITHIN))
    return found


def _volume(edge: int) -> Microstructure:
    labels = packed_electrode(edge, 0.5)
    return Microstructure(
        labels=labels,
        voxel_size_metre=4e-7,
        phase_names=_NAMES,
        phase_labels=np.arange(3, dtype=np.uint8),
        source="benchmark",
        licence="unknown",
    )
