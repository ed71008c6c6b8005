"""Cycles go where they teach most, in whole blocks, and never beyond what there is."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.survival.allocate import allocate_cycles
from ragone.models.survival.allocation import Aim, _misordering_after, loss_of, misordering, share_out
from ragone.models.survival.equal_shares import common_cycle
from ragone.models.survival.passage_process import PassageProcess
from ragone.models.survival.passages import passages_of
from tests.capacity_fades import fade_of
from tests.synthetic_cells import power_law_fade


def _cells(lives, until):
    design = np.arange(len(lives))
    passages = [passages_of(power_law_fade(life, until), capacity_share=0.8) for life in lives]
    return PassageProcess.of(passages, design), passages


def _shares(process, passages, aim, cycles=1000, can_run=None):
    able = can_run or [True] * len(passages)
    return list(share_out(process, passages, can_run=able, cycles=cycles, block=25, aim=aim))


def test_misordering_of_two_designs():
    """Means one standard deviation of the difference apart are in the wrong order with probability 0.1587."""
    wrong = misordering(np.array([1.0, 2.0]), np.array([[0.75, 0.25], [0.25, 0.75]]))
    assert wrong == pytest.approx(np.array([[0, 0.158655], [0.158655, 0]]), abs=1e-6)
    assert loss_of(Aim.RANKING, np.array([1.0, 2.0]), np.diag([0.5, 0.5])) == pytest.approx(0.158655, abs=1e-6)


def test_expected_misordering_is_that_of_drawn_futures():
    """The closed form agrees with a hundred thousand draws of truth and observation."""
    process, _ = _cells([700.0, 800.0, 1000.0], 200)
    belief = process.belief()
    means, covariance = belief.lives_of_designs()
    level = np.ones((3, 1))
    noise = 0.02**2
    shared = belief.covariances_with_designs(level)
    variance = belief.passages_of_cells(level)[1] + noise
    found = _misordering_after(belief, means, covariance, shared / np.sqrt(variance)[..., None])
    rng = np.random.default_rng(5)
    joint = np.block([[covariance, shared[0, 0][:, None]], [shared[0, 0][None], variance[0]]])
    drawn = rng.multivariate_normal([*means, 0.0], joint, 100_000)
    updated = means + drawn[:, [3]] * shared[0, 0] / variance[0, 0]
    for other in (1, 2):
        wrong = np.mean((drawn[:, 0] > drawn[:, other]) != (updated[:, 0] > updated[:, other]))
        assert found[0, 0, other] == pytest.approx(wrong, abs=5e-3)


def test_cycles_go_to_the_designs_that_are_nearly_tied():
    """Of four designs, two far apart and two alike, ranking runs those alike, and the best only the better ones."""
    process, passages = _cells([300.0, 1000.0, 1010.0, 5000.0], 150)
    run = {share.cell for share in _shares(process, passages, Aim.RANKING, cycles=600)}
    assert run
    assert run <= {1, 2}
    process, passages = _cells([300.0, 320.0, 1000.0, 1010.0], 150)
    assert {share.cell for share in _shares(process, passages, Aim.BEST, cycles=600)} <= {2, 3}


@pytest.mark.parametrize("aim", list(Aim))
def test_shares_are_whole_blocks_within_the_budget(aim):
    """And each is expected to lower the loss."""
    shares = _shares(*_cells([700.0, 800.0, 1000.0], 200), aim, cycles=777)
    assert shares
    assert sum(share.cycles for share in shares) <= 777
    assert all(share.cycles % 25 == 0 and share.loss_after < share.loss_before for share in shares)


def test_dead_and_hindered_cells_get_nothing():
    """Neither a cell whose life has ended nor one that cannot be run on."""
    process, passages = _cells([190.0, 800.0, 820.0], 200)
    assert passages[0].died
    shares = _shares(process, passages, Aim.MEDIAN, can_run=[True, False, True])
    assert {share.cell for share in shares} == {2}


def test_equal_shares_leave_what_the_dead_do_not_need():
    """Three cells at 100 and 300 cycles to spend; one dies at 120, so that the others come to 240."""
    reached = common_cycle(np.full(3, 100.0), np.array([120.0, 900.0, 900.0]), 300)
    assert reached == pytest.approx(240.0, abs=1e-6)


def test_the_life_of_a_dead_cell_is_the_one_that_was_seen():
    """Also of fades that drop at first and are flat later, which no straight piece of a belief follows."""
    cycles = np.arange(1, 61)

    def fade(number):
        losses = 0.0067 + 0.0033 * (cycles - 1) / (30 + number)
        capacities = np.where(cycles == 1, 1.0, 1 - losses)
        return fade_of(capacities, 60, cell_name=f"cell {number}")

    found = allocate_cycles.function(
        tuple(fade(number) for number in range(4)), designs=("a", "a", "b", "b"), cycles=10, capacity_share=0.99
    )
    assert found.life_median == pytest.approx([31.0, 32.0, 33.0, 34.0], rel=1e-3)
    assert (found.life_high / found.life_low < 1.05).all()
    assert set(found.reasons) == {"its life has ended"}
