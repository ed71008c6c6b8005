"""One sphere that stands for many: right where its mean is the right one, and how far off elsewhere."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ragone.pipelines.cell import discharge_at_constant_current, discharge_at_constant_power, reference_cell
from ragone.schemas import CellParameters, Discharge
from ragone.schemas.cell import OF_PARTICLES
from ragone.schemas.errors import MissingFieldError

SAUTER = 5.22e-6


@pytest.fixture(scope="module")
def cell() -> CellParameters:
    """Chen2020's, with a wide powder of its radius in the positive electrode."""
    own = reference_cell(parameter_set="Chen2020")
    return dataclasses.replace(
        own,
        positive_particle_radius_metre=SAUTER,
        positive_particle_radius_source=OF_PARTICLES,
        positive_particle_radius_spread=0.4,
    )


def delivered(cell: CellParameters, rate: float, *, sizes: int = 0, radius: float = SAUTER) -> float:
    """Charge [A.h] down to 2.5 V; the reacting surface stays that of the powder, whatever the sphere."""
    changed = dataclasses.replace(
        cell, positive_particle_radius_metre=radius, positive_surface_area_ratio=radius / SAUTER
    )
    found = discharge_at_constant_current(changed, rate_per_hour=rate, particle_size_points=sizes)
    return charge(found)


def charge(discharge: Discharge) -> float:
    """Charge that was delivered [A.h]."""
    return -float(np.trapezoid(discharge.current_ampere, discharge.test_time_second)) / 3600


def test_sizes_that_are_alike_are_one_sphere(cell: CellParameters) -> None:
    """As the law becomes narrow its discharge becomes that of the sphere."""
    narrow = dataclasses.replace(cell, positive_particle_radius_spread=0.02)
    assert delivered(narrow, 1.0, sizes=5) == pytest.approx(delivered(cell, 1.0), rel=1e-4)


def test_slow_discharges_lag_by_the_mean_square(cell: CellParameters) -> None:
    """At C/5 the sphere of the mean diffusion time gives what all sizes give, and the Sauter radius 0.04 % more."""
    diffusion = SAUTER * np.exp(1.5 * 0.4**2)
    every = delivered(cell, 0.2, sizes=20)
    assert delivered(cell, 0.2, radius=diffusion) == pytest.approx(every, rel=5e-5)
    assert 2e-4 < delivered(cell, 0.2) / every - 1 < 5e-4


@pytest.mark.slow
def test_fast_discharges_are_nearer_to_the_sauter_radius(cell: CellParameters) -> None:
    """At 3C it is a few percent above all sizes, the diffusion radius three times as far below."""
    every = delivered(cell, 3.0, sizes=20)
    above = delivered(cell, 3.0) / every - 1
    below = 1 - delivered(cell, 3.0, radius=SAUTER * np.exp(1.5 * 0.4**2)) / every
    assert 0.03 < above < 0.06
    assert below > 2.5 * above


@pytest.mark.slow
def test_more_sizes_change_nothing(cell: CellParameters) -> None:
    """Twenty are as good as forty."""
    assert delivered(cell, 1.0, sizes=20) == pytest.approx(delivered(cell, 1.0, sizes=40), rel=2e-4)


def test_the_variant_is_named(cell: CellParameters) -> None:
    """By the method of the record; particles of no known sizes are refused."""
    found = discharge_at_constant_power(cell, power_watt=5.0, particle_size_points=5)
    assert "20 points a domain, 5 sizes of positive particles; IDAKLU" in found.method
    with pytest.raises(MissingFieldError, match="positive_particle_radius_spread"):
        discharge_at_constant_power(reference_cell(parameter_set="Chen2020"), power_watt=5.0, particle_size_points=5)
