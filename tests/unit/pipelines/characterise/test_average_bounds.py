"""Certified bounds of the mean of several volume elements: those of each, averaged as their values are."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from ragone.pipelines.characterise import average_transport
from ragone.schemas import Transport, TransportOutcome

Make = Callable[..., Transport]

TAU = "pore_tortuosity_factor"
SIGMA = "solid_effective_conductivity_siemens_per_metre"


@pytest.fixture
def element(example: Callable[..., Transport]) -> Make:
    """A transport of one volume element with value and bounds: of the tortuosity factor, and of the conductivity."""

    def build(tau: tuple[float, float, float], sigma: tuple[float, float, float], share: float = 0.4) -> Transport:
        bounds = {
            f"{name}{end}": value
            for name, values in ((TAU, tau), (SIGMA, sigma))
            for end, value in zip(("_lower", "", "_upper"), values, strict=True)
        }
        return example("transport", volume_element_count=1, pore_fraction=share, **bounds)

    return build


def test_bounds_of_the_mean_are_those_of_volume_elements_in_parallel(element: Make) -> None:
    """Conductivities arithmetically; tortuosity factors through the mean diffusivity, lower ones from lower ones."""
    mean = average_transport((element((1.9, 2, 2.1), (1, 2, 3)), element((4, 5, 8), (3, 4, 5), share=0.5)))
    assert mean.solid_effective_conductivity_siemens_per_metre_lower == pytest.approx(2)
    assert mean.solid_effective_conductivity_siemens_per_metre_upper == pytest.approx(4)
    assert mean.pore_tortuosity_factor_lower == pytest.approx(0.45 / ((0.4 / 1.9 + 0.5 / 4) / 2))
    assert mean.pore_tortuosity_factor_upper == pytest.approx(0.45 / ((0.4 / 2.1 + 0.5 / 8) / 2))
    for name in (TAU, SIGMA):
        assert getattr(mean, f"{name}_lower") < getattr(mean, name) < getattr(mean, f"{name}_upper")


def test_bounds_of_one_volume_element_stay(element: Make) -> None:
    """A single volume element comes back as it was."""
    one = element((1.9, 2, 2.1), (1, 2, 3))
    mean = average_transport((one,))
    for name in (TAU, SIGMA):
        for end in ("_lower", "_upper"):
            assert getattr(mean, name + end) == pytest.approx(getattr(one, name + end), rel=1e-15)


@pytest.mark.parametrize("name", [TAU, SIGMA])
@pytest.mark.parametrize("end", ["_lower", "_upper"])
def test_where_one_volume_element_has_no_bound_the_mean_has_none(
    element: Make, example: Make, name: str, end: str
) -> None:
    """That bound is null and the three others stay; without any bound all four are null."""
    whole = element((1.9, 2, 2.1), (1, 2, 3))
    values = {field: getattr(whole, field) for field in Transport.fields()} | {name + end: None}
    mean = average_transport((whole, Transport.build(values)))
    unknown = [n + e for n in (TAU, SIGMA) for e in ("_lower", "_upper") if getattr(mean, n + e) is None]
    assert unknown == [name + end]
    without = example("transport", volume_element_count=1)
    assert average_transport((without, without)).pore_tortuosity_factor_lower is None


def test_a_volume_element_that_does_not_percolate_is_certain_to_carry_nothing(element: Make) -> None:
    """It counts with zero in both bounds; infinite bounds are kept if no volume element percolates."""
    open_element, blocked = element((1.9, 2, 2.1), (1, 2, 3)), element((math.inf,) * 3, (0, 0, 0))
    mean = average_transport((open_element, blocked))
    assert mean.pore_tortuosity_factor_lower == pytest.approx(3.8)
    assert mean.pore_tortuosity_factor_upper == pytest.approx(4.2)
    assert mean.solid_effective_conductivity_siemens_per_metre_upper == pytest.approx(1.5)
    none = average_transport((blocked, blocked))
    assert (none.pore_tortuosity_factor_lower, none.pore_tortuosity_factor_upper) == (math.inf, math.inf)


def test_an_infinite_upper_bound_of_one_volume_element_leaves_that_of_the_mean_finite(element: Make) -> None:
    """A solve that was stopped early may know nothing better than infinity; the other volume elements do conduct."""
    stopped = element((1.5, 2, math.inf), (0, 2, 3))
    mean = average_transport((stopped, element((1.9, 2, 2.1), (1, 2, 3))))
    assert mean.pore_tortuosity_factor_upper == pytest.approx(4.2)
    assert mean.pore_outcome is TransportOutcome.CONVERGED
