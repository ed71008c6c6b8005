"""The mean of several volume elements."""

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
def element(example: Callable[..., Transport]) -> Make:
    """A transport of one volume element, with the fields given replaced."""
    return lambda **changes: example("transport", **{"volume_element_count": 1, **changes})


def test_one_volume_element_is_its_own_mean_without_an_error(element: Make) -> None:
    """A single volume element comes back as it was; its standard errors are unknown."""
    one = element()
    mean = average_transport((one,))
    assert mean.to_arrow().equals(one.to_arrow())
    assert mean.specific_surface_area_per_metre_standard_error is None


def test_means_and_standard_errors(element: Make) -> None:
    """Area and conductivity: arithmetic mean, and the sample deviation over the root of the count."""
    elements = tuple(
        element(specific_surface_area_per_metre=a, solid_effective_conductivity_siemens_per_metre=s)
        for a, s in ((1e5, 1.0), (2e5, 2.0), (6e5, 6.0))
    )
    mean = average_transport(elements)
    assert mean.volume_element_count == 3
    assert mean.specific_surface_area_per_metre == pytest.approx(3e5)
    assert mean.solid_effective_conductivity_siemens_per_metre == pytest.approx(3)
    assert mean.specific_surface_area_per_metre_standard_error == pytest.approx(math.sqrt(7 / 3) * 1e5)


def test_the_tortuosity_factor_is_that_of_volume_elements_in_parallel(element: Make) -> None:
    """Pore fraction over tau of the mean is the mean of pore fraction over tau."""
    elements = (
        element(pore_fraction=0.4, pore_tortuosity_factor=2.0),
        element(pore_fraction=0.5, pore_tortuosity_factor=5.0),
    )
    mean = average_transport(elements)
    assert mean.pore_fraction / mean.pore_tortuosity_factor == pytest.approx((0.2 + 0.1) / 2)
    assert mean.pore_tortuosity_factor_standard_error is not None
    same = average_transport((elements[0], elements[0]))
    assert same.pore_tortuosity_factor == pytest.approx(2)
    assert same.pore_tortuosity_factor_standard_error == pytest.approx(0, abs=1e-12)


def test_a_volume_element_that_does_not_percolate_conducts_nothing(element: Make) -> None:
    """One blocked volume element of two halves the mean effective diffusivity; the mean still percolates."""
    blocked = element(
        pore_tortuosity_factor=math.inf,
        pore_outcome=TransportOutcome.NOT_PERCOLATING,
        solid_effective_conductivity_siemens_per_metre=0.0,
        solid_outcome=TransportOutcome.NOT_PERCOLATING,
    )
    mean = average_transport((element(), blocked))
    assert mean.pore_tortuosity_factor == pytest.approx(2 * element().pore_tortuosity_factor)
    assert mean.solid_effective_conductivity_siemens_per_metre == pytest.approx(1.0)
    assert mean.percolates()
    none = average_transport((blocked, blocked))
    assert none.pore_tortuosity_factor == math.inf
    assert none.pore_tortuosity_factor_standard_error is None
    assert none.pore_outcome is none.solid_outcome is TransportOutcome.NOT_PERCOLATING


def test_a_step_limit_stays_visible(element: Make) -> None:
    """One unconverged volume element makes the mean unconverged."""
    mean = average_transport((element(), element(pore_outcome=TransportOutcome.MAX_STEPS)))
    assert mean.pore_outcome is TransportOutcome.MAX_STEPS
    assert mean.solid_outcome is TransportOutcome.CONVERGED


def test_the_order_of_the_volume_elements_does_not_matter(element: Make) -> None:
    """Every order of the volume elements gives the same bits."""
    elements = [
        element(specific_surface_area_per_metre=a, pore_tortuosity_factor=t) for a, t in ((0.1, 3), (1e5, 7), (3, 2))
    ]
    first, *others = (average_transport(order).to_arrow() for order in permutations(elements))
    assert all(first.equals(other) for other in others)


@pytest.mark.parametrize(
    "changes", [{"voxel_size_metre": 1e-7}, {"edge_voxels": 32}, {"method": "other"}, {"volume_element_count": 2}]
)
def test_unlike_transports_are_refused(element: Make, changes: dict[str, object]) -> None:
    """Another resolution, size or method, or a mean already taken, cannot be averaged; the message names it."""
    with pytest.raises(MixedTransportsError, match=r"voxel_size|edge_voxels|method|mean of 2"):
        average_transport((element(), element(**changes)))


def test_nothing_has_no_mean() -> None:
    """An empty list is refused."""
    with pytest.raises(MixedTransportsError, match="at least one"):
        average_transport(())
