"""What adhesion and calendering do to an electrode has the sign that physics gives it.

Srivastava et al. 2020, doi 10.1021/acsami.0c08251, control the area between active material and electrolyte and both
conductivities by how strongly the carbon-binder adheres. More adhesion spreads it over the particles: less of their
surface meets the electrolyte. Calendering narrows the pores and joins the solids: ions move worse, electrons better.
The signs that they find for the conductivities against adhesion are not asserted here: the paper's figures were not at
hand.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from ragone.pipelines.characterise import homogenise
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Recipe, Transport
from ragone.schemas.materials import NMC_811

SEEDS = range(6)


@cache
def measured(porosity: float, adhesion: float) -> tuple[Transport, ...]:
    """Transport of a few cubes of 48 voxels."""
    recipe = Recipe(
        active_material_weight_fraction=0.94,
        porosity=porosity,
        binder_adhesion=adhesion,
    )
    return tuple(
        homogenise(pack_particles(recipe, NMC_811, edge_voxels=48, voxel_size_metre=6e-7, seed=s), NMC_811)
        for s in SEEDS
    )


def change(metric: str, low: tuple[float, float], high: tuple[float, float]) -> tuple[float, float]:
    """Difference of the means, and its standard error."""
    a, b = (np.array([getattr(t, metric) for t in measured(*ends)]) for ends in (low, high))
    return float(b.mean() - a.mean()), float(np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(SEEDS)))


LOOSE, DENSE = (0.48, 0.5), (0.27, 0.5)
APART, COATED = (0.38, 0.0), (0.38, 1.0)


@pytest.mark.parametrize(
    ("metric", "low", "high", "sign"),
    [
        ("specific_surface_area_per_metre", APART, COATED, -1),
        ("pore_tortuosity_factor", LOOSE, DENSE, 1),
        ("solid_effective_conductivity_siemens_per_metre", LOOSE, DENSE, 1),
    ],
)
def test_the_sign_is_the_expected_one(metric, low, high, sign):
    """By more than three standard errors."""
    difference, error = change(metric, low, high)
    assert sign * difference > 3 * error, (difference, error)
