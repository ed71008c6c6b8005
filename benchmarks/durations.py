"""How long does each measurement of a volume take, beside what `ragone measure` says before it begins?

The laws of `ragone.app.terminal.durations` are fitted by hand to what is printed here on a quiet machine of two cores.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.measure import Line, elapsed, tell, time_at_most
from benchmarks.volumes import packed_electrode
from ragone.app.terminal.durations import LAWS, measuring
from ragone.flows.electrode.measurements import stage_measuring
from ragone.schemas import Microstructure
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811

_WARM_UP, *_EDGES = (24, 64, 128, 192)  # what is compiled first is not counted
_NAMES = ("pore", "active_material", "carbon_binder")
_WITHIN = 2.0


def lines() -> list[Line]:
    """A line for each measurement and edge."""
    for name in LAWS:
        _measured_seconds(name, _volume(_WARM_UP))
    return [_line(name, edge) for edge in _EDGES for name in LAWS]


def _line(name: str, edge: int) -> Line:
    tell(f"{name} at {edge}^3")
    volume = _volume(edge)
    (expected,) = measuring([name], volume)
    return time_at_most(f"{name} at {edge}^3", _measured_seconds(name, volume), expected, "expected", _WITHIN)


def _measured_seconds(name: str, volume: Microstructure) -> float:
    stage, given = stage_measuring(name), {"seed": 0} if name == "walk" else {}
    inputs = [NMC_811 if port == "materials" else volume for port in stage.ports]
    return elapsed(partial(stage.function, *inputs, **given))


def _volume(edge: int) -> Microstructure:
    labels = packed_electrode(edge, 0.5)
    return Microstructure(
        labels=labels,
        voxel_edges_metre=cubic_voxels(4e-7),
        phase_names=_NAMES,
        phase_labels=np.arange(3, dtype=np.uint8),
        source="benchmark",
        licence="unknown",
    )
