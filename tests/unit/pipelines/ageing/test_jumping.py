"""Jumps over cycles, on lives that are known exactly."""

from functools import partial

import numpy as np
import pytest

from ragone.pipelines.ageing import age_cell, join_segments
from ragone.pipelines.ageing.cycle_map import AgeingNumerics, CycleMap, CycleRow
from ragone.pipelines.ageing.errors import CycleFailedError
from ragone.pipelines.ageing.jumping import Jumper, Jumping
from ragone.pipelines.ageing.simulated_life import SimulatedLife
from ragone.pipelines.ageing.slopes import Place, judged, summed_weights
from ragone.pipelines.cell import reference_cell
from ragone.schemas import FadeOutcome
from tests.fading_maps import knee, linear, square_root

LIVES = {"square root": square_root, "linear": linear, "knee": knee}


def jumped(fading, *, cycles=4000, share=0.8, **tolerances):
    """A life by jumps."""
    life = SimulatedLife(fading.initial_state())
    return Jumper(fading, life, jumping=Jumping(**tolerances), capacity_share=share).run(cycles)


def capacities(fading, count):
    """The capacity of each of so many cycles, all of them done [A h]."""
    state, values = fading.initial_state(), []
    for _ in range(count):
        state, row = fading.advance(state)
        values.append(row.discharging_capacity)
    return np.array(values)


def test_weights_sum_a_parabola_over_the_cycles_skipped():
    """Three values give the sum of any parabola over skipped cycles to rounding."""
    ends = [3, 9, 20]
    skipped = np.arange(21, 71)
    values = [4 - 3 * n + 0.5 * n**2 for n in ends]
    expected = np.sum(4 - 3 * skipped + 0.5 * skipped**2)
    assert summed_weights(ends, 20, 50) @ values == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", LIVES)
@pytest.mark.parametrize("fast", [(), (0.01,), (0.1, 0.3)])
def test_life_and_capacities_are_those_of_all_cycles(name, fast):
    """The life is right to half a percent and each capacity within its bound, with fast variables or without."""
    life = jumped(LIVES[name](fast=fast))
    exact = capacities(LIVES[name](fast=fast), life.counts[-1])
    rows = np.array([row.discharging_capacity for row in life.rows])
    assert life.outcome is FadeOutcome.STOPPED
    assert np.all(np.abs(rows - exact[np.array(life.counts) - 1]) <= np.array(life.errors) + 1e-12)
    true = np.flatnonzero(capacities(LIVES[name](fast=fast), life.counts[-1] + 20) < 0.8 * exact[1])[0] + 1
    assert life.counts[-1] == pytest.approx(true, rel=0.005)


@pytest.mark.parametrize(("name", "saved"), [("square root", 20), ("linear", 20), ("knee", 4)])
def test_few_cycles_are_simulated(name, saved):
    """A life of hundreds of smooth cycles takes a twentieth of them, one through a knee at 160 a quarter."""
    fading = LIVES[name]()
    life = jumped(fading)
    assert fading.calls == life.simulated
    assert life.counts[-1] >= saved * life.simulated


def test_error_falls_with_the_square_of_the_jump_and_faster():
    """With jumps half as long the error of the capacity falls by four or more, as of a method of second order."""
    found = []
    for longest in (48, 24, 12):
        life = jumped(knee(300.0, 150.0), share=0.0, cycles=500, longest=longest, capacity_error=1, variable_error=10)
        exact = capacities(knee(300.0, 150.0), life.counts[-1])
        rows = np.array([row.discharging_capacity for row in life.rows])
        found.append(np.max(np.abs(rows - exact[np.array(life.counts) - 1])))
    assert found[0] > 4 * found[1] > 16 * found[2]


@pytest.mark.parametrize("cycles", [88, 300])
def test_a_life_without_smooth_slopes_costs_few_cycles_more(cycles):
    """Where no jump pays every cycle is simulated, and a few in a hundred for jumps that are not taken."""
    life = jumped(linear(noise=0.02), share=0.0, cycles=cycles)
    assert life.counts == list(range(1, cycles + 1))
    assert life.simulated <= 1.04 * cycles + 3


def test_row_of_a_landing_is_corrected_exactly_where_four_slopes_suffice():
    """Four slopes of a quartic give the row where a jump lands to rounding, though the state was predicted by two."""
    quartic = np.polynomial.Polynomial([5.0, -1e-3, 2e-5, -3e-7, 1e-9])

    def place(count, ahead=0.0):
        slope = np.array([quartic(count) - quartic(count - 1)])
        value = quartic(count) + ahead
        row = CycleRow(1.0, value, value, 0.0, 0.0, float("nan"), 298.15, np.zeros(0))
        return Place(count, slope, row, np.array([value]), slope, slope)

    known = [place(count) for count in (2, 9, 20)]
    predicted = quartic(20) + summed_weights([9, 20], 20, 30) @ [one.reported_slope[0] for one in known[1:]]
    landed = place(52, predicted - quartic(50))
    jump = judged(known, landed, base=np.array([quartic(20)]), last=20, skipped=30, order=2)
    assert jump.order == 3
    assert jump.corrected_row.discharging_capacity == pytest.approx(quartic(52), rel=1e-12)
    assert abs(landed.row.discharging_capacity - quartic(52)) > 1e-4
    assert jump.unexplained == pytest.approx(0, abs=1e-12)


