"""How fast does the default generator draw, and how long does one turn of the loop take with it?

A turn is what an optimiser waits for: the volume elements of one design drawn and measured (fractions, area, tortuosity
factor of the pores, conductivity of the solids), their mean, the cell at six powers, and the next suggestion from
twelve trials. The published protocol takes 39 volume elements of 128^3; sequential sampling takes as many as the mean
needs. Each core has a process for the volume elements, as with `study.executor: processes`, running when the turn
begins.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from benchmarks.measure import Line, elapsed, in_turns, seconds, stated, tell, time_at_most
from ragone.flows.running.execution import Execution
from ragone.flows.running.executors import open_executor, run_all
from ragone.models.acquisition import suggest_by_expected_improvement, suggest_by_sobol
from ragone.models.generator import default_generator, draw_microstructure
from ragone.pipelines.cell import assemble_cell, discharge_at_constant_power
from ragone.pipelines.characterise import average_transport, homogenise
from ragone.pipelines.characterise.representativity import Target, volume_elements_wanted
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import CellDesign, Kpi, KpiOutcome, Microstructure, Recipe, Transport
from ragone.schemas.materials import NMC_811

_EDGE = 128
_ROUNDS = 3
_VOLUME_ELEMENTS = 39
_POWERS = (5.0, 10.0, 25.0, 50.0, 100.0, 200.0)  # W
_TRIALS = 12
_TARGET = Target("pore_tortuosity_factor", 0.01, 0.95, 4, _VOLUME_ELEMENTS)
_SAMPLE_SECONDS, _TURN_SECONDS = 2.0, 120.0
_RECIPE = Recipe(active_material_weight_fraction=0.95, porosity=0.36)
_CELL = CellDesign(mass_loading_kilogram_per_square_metre=0.2)
_SPACE = {
    "recipe.active_material_weight_fraction": {"low": 0.92, "high": 0.97},
    "recipe.porosity": {"low": 0.28, "high": 0.45},
    "recipe.binder_adhesion": {"low": 0.0, "high": 1.0},
    "cell.mass_loading_kilogram_per_square_metre": {"low": 0.1, "high": 0.3},
}
_GOALS = [{"kpi": "energy_density", "sense": "maximise", "limit": None}]


def lines() -> list[Line]:
    """One sample beside the simulator; one turn of the loop, full and sequential; a few minutes."""
    times = in_turns({"ours": lambda: _drawn(0), "simulator": lambda: _packed(0), "measure": _measured}, _ROUNDS)
    sample, simulator = times["ours"], times["simulator"]
    taken: list[int] = []
    workers = os.cpu_count() or 1
    with open_executor(Execution("processes", workers)) as executor:
        run_all(executor, _measured_element, [(seed,) for seed in range(workers)])
        tell(f"one turn of the loop with {_VOLUME_ELEMENTS} volume elements")
        full = elapsed(lambda: _turn(_batch(executor, 0, _VOLUME_ELEMENTS)))
        tell("one turn of the loop, sequential sampling")
        sequential = elapsed(lambda: _turn(_until_known(executor, taken)))
    return [
        _within(f"draw one {_EDGE}^3", sample, _SAMPLE_SECONDS),
        time_at_most("... beside the simulator", sample, simulator, "particle packing", 1.0),
        stated(f"measure one {_EDGE}^3", seconds(times["measure"])),
        _within(f"one turn of the loop, {_VOLUME_ELEMENTS} volume elements", full, _TURN_SECONDS),
        _within(f"... sequential, tau within 1 %: {taken[-1]} volume elements", sequential, _TURN_SECONDS),
    ]


def _within(what: str, ours: float, goal: float) -> Line:
    return Line(what, seconds(ours), "", "", f"<= {goal:g} s", ours <= goal)


def _drawn(seed: int) -> Microstructure:
    return draw_microstructure(
        _RECIPE, NMC_811, default_generator(), edge_voxels=_EDGE, voxel_size_metre=4e-7, seed=seed
    )


def _packed(seed: int) -> Microstructure:
    return pack_particles(_RECIPE, NMC_811, edge_voxels=_EDGE, voxel_size_metre=4e-7, seed=seed)


def _measured() -> Transport:
    return homogenise(_packed(1), NMC_811)


def _measured_element(seed: int) -> Transport:
    return homogenise(_drawn(seed), NMC_811)


def _batch(executor: Executor, first: int, last: int) -> list[Transport]:
    return run_all(executor, _measured_element, [(seed,) for seed in range(first, last)])


def _until_known(executor: Executor, taken: list[int]) -> list[Transport]:
    """As many volume elements as the target asks for; how many is appended."""
    found: list[Transport] = []
    while (wanted := volume_elements_wanted(found, _TARGET)) > len(found):
        found += _batch(executor, len(found), wanted)
    taken.append(len(found))
    return found


def _turn(transports: Sequence[Transport]) -> None:
    """From the volume elements to the next design."""
    cell = assemble_cell(average_transport(tuple(transports)), NMC_811, _CELL)
    for power in _POWERS:
        discharge_at_constant_power(cell, power_watt=power)
    suggest: Callable[..., object] = suggest_by_expected_improvement
    candidates = tuple(suggest_by_sobol((), (), space=_SPACE, goals=_GOALS, count=_TRIALS, seed=0).values())
    kpis = tuple(_kpi(500 + 10 * number) for number in range(_TRIALS))
    suggest(candidates, kpis, space=_SPACE, goals=_GOALS, count=1, seed=0)


def _kpi(value: float) -> Kpi:
    return Kpi(
        name="energy_density",
        value=value,
        unit="W.h/L",
        outcome=KpiOutcome.MEASURED,
        standard_uncertainty=5.0,
        sample_count=1,
        definition="a trial of the benchmark",
        method="made up",
    )
