"""Pores by Bruggeman's relation instead of by measurement."""

from __future__ import annotations

import pytest

from ragone.pipelines.characterise import average_transport, average_with_bruggeman
from ragone.schemas.errors import BoundsError


@pytest.fixture
def elements(example):
    """Two volume elements of one material."""
    return tuple(
        example("transport", volume_element_count=1, pore_fraction=porosity, pore_tortuosity_factor=tau)
        for porosity, tau in ((0.35, 2.4), (0.37, 2.2))
    )


def test_tau_follows_from_the_mean_porosity(elements):
    """Half a power of the porosity, without error or bounds; the method says so."""
    found = average_with_bruggeman(elements)
    assert found.pore_tortuosity_factor == pytest.approx(0.36**-0.5)
    assert found.pore_tortuosity_factor_standard_error is None
    assert found.pore_tortuosity_factor_lower is found.pore_tortuosity_factor_upper is None
    assert "Bruggeman" in found.method


def test_all_else_is_measured(elements):
    """Area, fractions and the solids' conductivity are those of the mean."""
    found, mean = average_with_bruggeman(elements), average_transport(elements)
    for name in mean.fields():
        if not name.startswith("pore_tortuosity") and name not in ("method", "pore_outcome"):
            assert getattr(found, name) == getattr(mean, name), name


def test_another_exponent(elements):
    """D_eff / D = porosity^exponent."""
    found = average_with_bruggeman(elements, exponent=2.0)
    assert found.pore_fraction / found.pore_tortuosity_factor == pytest.approx(0.36**2)


def test_an_exponent_below_one_is_refused(elements):
    """It would make tau fall below one."""
    with pytest.raises(BoundsError, match=r"exponent = 0\.5"):
        average_with_bruggeman(elements, exponent=0.5)
