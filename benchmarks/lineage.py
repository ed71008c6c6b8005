"""How does the lineage of one KPI take longer as the lake grows? And what do runs cost in bytes and in opening?

The lake makes itself: chains from a design over microstructure, transport, cell and discharge to a KPI, all stages
trivial, some hundred chains to a batch. The growth exponent is the slope of log time over log runs.
"""

from __future__ import annotations

import math
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.measure import Line, elapsed, seconds, stated, tell
from benchmarks.trivial import build, design, discharge, draw, extract, measure
from ragone.dataset import Lake

_SIZES = (1_000, 10_000, 100_000)
_RUNS_PER_CHAIN = 6  # the put of the design is a run, too
_CHAINS_PER_BATCH = 200
_ASKED = 20


def lines() -> list[Line]:
    """One lake that grows, measured at each size."""
    found = []
    times = []
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "lake"
        chains = 0
        kpis: list[str] = []
        for size in _SIZES:
            while chains * _RUNS_PER_CHAIN < size:
                kpis += _add_chains(path, chains, _CHAINS_PER_BATCH)
                chains += _CHAINS_PER_BATCH
                tell(f"{chains * _RUNS_PER_CHAIN:,} runs") if chains % 2_000 == 0 else None
            taken, opening = _query_seconds(path, kpis)
            times.append((chains * _RUNS_PER_CHAIN, taken))
            size_on_disk = sum(f.stat().st_blocks * 512 for f in path.rglob("*") if f.is_file())
            per_run = size_on_disk / (chains * _RUNS_PER_CHAIN)
            what = f"lake of {chains * _RUNS_PER_CHAIN:,} runs"
            found.append(stated(f"{what}: lineage of one KPI (6 edges)", seconds(taken)))
            found.append(stated(f"{what}: open", seconds(opening)))
            found.append(stated(f"{what}: on disk", f"{per_run / 1024:.3g} KiB a run"))
    return [*found, *_growth(times)]


def _growth(times: list[tuple[int, float]]) -> list[Line]:
    (few, short), *_, (many, long) = times
    exponent = math.log(long / short) / math.log(many / few)
    what = f"lineage, growth exponent from {few:,} to {many:,} runs"
    return [Line(what, f"{exponent:.2f}", "1 linear", f"{exponent:.2f}", "< 1", exponent < 1)]


def _add_chains(path: Path, first: int, count: int) -> list[str]:
    with Lake.open(path, create=True) as lake, lake.batch():
        return [_chain(lake, number) for number in range(first, first + count)]


def _chain(lake: Lake, number: int) -> str:
    start = lake.put(design(number))
    cube = lake.run(draw, of=start, seed=number).id
    transport = lake.run(measure, design=start, cube=cube).id
    ran = lake.run(discharge, cell=lake.run(build, transport=transport).id).id
    return lake.run(extract, discharge=ran).id


def _query_seconds(path: Path, kpis: list[str]) -> tuple[float, float]:
    """Median time of a lineage call, each for another KPI, and of opening the lake."""
    opening = median(elapsed(lambda: Lake.open(path)) for _ in range(3))
    lake = Lake.open(path)
    lake.lineage(kpis[0])
    some = kpis[:: max(1, len(kpis) // _ASKED)][:_ASKED]
    return median(elapsed(partial(lake.lineage, kpi)) for kpi in some), opening
