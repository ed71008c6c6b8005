"""Sensitivities of a discharge's energy by the solver against central differences of whole discharges.

Chen2020's cell with 5 mohm of contact: power, and each field that the cell has, at 18 W, and at 40 W where the voltage
dives at the end. The differences are of discharges with tolerances of 1e-9, at four steps of ln x, each half the one
before, and extrapolated twice. The order is the slope of ln |difference - extrapolated| over ln step between the two
largest steps. The cost is beside one pair of discharges for each input, of one step: models are built before.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from benchmarks.measure import Line, Work, in_turns, seconds, tell
from ragone.pipelines.cell import discharge_at_constant_power, reference_cell
from ragone.pipelines.cell.chemistry import parameter_values_of
from ragone.pipelines.cell.sensitivities import FIELDS, POWER, Conditions, Sensitivity, differentiate_energy
from ragone.pipelines.cell.similar import reference_of, similar_inputs
from ragone.pipelines.cell.simulation import CONTACT, Control, Numerics, solve
from ragone.schemas import CellParameters
from ragone.schemas.cell import OF_PARTICLES

_POWERS = (18.0, 40.0)  # W
_STEPS = (0.032, 0.016, 0.008, 0.004)  # of ln x
_TIGHT = 1e-9
_ROUNDS = 3


def lines() -> list[Line]:
    """The table at each power, then the cost."""
    own = replace(reference_cell(parameter_set="Chen2020"), contact_resistance_ohm=0.005)
    cell = replace(own, positive_particle_radius_source=OF_PARTICLES)
    found = []
    for power in _POWERS:
        tell(f"sensitivities and differences at {power:g} W")
        found += _compared(cell, power)
    return [*found, *_cost(cell)]


def _compared(cell: CellParameters, power: float) -> list[Line]:
    """Each sensitivity beside its differences, and the worst deviation over the stated error."""
    result = differentiate_energy(cell, Conditions(power))
    rows = [_row(cell, power, one) for one in result.sensitivities]
    worst = max(share for _, share in rows)
    end = Line(f"... at {power:g} W: largest deviation over its error", f"{worst:.2g}", "", "", "<= 1", worst <= 1)
    return [*(line for line, _ in rows), end]


def _row(cell: CellParameters, power: float, one: Sensitivity) -> tuple[Line, float]:
    differences = [_difference(cell, power, one.name, step) for step in _STEPS]
    once = [near + (near - far) / 3 for far, near in pairwise(differences)]
    exact = once[-1] + (once[-1] - once[-2]) / 15
    order = np.log2(abs((differences[0] - exact) / (differences[1] - exact)))
    share = abs(one.energy - exact) / (one.error + abs(once[-1] - once[-2]) / 15)
    steps = " ".join(f"{difference:+.6f}" for difference in differences)
    text = f"{one.energy:+.6f} +- {one.error:.0e}, mesh {one.mesh_error:.0e}"
    peer = f"{steps} -> {exact:+.6f}, order {order:.2f}"
    return Line(f"{one.name} at {power:g} W", text, peer, "", "", None), float(share)


def _difference(cell: CellParameters, power: float, name: str, step: float) -> float:
    more, less = (_log_energy(cell, power, name, float(np.exp(sign * step))) for sign in (1, -1))
    return (more - less) / (2 * step)


def _log_energy(cell: CellParameters, power: float, name: str, factor: float, tolerance: float = _TIGHT) -> float:
    if name == POWER:
        power *= factor
    else:
        cell = replace(cell, **{name: factor * getattr(cell, name)})
    curve = discharge_at_constant_power(
        cell, power_watt=power, relative_tolerance=tolerance, absolute_tolerance=tolerance
    )
    return float(np.log(power * curve.test_time_second[-1]))


def _cost(cell: CellParameters) -> list[Line]:
    """One solution with all sensitivities, and all with their errors, against one step of differences."""
    power, tolerance = _POWERS[0], 1e-7
    names = [POWER, *(name for name in FIELDS if getattr(cell, name))]
    pairs = [partial(_log_energy, cell, power, name, factor, tolerance) for name in names for factor in (1.002, 0.998)]
    works: dict[str, Work] = {
        "one solution with all of them": partial(_solved_with_sensitivities, cell, power, tolerance),
        "three solutions, with both errors": partial(differentiate_energy, cell, Conditions(power)),
        "differences": lambda: [each() for each in pairs],
    }
    for work in works.values():  # models are built on nobody's account
        work()
    times = in_turns(works, _ROUNDS)
    peer = times.pop("differences")
    text = f"{seconds(peer)} central differences, {len(pairs)} discharges, one step"
    return [
        Line(f"{len(names)} inputs: {name}", seconds(ours), text, f"{peer / ours:.3g}", "", None)
        for name, ours in times.items()
    ]


def _solved_with_sensitivities(cell: CellParameters, power: float, tolerance: float) -> None:
    inputs = similar_inputs(cell, reference_of(parameter_values_of(cell), cell), initial_state_of_charge=1.0)
    solve(
        cell,
        Control.POWER,
        Numerics(20, tolerance, tolerance),
        setpoint=power,
        initial_state_of_charge=1.0,
        ambient_temperature=298.15,
        lower_voltage=2.5,
        largest_duration=720000.0,
        differentiated=(*inputs, CONTACT, Control.POWER.value),
    )
