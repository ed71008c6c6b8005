"""Passages of a fade: cycles at which its loss passed levels."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.survival.passages import find_passages, passages_of
from ragone.schemas.errors import StageError
from tests.synthetic_cells import power_law_fade


def test_a_power_law_comes_back():
    """Cycles are those at which the law passes the levels, within what is stated; none is beyond the last cycle."""
    found = passages_of(power_law_fade(1000, 500), capacity_share=0.8)
    assert found.log_cycles == pytest.approx(np.log(1 + 999 * found.levels ** (1 / 0.8)), abs=1e-2)
    assert not found.died
    assert found.levels[-1] < 0.6
    assert found.last_cycle == 500


@pytest.mark.parametrize("noise", [0.0, 0.002])
def test_the_end_of_life_is_found(noise):
    """A life of 800 cycles is read off, with noise of a hundredth of the loss within three of its uncertainty."""
    found = passages_of(power_law_fade(800, 830, noise=noise), capacity_share=0.8)
    assert found.died
    assert found.levels[-1] == 1.0
    error = abs(found.log_cycles[-1] - np.log(800))
    assert error < (1e-4 if noise == 0 else 3 * np.sqrt(found.variances[-1]))


def test_one_noisy_dip_is_no_death():
    """A capacity that falls below the limit once and recovers has not ended the life."""
    cycles = np.arange(1.0, 401.0)
    losses = cycles / 1000
    losses[200] = 1.2
    assert not find_passages(cycles, losses).died


def test_a_rise_at_first_is_left_out():
    """Levels count from where the capacity falls below that of the first cycle for good."""
    cycles = np.arange(1.0, 501.0)
    losses = cycles / 1000 - 0.1 * np.minimum(cycles, 20) / 20
    found = find_passages(cycles, losses)
    assert np.exp(found.log_cycles[0]) > 100
    assert (np.diff(found.levels) > 0).all()


def test_a_fade_of_one_cycle_has_passed_nothing():
    """Nothing is known of it but that it was started."""
    found = passages_of(power_law_fade(800, 1), capacity_share=0.8)
    assert len(found.levels) == 0
    assert found.last_cycle == 1


def test_a_cell_that_delivered_nothing_at_first_is_refused(example):
    """Its losses would have no reference."""
    fade = example("capacity_fade", discharging_capacity_ampere_hour=np.array([0.0, 4.0, 4.0]))
    with pytest.raises(StageError, match="LG M50"):
        passages_of(fade, capacity_share=0.8)


def test_one_row_beyond_the_end_is_a_death_only_without_noise():
    """A last outlier of a noisy fade kills no cell; of a simulated one it does."""
    cycles = np.arange(1.0, 201)
    quiet = 0.9 * cycles / 200
    noisy = quiet + 0.01 * np.random.default_rng(0).standard_normal(200)
    for losses, died in ((quiet, True), (noisy, False)):
        assert find_passages(cycles, np.append(losses[:-1], 1.05)).died is died
