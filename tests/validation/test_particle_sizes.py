"""One sphere that stands for many: right where its mean is the right one, and how far off elsewhere."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import ndtr

from ragone.pipelines.cell import discharge_at_constant_current, discharge_at_constant_power, reference_cell
from ragone.pipelines.cell.errors import ContradictionError
from ragone.pipelines.cell.heat import HEAT_NAMES
from ragone.pipelines.cell.impedance import simulate_impedance
from ragone.pipelines.cell.protocols import cycle_cell, pulse_at_largest_power
from ragone.schemas import CellParameters, Cycling, CyclingOutcome, Discharge
from ragone.schemas.cell import OF_PARTICLES
from ragone.schemas.errors import MissingFieldError

SAUTER = 5.22e-6
PARTS = (
    "Bulk open-circuit voltage [V]",
    "Battery particle concentration overpotential [V]",
    "X-averaged battery reaction overpotential [V]",
    "X-averaged battery concentration overpotential [V]",
    "X-averaged battery electrolyte ohmic losses [V]",
    "X-averaged battery solid phase ohmic losses [V]",
)
ENDS = {"lowest_frequency_hertz": 1e-4, "highest_frequency_hertz": 1e3, "points_per_decade": 1}


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


def charge(discharge: Discharge | Cycling) -> float:
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


def test_a_protocol_gives_what_the_discharge_gives(cell: CellParameters) -> None:
    """In the cell's own geometry as on the mesh that all cells share; the parts of the voltage still add up to it."""
    found = cycle_cell(cell, protocol=("Discharge at 1C until 2.5 V",), particle_size_points=10)
    assert found.outcome is CyclingOutcome.COMPLETED
    assert charge(found) == pytest.approx(delivered(cell, 1.0, sizes=10), rel=1e-5)
    parts = dict(zip(found.variable_names, found.variables, strict=True))
    assert sum(parts[name] for name in PARTS) == pytest.approx(found.voltage_volt, abs=1e-6)
    assert not set(HEAT_NAMES) & set(parts)
    assert "10 sizes of positive particles" in found.method


def test_a_short_pulse_meets_the_sauter_radius(cell: CellParameters) -> None:
    """Ten seconds reach a skin only, of which the Sauter radius has as much: within 0.3 %."""
    powers = [
        -float((found.voltage_volt * found.current_ampere)[-1])
        for points in (0, 10)
        for found in [pulse_at_largest_power(cell, thermal="isothermal", particle_size_points=points)]
    ]
    assert powers[1] == pytest.approx(powers[0], rel=3e-3)
    assert powers[1] != powers[0]


def resistance(cell: CellParameters, radius: float, sizes: int = 0) -> float:
    """Real part of the impedance [ohm] at 3 microhertz; reactions in so large an area resist nothing."""
    changed = dataclasses.replace(
        cell, positive_particle_radius_metre=radius, positive_surface_area_ratio=1e3 * radius / SAUTER
    )
    ends = {"lowest_frequency_hertz": 3e-7, "highest_frequency_hertz": 3e-6, "points_per_decade": 1}
    return float(simulate_impedance(changed, particle_size_points=sizes, **ends).real_ohm[0])


def test_slow_impedance_holds_the_mean_square(cell: CellParameters) -> None:
    """Sizes side by side resist diffusion as the volume-weighted mean of R^2 does, of the law as it is cut."""
    spread = 0.4
    diffusion = SAUTER * np.exp(1.5 * spread**2)
    one, other = resistance(cell, SAUTER), resistance(cell, diffusion)
    whole = (diffusion / SAUTER) ** 2 * ndtr(3 - 3 * spread) / ndtr(3 - spread)
    expected = one + (other - one) * (whole - 1) / ((diffusion / SAUTER) ** 2 - 1)
    assert resistance(cell, SAUTER, sizes=10) - one == pytest.approx(expected - one, rel=5e-3)


def test_impedance_of_sizes_that_are_alike(cell: CellParameters) -> None:
    """A narrow law has the spectrum of its sphere, and says its variant; without a width it is refused."""
    narrow = dataclasses.replace(cell, positive_particle_radius_spread=0.02)
    one, many = (simulate_impedance(narrow, particle_size_points=points, **ENDS) for points in (0, 5))
    assert many.real_ohm == pytest.approx(one.real_ohm, rel=2e-3)
    assert many.imaginary_ohm == pytest.approx(one.imaginary_ohm, rel=2e-3)
    assert "5 sizes of positive particles" in many.method
    with pytest.raises(MissingFieldError, match="positive_particle_radius_spread"):
        simulate_impedance(reference_cell(parameter_set="Chen2020"), particle_size_points=5, **ENDS)


def test_heat_of_sizes_is_refused(cell: CellParameters) -> None:
    """Where the cell shall be warmed by heat that is not balanced."""
    with pytest.raises(ContradictionError, match="particle_size_points = 5 with thermal = 'lumped'"):
        cycle_cell(cell, protocol=("Rest for 1 s",), particle_size_points=5, thermal="lumped")
    with pytest.raises(ContradictionError, match="Leave out one of the two"):
        pulse_at_largest_power(cell, particle_size_points=5)