def test_end_of_life_is_met_between_cycles_that_are_near():
    """The last row above the threshold is close to the first below it, and no row lies beyond."""
    life = jumped(knee())
    rows = np.array([row.discharging_capacity for row in life.rows])
    assert np.all(rows[:-1] >= 0.8 * life.reference_capacity)
    assert rows[-1] < 0.8 * life.reference_capacity
    assert life.counts[-1] - life.counts[-2] <= 5


def test_time_and_throughput_count_skipped_cycles():
    """Duration and charge of the cycles that were skipped are summed from those of their neighbours."""
    fading = linear()
    life = jumped(fading, share=0.0, cycles=500)
    losses = 0.2 * np.arange(1, 501) / 1000
    assert life.count == 500
    assert life.time == pytest.approx(np.sum(3600 * (2 - losses)), rel=1e-9)
    assert life.throughput == pytest.approx(np.sum(5 * (1 - losses)), rel=1e-9)


def test_states_beyond_their_bounds_are_not_landed_at():
    """A jump that would leave the physical is shortened; no state lies further beyond than a cycle takes it."""
    fading, seen = square_root(100.0), []
    fading.upper = 0.15
    whole = fading.advance

    def advance(state):
        seen.append(float(state[0]))
        if state[0] > 0.15:
            raise CycleFailedError(FadeOutcome.INFEASIBLE, "pores are closed")
        return whole(state)

    fading.advance = advance
    life = jumped(fading, share=0.0, cycles=400)
    assert life.outcome is FadeOutcome.INFEASIBLE
    assert life.reason == "pores are closed"
    assert life.count == 56
    assert max(seen) < 0.15 + 0.0014  # a cycle's loss beyond


def test_a_solver_that_fails_after_a_jump_ends_no_life():
    """A jump whose cycles cannot be done is halved; the life goes on."""
    fading = linear()
    whole, failed = fading.advance, []

    def advance(state):
        if fading.calls in (12, 20):
            fading.calls += 1
            failed.append(1)
            raise CycleFailedError(FadeOutcome.SOLVER_FAILED, "gave up")
        return whole(state)

    fading.advance = advance
    life = jumped(fading, share=0.0, cycles=600)
    assert len(failed) == 2
    assert life.outcome is FadeOutcome.BUDGET
    assert life.count == 600


def test_noise_of_the_solver_shortens_jumps_and_is_within_the_bound():
    """Capacities with noise of 1e-5 A h keep within bounds that know it, and life stays right."""
    life = jumped(linear(noise=1e-5))
    exact = 5 * (1 - 0.2 * np.array(life.counts) / 1000)
    rows = np.array([row.discharging_capacity for row in life.rows])
    jumps = np.diff(life.counts, prepend=0) > 1
    held = np.abs(rows - exact)[jumps] <= np.array(life.errors)[jumps]
    assert np.mean(held) >= 0.95
    assert life.counts[-1] == pytest.approx(1001, abs=3)


def test_a_cell_ages_by_jumps_within_their_bound():
    """Each capacity of a cell by jumps is that of the whole life within its bound, over two segments."""
    cell = reference_cell(parameter_set="Chen2020")
    aged = partial(age_cell, cell, model="SPM", coating_points=3, particle_points=8)
    whole = aged(cycles=60)["fade"]
    first = aged(cycles=40, jump_error=1e-3)
    second = aged(first["state"], cycles=20, jump_error=1e-3)
    fade = join_segments([first["fade"], second["fade"]])
    exact = whole.discharging_capacity_ampere_hour[fade.cycle_count - 1]
    error = np.abs(fade.discharging_capacity_ampere_hour - exact)
    assert np.max(np.diff(fade.cycle_count)) > 3
    assert np.all(error <= fade.discharging_capacity_error_ampere_hour + 1e-5 * exact)
    assert np.max(error) < 1e-3 * exact[0]
    assert second["state"].cycle_count == 60
    assert second["state"].discharging_capacity_error_ampere_hour > 0
    assert fade.test_time_second[-1] == pytest.approx(whole.test_time_second[-1], rel=1e-4)


def test_states_of_a_cell_know_their_bounds():
    """The state of a cell is physical, and no longer if a particle holds more lithium than it can."""
    built = CycleMap(
        reference_cell(parameter_set="Chen2020"),
        ("Discharge at 1C until 2.5 V", "Charge at 1C until 4.2 V"),
        model="SPM",
        numerics=AgeingNumerics(3, 8),
    )
    state = built.initial_state()
    assert built.is_physical(state)
    assert not built.is_physical(np.where(state == np.max(state[9:17]), 1.01, state))
    assert not built.is_physical(-state)
