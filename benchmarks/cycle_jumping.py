"""Lives by jumps beside the same lives with every cycle: cycles and seconds saved, errors, and bounds that hold.

A life that was simulated whole is the peer of each case. `RAGONE_BENCHMARK_SEEDS` is the number of cases (40).
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.measure import Line, seconds, stated, tell
from ragone.pipelines.ageing import cycle_map
from ragone.pipelines.ageing.cycle_map import AgeingNumerics, CycleMap
from ragone.pipelines.ageing.errors import CycleFailedError
from ragone.pipelines.ageing.jumping import Jumper, Jumping
from ragone.pipelines.ageing.mechanisms import Mechanisms
from ragone.pipelines.ageing.parameters import ageing_values
from ragone.pipelines.ageing.simulated_life import SimulatedLife
from ragone.pipelines.ageing.steps import Duty
from ragone.pipelines.cell import reference_cell

_MECHANISMS = (
    Mechanisms(),
    Mechanisms("reaction limited", False, "none", False, False, True),
    Mechanisms("solvent-diffusion limited", False, "irreversible", False, False, True),
    Mechanisms("solvent-diffusion limited", True, "partially reversible", True, True, False),
)
_RATES = ((0.3, 1.0), (0.5, 0.5), (1.0, 1.0), (1.5, 2.0), (0.7, 1.5))
_TEMPERATURES = (278.15, 298.15, 318.15)
_CYCLES = 250
_CASES = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "40"))
_ERROR = 0.01


@dataclass(frozen=True)
class Compared:
    """One life twice: cycles, cycles simulated, seconds, largest error over the first capacity, whether bounds hold."""

    cycles: int
    simulated: int
    whole_second: float
    jumped_second: float
    error: float
    bound: float
    held: bool
    life_error: float


def lines() -> list[Line]:
    """Return the figures of a long life, of one through a knee, and of bounds over the cases."""
    return [*_of("500 cycles and more", _long()), *_of("through a knee", _knee(), goal=4.0), *_bounds()]


def compared(built: CycleMap, cycles: int, share: float = 0.0, error: float = 3e-4) -> Compared:
    """Simulate a life whole and by jumps."""
    began = time.process_time()
    capacity = _whole(built, cycles, share)
    middle = time.process_time()
    life = Jumper(built, SimulatedLife(built.initial_state()), jumping=Jumping(error), capacity_share=share).run(cycles)
    ended = time.process_time()
    counts = np.array(life.counts)
    both = counts <= len(capacity)
    rows = np.array([row.discharging_capacity for row in life.rows])[both]
    errors, bounds = np.abs(rows - capacity[counts[both] - 1]), np.array(life.errors)[both]
    rounding = 20 * 1e-6 * capacity[0]  # of a capacity by the solver's tolerance
    return Compared(
        len(capacity),
        life.simulated,
        middle - began,
        ended - middle,
        float(errors.max() / capacity[0]),
        float(bounds.max() / capacity[0]),
        bool(np.all(errors <= bounds + rounding)),
        abs(life.count / len(capacity) - 1),
    )


def _whole(built: CycleMap, cycles: int, share: float) -> Any:
    state = built.initial_state()
    capacity: list[float] = []
    while len(capacity) < cycles:
        try:
            state, row = built.advance(state)
        except CycleFailedError:
            break
        capacity.append(row.discharging_capacity)
        if capacity[-1] < share * capacity[min(1, len(capacity) - 1)]:  # of the second, as a life by jumps
            break
    return np.array(capacity)


def _built(model: Any, charge: float, discharge: float, temperature: float, mechanisms: Mechanisms) -> CycleMap:
    return CycleMap(
        reference_cell(parameter_set="Chen2020"),
        Duty(charge, discharge, 0.05, 2.5, 4.2).steps(),
        model=model,
        mechanisms=mechanisms,
        numerics=AgeingNumerics(3, 10),
        ambient_temperature=temperature,
    )


def _long() -> Compared:
    return compared(_built("SPM", 0.5, 1.0, 298.15, Mechanisms()), 800)


def _knee() -> Compared:
    """A negative electrode that loses active material fast: hidden by its excess first, then it is short of room."""
    with patch.object(cycle_map, "ageing_values", _of_brittle_graphite):
        built = _built("SPM", 0.5, 1.0, 298.15, Mechanisms())
    return compared(built, 400, 0.7, error=1e-3)


def _of_brittle_graphite(*arguments: Any, **more: Any) -> Any:
    values = ageing_values(*arguments, **more)
    name = "Negative electrode LAM constant proportional term [s-1]"
    values.update({name: 70 * values[name]})
    return values


def _of(what: str, found: Compared, goal: float = 8.0) -> list[Line]:
    """Cycles and seconds saved, and errors."""
    cycles, time_saved = found.cycles / found.simulated, found.whole_second / found.jumped_second
    error = max(found.error, found.life_error)
    peer = f"{found.cycles} of PyBaMM one by one"
    whole = f"{seconds(found.whole_second)} one by one"
    return [
        Line(f"{what}: cycles", str(found.simulated), peer, f"{cycles:.3g}", f">= {goal:g}", cycles >= goal),
        Line(f"{what}: time of CPU", seconds(found.jumped_second), whole, f"{time_saved:.3g}", f">= {goal:g}",
             time_saved >= goal),
        Line(f"{what}: error of capacity, of length", f"{found.error:.2%}, {found.life_error:.2%}", "", "", "<= 1 %",
             error <= _ERROR),
        stated(f"{what}: largest bound", f"{found.bound:.2%}"),
    ]  # fmt: skip


def cases() -> Iterator[tuple[str, Callable[[], CycleMap]]]:
    """Yield a name and what builds the map of each case: rates, temperatures, mechanisms, and two models by turns."""
    every = list(itertools.product(_MECHANISMS, _RATES, _TEMPERATURES))
    for index in range(len(every)):
        mechanisms, (charge, discharge), temperature = every[37 * index % len(every)]
        model = "SPMe" if index % 4 == 3 else "SPM"
        name = f"{model}, {charge:g}C/{discharge:g}C, {temperature:g} K, {mechanisms}"
        yield name, partial(_built, model, charge, discharge, temperature, mechanisms)


def _bounds() -> list[Line]:
    """In how many cases each capacity lies within its own bound."""
    found = []
    for name, build in itertools.islice(cases(), _CASES):
        one = compared(build(), _CYCLES)
        tell(f"{name}: {one.cycles / one.simulated:.3g} x, error {one.error:.1e}, bound {one.bound:.1e}, {one.held}")
        found.append(one)
    held = float(np.mean([one.held for one in found]))
    tightness = float(np.median([one.bound / max(one.error, 1e-12) for one in found]))
    saved = float(np.median([one.cycles / one.simulated for one in found]))
    return [
        Line(f"own bound holds, {len(found)} cases", f"{held:.1%}", "", "", ">= 95 %", held >= 0.95),
        stated("largest error of all cases", f"{max(one.error for one in found):.2%}"),
        stated("bound over error, median", f"{tightness:.3g}"),
        stated(f"cycles saved in {_CYCLES}, median", f"{saved:.3g} x"),
    ]
