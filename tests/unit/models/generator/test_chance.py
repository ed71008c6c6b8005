"""Phases filled by chance: as often as the odds say, together over the grain, as the theory of cut Gaussian fields."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal, norm

from ragone.models.generator.chance import gaussian_field, grain_length, surplus

EDGE = 64


def field(seed, grain, *, periodic=True, edge=EDGE):
    """A cube of it."""
    return gaussian_field((edge,) * 3, grain, torch.Generator().manual_seed(seed), periodic=periodic)


@pytest.mark.parametrize("grain", [0.7, 2.0, 3.5])
def test_the_field_has_unit_variance_and_the_correlation_it_names(grain):
    """exp(-r^2 / (4 grain^2)), along every axis, between opposite faces too."""
    fields = [field(seed, grain) for seed in range(12)]
    assert np.mean([float(f.square().mean()) for f in fields]) == pytest.approx(1, abs=0.03)
    for axis in range(3):
        for lag in (1, 2, 4):
            found = np.mean([float((f * f.roll(lag, axis)).mean()) for f in fields])
            assert found == pytest.approx(math.exp(-((lag / (2 * grain)) ** 2)), abs=0.03)


def test_faces_that_do_not_touch_are_not_correlated():
    """Across opposite faces nothing is shared, next to each other as much as ever."""
    fields = [field(seed, 2.0, periodic=False, edge=32) for seed in range(16)]
    across = np.mean([float((f[0] * f[-1]).mean()) for f in fields])
    assert abs(across) < 0.06
    assert np.mean([float((f[0] * f[1]).mean()) for f in fields]) == pytest.approx(math.exp(-1 / 16), abs=0.06)


def test_each_voxel_is_filled_as_often_as_its_odds_say():
    """Odds that differ from place to place, over many fields."""
    logit = torch.linspace(-5, 5, EDGE).expand(EDGE, EDGE, EDGE)
    filled = torch.stack([(surplus(logit, field(seed, 1.0)) > 0).float().mean((0, 1)) for seed in range(10)]).mean(0)
    assert torch.allclose(filled, torch.sigmoid(logit[0, 0]), atol=0.015)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_even_odds_give_the_two_point_function_of_a_cut_gaussian_field(share):
    """The orthant probability of two normal numbers, at several distances."""
    logit = torch.full((EDGE,) * 3, math.log(share / (1 - share)))
    phases = [(surplus(logit, field(seed, 2.0)) > 0).float() for seed in range(16)]
    for lag in (1, 2, 3, 5):
        correlation = math.exp(-((lag / 4.0) ** 2))
        cut = [norm.ppf(share)] * 2
        exact = multivariate_normal.cdf(cut, cov=[[1, correlation], [correlation, 1]])
        found = np.mean([[float((p * p.roll(lag, axis)).mean()) for axis in range(3)] for p in phases])
        assert found == pytest.approx(exact, rel=0.04)


@pytest.mark.parametrize("grain", [1.3, 2.0, 4.1])
def test_the_grain_is_found_again_from_volumes_that_have_it(grain):
    """Also where some places are closed, the odds differ, and some volumes leave nothing to chance."""
    logits, phases, free = [], [], []
    for seed in range(6):
        closed = field(100 + seed, 4.0) > 0.5
        logit = -1.0 + 0.7 * field(200 + seed, 5.0)
        logits.append(logit)
        phases.append((surplus(logit, field(300 + seed, grain)) > 0) & ~closed)
        free.append(~closed)
    sure = torch.where(field(400, 3.0) > 0, 30.0, -30.0)
    found = grain_length([*logits, sure], [*phases, sure > 0], [*free, torch.ones_like(sure, dtype=torch.bool)])
    assert found == pytest.approx(grain, rel=0.05)


@pytest.mark.parametrize("full", [True, False])
def test_without_surface_the_shortest_grain_is_taken(full):
    """Volumes that hold nothing but the phase, or none of it, tell nothing."""
    open_ = torch.ones((16,) * 3, dtype=torch.bool)
    assert grain_length([torch.zeros((16,) * 3)], [open_ if full else ~open_], [open_]) == 0.5
