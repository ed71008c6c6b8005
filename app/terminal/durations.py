"""How long will it take? Said before it begins, where the size tells.

Of measurements a law in the number of voxels, fitted to `python -m benchmarks durations`; of what was computed before,
what it took then. Both are of a quiet machine: what else runs makes it longer.
"""

from __future__ import annotations

from collections.abc import Sequence

from ragone.dataset import Lake
from ragone.schemas import Microstructure, Record
from ragone.schemas.errors import RagoneError
from ragone.schemas.provenance import Run

_START_SECOND = 4.0  # of a fresh process, until the solvers are loaded
DISCHARGING = 8.0  # seconds for the first cell of a process: the solvers are loaded and built

# Fixed part [s] and part for each million voxels [s], with default settings; fitted on 2026-11-30 to two quiet cores.
LAWS = {"transport": (0.1, 0.16), "tensor": (0.2, 0.5), "geometry": (0.1, 0.36), "walk": (1.6, 5.5)}


def measuring(names: Sequence[str], microstructure: Record) -> list[float]:
    """Seconds that each measurement of a volume is expected to take; nothing if that of one is not known."""
    if not isinstance(microstructure, Microstructure):
        return []
    million = microstructure.labels.size / 1e6
    laws = [LAWS[name] for name in names if name in LAWS]
    return [fixed + each * million for fixed, each in laws] if len(laws) == len(names) else []


def computing_again(lake: Lake, name: str, *, deep: bool, informed: bool = False) -> list[float]:
    """Seconds that a fresh process is expected to take for an artifact, or for the whole chain behind it."""
    try:
        runs = {lake.why(name).run_id}
        if deep:
            runs |= {edge.run_id for edge in lake.lineage(name, informed=informed).up}
        records = [lake.get(run_id) for run_id in runs]
    except RagoneError:  # nothing to go by is no reason to stop
        return []
    took = [(run.ended - run.started).total_seconds() for run in records if isinstance(run, Run) and run.entry_point]
    return [_START_SECOND + sum(took)] if took else []
