"""How long do many discharges of many cells take beside a fresh PyBaMM simulation for each?

Two hundred cells of as many electrodes and loadings, six powers each, through the loop's own stage, by as many
processes as there are cores; starting them and building their models is counted, the import of PyBaMM in this process
is not. The peer is what PyBaMM's users write: `Simulation(DFN, parameter_values).solve` with PyBaMM's defaults for a
few of the cases, in one process, scaled to all of them. Then one design's Ragone curve, and its share of building.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from typing import Literal

from benchmarks.measure import Line, elapsed, seconds, speed_at_least, stated, tell
from ragone.pipelines.cell import assemble_cell, discharge_at_constant_power
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.cell.simulation import AMBIENT, INITIAL, LOWER_VOLTAGE, Control
from ragone.schemas import CellDesign, CellParameters, DischargeOutcome, Transport, TransportOutcome
from ragone.schemas.materials import NMC_811

_POWERS = (5.0, 10.0, 25.0, 50.0, 100.0, 200.0)  # W
_CELLS = 200
_PEER_EVERY = 83  # of the cases; a prime, so that all powers and loadings are met
_GOAL = 5.0


def lines() -> list[Line]:
    """Both, the same cases."""
    cells = list(_cells())
    cases = list(product(cells, _POWERS))
    few = cases[::_PEER_EVERY]
    _warm()
    tell(f"{len(cases)} discharges by {_workers()} processes")
    ended: list[bool] = []
    ours = elapsed(lambda: ended.extend(_all(cells)))
    tell(f"{len(few)} of them by fresh simulations")
    fresh: list[float] = []
    peer = elapsed(lambda: fresh.extend(_fresh(cell, power) for cell, power in few)) * len(cases) / len(few)
    alone = elapsed(lambda: [discharge_at_constant_power(cell, power_watt=power).outcome for cell, power in few])
    return [
        speed_at_least(
            f"{len(cells)} cells x {len(_POWERS)} powers, DFN",
            ours,
            peer,
            f"fresh PyBaMM simulations ({len(few)} scaled)",
            _GOAL,
        ),
        stated("... to the lower voltage", f"{sum(ended)} of {len(ended)}"),
        stated("... one process alone, same cases", f"{peer / len(cases) * len(few) / alone:.3g} times as fast"),
        *_curve(),
        _agreement(few, fresh),
    ]


def _cells() -> Iterator[CellParameters]:
    """Porosities, tortuosity factors, areas and loadings over the range of the default study."""
    for number in range(_CELLS):
        share = number / (_CELLS - 1)
        design = CellDesign(mass_loading_kilogram_per_square_metre=0.10 + 0.20 * (number * 31 % _CELLS) / _CELLS)
        transport = _transport(0.28 + 0.17 * share, 1.6 + 1.8 * (number * 7 % _CELLS) / _CELLS)
        yield assemble_cell(transport, NMC_811, design)


def _transport(porosity: float, tortuosity_factor: float) -> Transport:
    active = 0.88 * (1 - porosity)
    return Transport(
        pore_fraction=porosity,
        active_material_fraction=active,
        carbon_binder_fraction=1 - porosity - active,
        specific_surface_area_per_metre=3 * active / 5.22e-6,
        surface_area_method="spheres",
        pore_tortuosity_factor=tortuosity_factor,
        pore_outcome=TransportOutcome.CONVERGED,
        solid_effective_conductivity_siemens_per_metre=1.0,
        solid_outcome=TransportOutcome.CONVERGED,
        active_material_conductivity_siemens_per_metre=0.1,
        carbon_binder_conductivity_siemens_per_metre=100.0,
        voxel_size_metre=4e-7,
        edge_voxels=64,
        volume_element_count=1,
        method="assumed",
    )


def _all(cells: list[CellParameters]) -> list[bool]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_workers(), mp_context=context) as pool:
        return [done for curve in pool.map(_ended, cells, chunksize=10) for done in curve]


def _ended(cell: CellParameters, thermal: Literal["isothermal", "lumped"] = "isothermal") -> list[bool]:
    """Whether each power of a cell went down to the lower voltage."""
    found = [discharge_at_constant_power(cell, power_watt=power, thermal=thermal) for power in _POWERS]
    return [discharge.outcome is DischargeOutcome.COMPLETED for discharge in found]


def _workers() -> int:
    return os.cpu_count() or 1


def _fresh(cell: CellParameters, power: float) -> float:
    """End [s] of a simulation that is made for this case alone; 0 if it cannot be begun."""
    pybamm = load_pybamm()
    values = cell_values(cell, initial_state_of_charge=1.0)
    operation = {Control.POWER.value: power, AMBIENT: 298.15, INITIAL: 298.15, LOWER_VOLTAGE: 2.5}
    values.update(operation, check_already_exists=False)
    model = dfn(cell.negative_electrode, {"operating mode": "power"})
    try:
        return float(pybamm.Simulation(model, parameter_values=values).solve([0, 720000.0]).t[-1])
    except pybamm.SolverError:
        return 0.0


def _warm() -> None:
    """PyBaMM is imported and its first simulation made, on neither side's account."""
    cell = next(_cells())
    _fresh(cell, 20.0)


def _curve() -> list[Line]:
    """One design, six powers, after import: with building, and without."""
    radius = 5e-6  # no other cell has it, so that a model is built
    design = CellDesign(mass_loading_kilogram_per_square_metre=0.2, positive_particle_radius_metre=radius)
    own = assemble_cell(_transport(0.35, 2.0), NMC_811, design)
    first = elapsed(lambda: _ended(own))
    again = elapsed(lambda: _ended(own))
    lumped = elapsed(lambda: _ended(own, "lumped"))
    return [
        stated(f"one design's Ragone curve, {len(_POWERS)} powers, after import", seconds(first)),
        stated("... share of building the model", f"{max(0.0, 1 - again / first):.0%}"),
        stated("... lumped", seconds(lumped)),
    ]


def _agreement(few: list[tuple[CellParameters, float]], fresh: list[float]) -> Line:
    """Largest deviation of the end of the discharges from the peer's, which is solved at looser tolerances."""
    apart = []
    for (cell, power), end in zip(few, fresh, strict=True):
        ours = discharge_at_constant_power(cell, power_watt=power)
        if ours.outcome is DischargeOutcome.COMPLETED and end > 0:
            apart.append(abs(ours.test_time_second[-1] / end - 1))
    return stated("... largest deviation of a discharge's duration", f"{max(apart):.2%} ({len(apart)} cases)")
