"""The discrete Gaussian has exactly the chances that its privacy is argued by."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chisquare
from seeded_chance import seeded_below

from ragone.models.sharing.discrete_gaussian import discrete_gaussian, with_noise
from ragone.models.sharing.privacy import delta_of


def chances(variance: float, reach: int) -> dict[int, float]:
    """The chance of each whole number."""
    weights = {k: math.exp(-k * k / (2 * variance)) for k in range(-reach, reach + 1)}
    total = sum(weights.values())
    return {k: weight / total for k, weight in weights.items()}


@pytest.mark.parametrize("variance", [1, 3, 30])
def test_chances_are_those_of_the_law(variance):
    """A chi-squared test on 20,000 draws against the definition."""
    below = seeded_below(variance)
    drawn = np.array([discrete_gaussian(variance, below) for _ in range(20_000)])
    reach = math.ceil(2.5 * math.sqrt(variance))
    expected = chances(variance, 12 * math.isqrt(variance) + 12)
    counts = [np.sum(drawn == k) for k in range(-reach, reach + 1)]
    wanted = [expected[k] * len(drawn) for k in range(-reach, reach + 1)]
    counts.append(len(drawn) - sum(counts))
    wanted.append(len(drawn) - sum(wanted))
    assert chisquare(counts, wanted).pvalue > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("variance", [2, 5, 16])
def test_chances_are_those_of_the_law_far_out_too(variance):
    """The same on 400,000 draws, out to four deviations: an error of some per cent in a tail would be found."""
    below = seeded_below(100 + variance)
    drawn = np.array([discrete_gaussian(variance, below) for _ in range(400_000)])
    reach = math.ceil(4 * math.sqrt(variance))
    expected = chances(variance, 12 * reach)
    counts = [*(np.sum(drawn == k) for k in range(-reach, reach + 1)), np.sum(drawn < -reach), np.sum(drawn > reach)]
    wanted = [expected[k] * len(drawn) for k in range(-reach, reach + 1)]
    outside = (len(drawn) - sum(wanted)) / 2
    assert chisquare(counts, [*wanted, outside, outside]).pvalue > 1e-3


def test_large_noise_has_its_variance():
    """Mean and variance of noise as large as that of a release."""
    below = seeded_below(1)
    drawn = np.array([discrete_gaussian(10**10, below) for _ in range(5000)], dtype=float)
    assert drawn.mean() == pytest.approx(0, abs=5 * 1e5 / 5000**0.5)
    assert drawn.var() == pytest.approx(1e10, rel=0.1)


def test_noise_is_added_to_each():
    """Independent draws, to whole numbers of any size; without a source, from the operating system."""
    noisy = with_noise([0, 2**60], 4, seeded_below(2))
    assert [type(one) for one in noisy] == [int, int]
    assert abs(noisy[1] - 2**60) < 30
    assert len({discrete_gaussian(10**12) for _ in range(20)}) > 1


@pytest.mark.parametrize(("deviation", "sensitivity", "epsilon"), [(3, 2, 1.0), (4, 4, 1.0), (2, 3, 3.0), (10, 3, 0.2)])
def test_delta_bounds_the_exact_one(deviation, sensitivity, epsilon):
    """The delta that is claimed is at least the sum over all outcomes, counted, and not ten times as large."""
    law = chances(deviation**2, 40 * deviation)
    exact = sum(max(0.0, p - math.exp(epsilon) * law.get(k - sensitivity, 0.0)) for k, p in law.items())
    claimed = delta_of(epsilon, deviation / sensitivity)
    assert exact <= claimed < max(10 * exact, 1e-12)
