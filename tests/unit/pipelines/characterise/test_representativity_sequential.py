"""Sequential sampling stops at the promised error as often as promised, and depends on stored values alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from representative_volume_elements import element

from ragone.pipelines.characterise import average_transport
from ragone.pipelines.characterise.representativity import Target, is_met, volume_elements_wanted
from ragone.pipelines.characterise.representativity.sequential import LEAST, MORE, _required_count

STUDIES = 4000
TARGET = Target("pore_tortuosity_factor", 0.01, 0.95, least=4, most=400)


def coverage(values, target):
    """Share of the samples (rows) whose mean, where the rule stops, lies within the target of one; mean stop."""
    at = np.full(len(values), target.least)
    for _ in range(40):
        asked = np.empty(len(values))
        for count in np.unique(at):
            asked[at == count] = _required_count(values[at == count, :count], target)
        going = (asked > at) & (at < target.most)
        if not going.any():
            break
        further = np.minimum(np.maximum(np.ceil(asked), at + np.ceil(at / 4)), 2 * at)
        at = np.where(going, np.minimum(further, target.most).astype(int), at)
    means = np.cumsum(values, axis=1)[np.arange(len(values)), at - 1] / at
    return float((np.abs(means - 1) <= target.relative).mean()), float(at.mean())


def normal(rng, scatter, most):
    """Values of mean one."""
    return 1 + scatter * rng.standard_normal((STUDIES, most))


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("scatter", [0.01, 0.02, 0.04])
def test_the_mean_of_normal_volume_elements_is_within_the_target_as_often_as_promised(confidence, scatter):
    """The rule that starts at the least possible number keeps its promise, at a scatter it does not know."""
    target = Target("pore_tortuosity_factor", 0.01, confidence, least=LEAST, most=300)
    found, _ = coverage(normal(np.random.default_rng(1), scatter, target.most), target)
    assert found >= confidence - 2.5 * math.sqrt(confidence * (1 - confidence) / STUDIES)


def test_the_correction_is_what_keeps_the_promise(monkeypatch):
    """Without the volume elements added the rule stops too early too often."""
    target = Target("pore_tortuosity_factor", 0.01, 0.9, least=LEAST, most=100)
    values = 1 + 0.02 * np.random.default_rng(2).standard_normal((5 * STUDIES, target.most))
    kept, _ = coverage(values, target)
    monkeypatch.setattr("ragone.pipelines.characterise.representativity.sequential.MORE", 0)
    broken, _ = coverage(values, target)
    assert broken < 0.9 - 0.005
    assert kept > 0.9


def test_little_is_wasted():
    """On average the rule takes few volume elements more than if the scatter had been known: (1.96 x 4)^2 = 61."""
    _, count = coverage(normal(np.random.default_rng(3), 0.04, 400), TARGET)
    assert 61 <= count <= 61 + 12


def test_skewed_volume_elements_are_covered_less_but_not_much():
    """A log-normal of skewness near 0.8, more than volume elements of an electrode show, loses nothing at 95 %."""
    rng = np.random.default_rng(4)
    logarithms = 0.25 * rng.standard_normal((STUDIES, 200))
    skewed = (np.exp(logarithms) / math.exp(0.25**2 / 2) - 1) / math.sqrt(math.exp(0.25**2) - 1)
    found, _ = coverage(1 + 0.02 * skewed, TARGET)
    assert found >= 0.94


def test_least_and_most_are_kept():
    """Fewer than the least are never enough; more than the most are never asked for."""
    same = [element(2.0, 32)] * 3
    assert volume_elements_wanted([], TARGET) == volume_elements_wanted(same, TARGET) == 4
    assert not is_met(same, TARGET)
    assert volume_elements_wanted([element(2.0, 32)] * 4, TARGET) == 4
    assert is_met([element(2.0, 32)] * 4, TARGET)
    wild = [element(t, 32) for t in (1.5, 2.5) * 4]
    bounded = Target("pore_tortuosity_factor", 0.01, 0.95, least=4, most=10)
    assert volume_elements_wanted(wild, TARGET) == 16
    assert volume_elements_wanted(wild, bounded) == 10
    assert volume_elements_wanted(wild + wild[:2], bounded) == 10
    assert not is_met(wild + wild[:2], bounded)


def test_the_interval_is_that_of_the_mean_that_is_used():
    """Met exactly if t SE of the averaged tortuosity factor, stretched for the elements added, is within the target."""
    transports = tuple(element(t, 32) for t in (1.97, 2.0, 2.01, 2.03, 2.0, 1.99, 2.02, 1.98))
    mean = average_transport(transports)
    half = 2.364624 * mean.pore_tortuosity_factor_standard_error / mean.pore_tortuosity_factor
    limit = half * math.sqrt(8 / (8 - MORE))
    for relative, met in ((limit * 1.001, True), (limit * 0.999, False)):
        target = Target("pore_tortuosity_factor", relative, 0.95, least=4, most=40)
        assert is_met(transports, target) is met
        assert (volume_elements_wanted(transports, target) == 8) is met


def test_a_volume_element_that_does_not_percolate_widens_the_interval():
    """One of many makes more volume elements necessary; if none percolates sampling ends and the target is not met."""
    some = [element(2.0, 32)] * 5 + [element(math.inf, 32)]
    assert volume_elements_wanted(some, TARGET) == 12
    near = [element(t, 32) for t in (1.98, 2.0, 2.02, 1.985, 2.015, 2.01, 1.99, 2.0) * 2]
    tight = Target("pore_tortuosity_factor", 0.0035, 0.95, least=4, most=40)
    assert volume_elements_wanted(near, tight) == 20
    none = [element(math.inf, 32)] * 4
    assert volume_elements_wanted(none, TARGET) == 4
    assert not is_met(none, TARGET)
    solid = Target("solid_effective_conductivity_siemens_per_metre", 0.01, 0.95, least=4, most=40)
    dead = [element(2.0, 32, solid_effective_conductivity_siemens_per_metre=0.0)] * 4
    assert volume_elements_wanted(dead, solid) == 4
    assert not is_met(dead, solid)
