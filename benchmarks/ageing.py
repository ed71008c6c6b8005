"""CPU time of an ageing cycle with every mechanism, beside PyBaMM's own `Experiment`, and memory over 5,000 cycles.

The LG M50 at C/2 and 1C, five points a coating and thirty a particle, tolerances of 1e-6. PyBaMM does the same ten
cycles in the same run with the same solver; its time includes no building either. Capacities of the tenth cycle are
compared for the DFN alone: in SPM and SPMe ours has SEI on cracks in the balance of charge and PyBaMM has not.
`RAGONE_BENCHMARK_CYCLES` shortens the run whose memory is watched.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Line, seconds, stated, tell
from ragone.pipelines.ageing.cycle_map import CycleMap, Model
from ragone.pipelines.ageing.mechanisms import Mechanisms
from ragone.pipelines.ageing.parameters import ageing_values
from ragone.pipelines.ageing.steps import Duty
from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.model import OPTIONS
from ragone.schemas import CellParameters

_GOALS: dict[Model, float] = {"SPM": 0.08, "SPMe": 0.17, "DFN": 0.43}  # s of CPU a cycle
_CYCLES = 10
_STEPS = Duty(0.5, 1.0, 0.05, 2.5, 4.2).steps()
_STATISTICS = Path("/proc/self/statm")
_SETTLED = 500  # cycles, after which memory is compared


def lines() -> list[Line]:
    """A row for each model, then memory."""
    cell = reference_cell(parameter_set="Chen2020")
    return [*(line for model in _GOALS for line in _compared(cell, model)), _memory(cell)]


def _compared(cell: CellParameters, model: Model) -> list[Line]:
    tell(f"ageing: {_CYCLES} cycles by {model}")
    built = CycleMap(cell, _STEPS, model=model)
    built.advance(built.initial_state())
    ours, (_, row) = _timed(lambda: _advanced(built))
    simulation = _own(cell, model)
    simulation.build_for_experiment()
    peer, solution = _timed(lambda: simulation.solve(calc_esoh=False))
    line = Line(
        f"a cycle, {model}, all mechanisms (CPU)",
        seconds(ours / _CYCLES),
        f"{seconds(peer / _CYCLES)} PyBaMM's Experiment",
        f"{ours / peer:.3g}",
        f"<= {_GOALS[model]:g} s",
        ours / _CYCLES <= _GOALS[model],
    )
    if model != "DFN":
        return [line]
    theirs = float(np.ptp(solution.cycles[-1].steps[0]["Discharge capacity [A.h]"].entries))
    off = abs(row.discharging_capacity / theirs - 1)
    return [line, Line("... deviation of the tenth capacity", f"{off:.1e}", "PyBaMM", "", "<= 1e-4", off <= 1e-4)]


def _advanced(built: CycleMap) -> Any:
    state, row = built.advance(built.initial_state())
    for _ in range(_CYCLES - 1):
        state, row = built.advance(state)
    return state, row


def _own(cell: CellParameters, model: Model) -> Any:
    """PyBaMM's simulation of the same cycles, with the same cell and solver."""
    pybamm, mechanisms = load_pybamm(), Mechanisms()
    return pybamm.Simulation(
        getattr(pybamm.lithium_ion, model)({**OPTIONS, **mechanisms.options()}),
        experiment=pybamm.Experiment([_STEPS] * _CYCLES),
        parameter_values=ageing_values(cell, mechanisms, initial_state_of_charge=1.0),
        solver=pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-6),
        var_pts={"x_n": 5, "x_s": 5, "x_p": 5, "r_n": 30, "r_p": 30},
    )


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, and what came of it."""
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def _memory(cell: CellParameters) -> Line:
    cycles = int(os.environ.get("RAGONE_BENCHMARK_CYCLES", "5000"))
    if not _STATISTICS.is_file():
        return stated("memory over the cycles", "no /proc here")
    built = CycleMap(cell, _STEPS, model="SPM")
    state, settled, rest = built.initial_state(), 0, min(_SETTLED, cycles // 2)
    for count in range(1, cycles + 1):
        state, _ = built.advance(state)
        if count == rest:
            settled = _resident()
        if count % 1000 == 0:
            tell(f"ageing: {count} of {cycles} cycles by SPM")
    grown = (_resident() - settled) / 2**20
    return Line(f"memory from cycle {rest} to {cycles}, SPM", f"{grown:+.2f} MiB", "", "", "<= 5 MiB", grown <= 5)


def _resident() -> int:
    return int(_STATISTICS.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
