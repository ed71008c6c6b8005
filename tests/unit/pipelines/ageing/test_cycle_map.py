"""One cycle of an ageing cell: a map of the state alone, which repeats PyBaMM's own cycles."""

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.ageing.cycle_map import AgeingNumerics, CycleMap
from ragone.pipelines.ageing.errors import CycleFailedError
from ragone.pipelines.ageing.mechanisms import Mechanisms
from ragone.pipelines.cell import reference_cell
from ragone.schemas import FadeOutcome
from ragone.schemas.errors import MissingFieldError, UnknownFieldError

PROTOCOL = (
    "Discharge at 1C until 2.5 V",
    "Rest for 10 minutes",
    "Charge at C/2 until 4.2 V",
    "Hold at 4.2 V until C/20",
    "Rest for 10 minutes",
)
COARSE = AgeingNumerics(coating_points=4, particle_points=10)
NO_AGEING = Mechanisms("none", False, "none", False, False, False)


@pytest.fixture(scope="module")
def cell():
    """The LG M50 of Chen et al. 2020."""
    return reference_cell(parameter_set="Chen2020")


@pytest.fixture(scope="module")
def built(cell):
    """A cheap map with every mechanism."""
    return CycleMap(cell, PROTOCOL, model="SPM", numerics=COARSE)


def test_the_map_depends_on_the_state_alone(cell, built):
    """Another map, built again, and the same one after other cycles give the same to the last bit."""
    one, _ = built.advance(built.initial_state())
    two, row = built.advance(one)
    again, other = CycleMap(cell, PROTOCOL, model="SPM", numerics=COARSE).advance(np.frombuffer(one.tobytes()))
    assert again.tobytes() == two.tobytes()
    assert other.discharging_capacity == row.discharging_capacity
    assert built.advance(one)[0].tobytes() == two.tobytes()


@pytest.mark.parametrize("model", ["SPM", "SPMe", "DFN"])
def test_repeats_the_cycles_of_pybamm_itself(cell, model):
    """Charge, energy and lithium lost of three cycles are those of PyBaMM's `Experiment` of three cycles."""
    pybamm = pytest.importorskip("pybamm")
    built = CycleMap(cell, PROTOCOL, model=model, numerics=COARSE)
    state, rows = built.initial_state(), []
    for _ in range(3):
        state, row = built.advance(state)
        rows.append(row)
    simulation = pybamm.Simulation(
        built._simulation._model,
        experiment=pybamm.Experiment([tuple(PROTOCOL)] * 3),
        parameter_values=built._simulation._parameter_values,
        solver=pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-6),
        var_pts={"x_n": 4, "x_s": 4, "x_p": 4, "r_n": 10, "r_p": 10},
    )
    cycles = simulation.solve(calc_esoh=False).cycles
    for row, cycle in zip(rows, cycles, strict=True):
        delivered = np.ptp(cycle.steps[0]["Discharge capacity [A.h]"].entries)
        assert row.discharging_capacity == pytest.approx(delivered, rel=1e-4)
        assert row.discharging_energy == pytest.approx(
            np.ptp(cycle.steps[0]["Discharge energy [W.h]"].entries), rel=1e-4
        )
        name = "Total lithium lost to side reactions [mol]"
        lost = row.variables[built.names.index(name)]
        assert lost == pytest.approx(float(cycle.steps[-1][name].entries[-1]), rel=1e-3)


def test_delivers_the_same_again_without_ageing(cell):
    """With every mechanism off the second and the third cycle are the same within the tolerance."""
    built = CycleMap(cell, PROTOCOL, model="SPM", mechanisms=NO_AGEING, numerics=COARSE)
    state = built.advance(built.initial_state())[0]
    state, second = built.advance(state)
    _, third = built.advance(state)
    assert third.discharging_capacity == pytest.approx(second.discharging_capacity, rel=1e-5)
    assert third.charging_capacity == pytest.approx(third.discharging_capacity, rel=1e-4)


def test_the_measured_area_grows_more_film(cell):
    """A negative electrode of twice the area loses twice the lithium to SEI of a given rate for each area."""
    mechanisms = replace(NO_AGEING, sei="solvent-diffusion limited")
    share = []
    for ratio in (1.0, 2.0):
        own = replace(
            cell,
            negative_porosity=0.25,
            negative_active_material_fraction=0.75,
            negative_pore_tortuosity_factor=2.0,
            negative_effective_conductivity_siemens_per_metre=215.0,
            negative_surface_area_ratio=ratio,
        )
        built = CycleMap(own, ("Rest for 100 hours",), model="SPM", mechanisms=mechanisms, numerics=COARSE)
        _, row = built.advance(built.initial_state())
        share.append(row.variables[built.names.index("Loss of capacity to negative SEI [A.h]")])
    assert share[1] == pytest.approx(2 * share[0], rel=1e-3)


def test_what_cannot_be_done_is_an_outcome(cell):
    """A discharge that ends at a limit of the model, not its own, is infeasible, with the step named."""
    built = CycleMap(cell, ("Discharge at 1C for 10 hours",), model="SPM", mechanisms=NO_AGEING, numerics=COARSE)
    with pytest.raises(CycleFailedError, match="Discharge at 1C for 10 hours") as caught:
        built.advance(built.initial_state())
    assert caught.value.outcome is FadeOutcome.INFEASIBLE


def test_a_set_without_ageing_is_refused_by_name():
    """Marquis2019 gives no plating; without mechanisms it cycles."""
    other = reference_cell(parameter_set="Marquis2019")
    with pytest.raises(MissingFieldError, match="Marquis2019"):
        CycleMap(other, PROTOCOL, model="SPM")


def test_mechanisms_are_checked():
    """An unknown growth is answered with the known ones; SEI on cracks needs cracks."""
    with pytest.raises(UnknownFieldError, match="solvent-diffusion limited"):
        Mechanisms(sei="solvent")
    with pytest.raises(UnknownFieldError, match="cracking"):
        Mechanisms(cracking=False)
