"""Radii of particles, from one volume element through the mean of several."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ragone.pipelines.characterise import average_transport, homogenise, perturb
from ragone.schemas import Transport
from ragone.schemas.materials import NMC_811

Make = Callable[..., Transport]
DIFFUSION, SAUTER = "particle_diffusion_radius_metre", "particle_sauter_radius_metre"


def element(example: Make, active: float, diffusion: float | None, sauter: float | None = 1e-6) -> Transport:
    """Metrics of one volume element."""
    fractions = {"pore_fraction": 0.9 - active, "active_material_fraction": active, "carbon_binder_fraction": 0.1}
    return example("transport", volume_element_count=1, **fractions, **{DIFFUSION: diffusion, SAUTER: sauter})


def test_a_volume_hands_its_radii_on(example: Callable[..., object]) -> None:
    """What was drawn stands in the metrics; of an image nothing is known."""
    labels = np.random.Generator(np.random.PCG64(1)).integers(0, 3, (8, 8, 8)).astype(np.uint8)
    volume = example("microstructure", labels=labels, **{DIFFUSION: 4e-6, SAUTER: 3e-6})
    found = homogenise(volume, NMC_811)
    assert (getattr(found, DIFFUSION), getattr(found, SAUTER)) == (4e-6, 3e-6)
    assert getattr(homogenise(example("microstructure", labels=labels), NMC_811), DIFFUSION) is None


def test_the_mean_is_that_of_all_particles_together(example: Make) -> None:
    """As if the particles of both volume elements were one powder: weighted by volume, squares and inverses."""
    mean = average_transport((element(example, 0.4, 3e-6, 2e-6), element(example, 0.6, 5e-6, 4e-6)))
    assert getattr(mean, DIFFUSION) == pytest.approx(np.sqrt(0.4 * 9 + 0.6 * 25) * 1e-6, rel=1e-12)
    assert getattr(mean, SAUTER) == pytest.approx(1e-6 / (0.4 / 2 + 0.6 / 4), rel=1e-12)


def test_the_standard_error_covers_the_radius(example: Make) -> None:
    """Of many sets of volume elements two thirds lie within one of the mean of the law."""
    rng, covered = np.random.Generator(np.random.PCG64(4)), []
    for _ in range(200):
        areas = rng.normal(0.25, 0.02, 8)
        mean = average_transport(tuple(element(example, 0.5, 5e-6, float(1e-6 / area)) for area in areas))
        covered.append(abs(getattr(mean, SAUTER) - 4e-6) < getattr(mean, f"{SAUTER}_standard_error"))
    assert 0.55 < np.mean(covered) < 0.75


def test_a_radius_that_all_have_is_no_sample(example: Make) -> None:
    """It stays to the last bit but for a root, without a standard error; and where one has none there is none."""
    same = average_transport((element(example, 0.4, 4e-6, 3e-6), element(example, 0.5, 4e-6, 3e-6)))
    assert (getattr(same, DIFFUSION), getattr(same, SAUTER)) == pytest.approx((4e-6, 3e-6), rel=1e-15)
    assert getattr(same, f"{SAUTER}_standard_error") is None
    assert getattr(average_transport((element(example, 0.4, 3e-6), element(example, 0.5, None))), DIFFUSION) is None


def test_the_radius_is_raised_like_any_metric(example: Make) -> None:
    """By its standard error, and nothing else with it."""
    mean = average_transport((element(example, 0.5, 6e-6, 3e-6), element(example, 0.5, 6e-6, 5e-6)))
    raised = perturb(mean, metric=SAUTER)
    assert getattr(raised, SAUTER) == getattr(mean, SAUTER) + getattr(mean, f"{SAUTER}_standard_error")
    assert {n for n in mean.fields() if getattr(mean, n) != getattr(raised, n)} == {SAUTER, "method"}
