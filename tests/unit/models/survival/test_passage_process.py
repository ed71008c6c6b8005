"""The belief in lives: equal to that of one dense Gaussian, and to what an observation would make of it."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.survival.passage_process import _COMMON_MEAN, _COMMON_VARIANCES, PassageProcess, terms_at
from ragone.models.survival.passages import Passages, passages_of
from tests.synthetic_cells import power_law_fade

_DESIGN = np.array([0, 0, 1, 2])


def _passages():
    lives = (800.0, 900.0, 1200.0)
    return [*(passages_of(power_law_fade(life, 500), capacity_share=0.8) for life in lives), Passages.none_yet()]


def _dense(process, passages):
    """Means and covariances of the terms of common, designs and cells, one after another, by one dense solution."""
    width, count, groups = len(_COMMON_MEAN), len(passages), int(_DESIGN.max()) + 1
    blocks = [np.diag(_COMMON_VARIANCES), *[process.of_designs] * groups, *[process.of_cells] * count]
    prior = np.zeros((width * len(blocks),) * 2)
    for number, block in enumerate(blocks):
        prior[number * width : (number + 1) * width, number * width : (number + 1) * width] = block
    mean = np.concatenate([_COMMON_MEAN, np.zeros(width * (groups + count))])

    def row(cell: int | None, group: int, level: float):
        terms, found = terms_at([level])[0], np.zeros(len(mean))
        for place in (0, 1 + group, *(() if cell is None else (1 + groups + cell,))):
            found[place * width : (place + 1) * width] = terms
        return found

    seen = [
        (row(cell, _DESIGN[cell], level), log_cycle, variance)
        for cell, one in enumerate(passages)
        for level, log_cycle, variance in zip(one.levels, one.log_cycles, one.variances, strict=True)
    ]
    design, values, noise = (np.array(each) for each in zip(*seen, strict=True))
    gain = prior @ design.T @ np.linalg.inv(design @ prior @ design.T + np.diag(noise))
    return mean + gain @ (values - design @ mean), prior - gain @ design @ prior, row


def test_beliefs_are_those_of_one_dense_gaussian():
    """Lives of designs, passages of cells, and the covariance between them agree with a dense solution."""
    passages = _passages()
    process = PassageProcess.of(passages, _DESIGN)
    mean, covariance, row = _dense(process, passages)
    belief = process.belief()
    of_designs = np.array([row(None, group, 1.0) for group in range(3)])
    found_mean, found_covariance = belief.lives_of_designs()
    assert found_mean == pytest.approx(of_designs @ mean, rel=1e-7)
    assert found_covariance == pytest.approx(of_designs @ covariance @ of_designs.T, rel=1e-5, abs=1e-9)
    levels = np.tile([0.4, 0.8, 1.0], (4, 1))
    of_cells = np.array([[row(cell, _DESIGN[cell], level) for level in levels[cell]] for cell in range(4)])
    found_mean, found_variance = belief.passages_of_cells(levels)
    assert found_mean == pytest.approx(of_cells @ mean, rel=1e-7)
    assert found_variance == pytest.approx(np.einsum("cli,ij,clj->cl", of_cells, covariance, of_cells), rel=1e-4)
    shared = np.einsum("cli,ij,gj->clg", of_cells, covariance, of_designs)
    assert belief.covariances_with_designs(levels) == pytest.approx(shared, rel=1e-4, abs=1e-8)


def test_what_a_passage_would_teach_is_known_before():
    """The covariance of the designs shrinks by the outer product of the covariances with the passage."""
    process = PassageProcess.of(_passages(), _DESIGN)
    belief = process.belief()
    level, noise = np.full((4, 1), 0.9), 1e-3
    shared = belief.covariances_with_designs(level)[1, 0]
    variance = belief.passages_of_cells(level)[1][1, 0]
    after = process.having_passed(1, 0.9, noise).belief().lives_of_designs()[1]
    expected = belief.lives_of_designs()[1] - np.outer(shared, shared) / (variance + noise)
    assert after == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_variances_are_found():
    """Forty designs of two cells, seen to their ends: spreads with which lives were drawn come back."""
    rng = np.random.default_rng(3)
    between, within = 0.4, 0.1
    design = np.repeat(np.arange(40), 2)
    lives = np.exp(np.log(500) + rng.normal(0, between, 40)[design] + rng.normal(0, within, 80))
    passages = [passages_of(power_law_fade(life, life * 1.01), capacity_share=0.8) for life in lives]
    process = PassageProcess.of(passages, design).fitted(60)
    at_death = terms_at([1.0])[0]
    assert np.sqrt(at_death @ process.of_designs @ at_death) == pytest.approx(between, rel=0.33)
    assert np.sqrt(at_death @ process.of_cells @ at_death) == pytest.approx(within, rel=0.5)


def test_intervals_of_lives_hold():
    """Of 160 cells stopped at half of a typical life, 90 to 100 % of the 95 % intervals hold the life."""
    rng = np.random.default_rng(4)
    held = []
    for _ in range(4):
        design = np.repeat(np.arange(10), 4)
        lives = np.exp(np.log(900) + rng.normal(0, 0.3, 10)[design] + rng.normal(0, 0.12, 40))
        powers = 0.8 * np.exp(rng.normal(0, 0.1, 10)[design])
        fades = [power_law_fade(n, min(450, n), power=p, noise=1e-3) for n, p in zip(lives, powers, strict=True)]
        passages = [passages_of(fade, capacity_share=0.8) for fade in fades]
        means, variances = PassageProcess.of(passages, design).fitted().belief().passages_of_cells(np.ones((40, 1)))
        held.append(np.abs(means[:, 0] - np.log(lives)) < 1.96 * np.sqrt(variances[:, 0]))
    assert 0.90 <= np.mean(held) <= 1.0
