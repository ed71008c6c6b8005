"""The mean of several cubes."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations

import pytest

from ragone.pipelines.characterise import average_transport
from ragone.pipelines.characterise.errors import MixedTransportsError
from ragone.schemas import Transport, TransportOutcome

Make = Callable[..., Transport]


@pytest.fixture
def cube(example: Callable[..., Transport]) -> Make:
    """A transport of one cube, with the fields given replaced."""
    return lambda **changes: example("transport", **{"cube_count": 1, **changes})


def test_one_cube_is_its_own_mean_without_an_error(cube: Make) -> None:
    """A single cube comes back as it was; its standard errors are unknown."""
    one = cube()
    mean = average_transport((one,))
    assert mean.to_arrow().equals(one.to_arrow())
    assert mean.specific_surface_area_per_metre_standard_error is None


def test_means_and_standard_errors(cube: Make) -> None:
    """Area and conductivity: arithmetic mean, and the sample deviation over the root of the count."""
    cubes = tuple(
        cube(specific_surface_area_per_metre=a, solid_effective_conductivity_siemens_per_metre=s)
        for a, s in ((1e5, 1.0), (2e5, 2.0), (6e5, 6.0))
    )
    mean = average_transport(cubes)
    assert mean.cube_count == 3
    assert mean.specific_surface_area_per_metre == pytest.approx(3e5)
    assert mean.solid_effective_conductivity_siemens_per_metre == pytest.approx(3)
    assert mean.specific_surface_area_per_metre_standard_error == pytest.approx(math.sqrt(7 / 3) * 1e5)


def test_the_tortuosity_factor_is_that_of_cubes_in_parallel(cube: Make) -> None:
    """Pore fraction over tau of the mean is the mean of pore fraction over tau."""
    cubes = (cube(pore_fraction=0.4, pore_tortuosity_factor=2.0), cube(pore_fraction=0.5, pore_tortuosity_factor=5.0))
    mean = average_transport(cubes)
    assert mean.pore_fraction / mean.pore_tortuosity_factor == pytest.approx((0.2 + 0.1) / 2)
    assert mean.pore_tortuosity_factor_standard_error is not None
    same = average_transport((cubes[0], cubes[0]))
    assert same.pore_tortuosity_factor == pytest.approx(2)
    assert same.pore_tortuosity_factor_standard_error == pytest.approx(0, abs=1e-12)


def test_a_cube_that_does_not_percolate_conducts_nothing(cube: Make) -> None:
    """One blocked cube of two halves the mean effective diffusivity; the mean still percolates."""
    blocked = cube(
        pore_tortuosity_factor=math.inf,
        pore_outcome=TransportOutcome.NOT_PERCOLATING,
        solid_effective_conductivity_siemens_per_metre=0.0,
        solid_outcome=TransportOutcome.NOT_PERCOLATING,
    )
    mean = average_transport((cube(), blocked))
    assert mean.pore_tortuosity_factor == pytest.approx(2 * cube().pore_tortuosity_factor)
    assert mean.solid_effective_conductivity_siemens_per_metre == pytest.approx(1.0)
    assert mean.percolates()
    none = average_transport((blocked, blocked))
    assert none.pore_tortuosity_factor == math.inf
    assert none.pore_tortuosity_factor_standard_error is None
    assert none.pore_outcome is none.solid_outcome is TransportOutcome.NOT_PERCOLATING


def test_a_step_limit_stays_visible(cube: Make) -> None:
    """One unconverged cube makes the mean unconverged."""
    mean = average_transport((cube(), cube(pore_outcome=TransportOutcome.MAX_STEPS)))
    assert mean.pore_outcome is TransportOutcome.MAX_STEPS
    assert mean.solid_outcome is TransportOutcome.CONVERGED


def test_the_order_of_the_cubes_does_not_matter(cube: Make) -> None:
    """Every order of the cubes gives the same bits."""
    cubes = [cube(specific_surface_area_per_metre=a, pore_tortuosity_factor=t) for a, t in ((0.1, 3), (1e5, 7), (3, 2))]
    first, *others = (average_transport(order).to_arrow() for order in permutations(cubes))
    assert all(first.equals(other) for other in others)


@pytest.mark.parametrize(
    "changes", [{"voxel_size_metre": 1e-7}, {"edge_voxels": 32}, {"method": "other"}, {"cube_count": 2}]
)
def test_unlike_transports_are_refused(cube: Make, changes: dict[str, object]) -> None:
    """Another resolution, size or method, or a mean already taken, cannot be averaged; the message names it."""
    with pytest.raises(MixedTransportsError, match=r"voxel_size|edge_voxels|method|mean of 2"):
        average_transport((cube(), cube(**changes)))


def test_nothing_has_no_mean() -> None:
    """An empty list is refused."""
    with pytest.raises(MixedTransportsError, match="at least one"):
        average_transport(())
