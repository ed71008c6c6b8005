"""The packed electrode as a whole: exact fractions, repeatability, and the trends it must show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragone.pipelines.characterise import characterise_with_taufactor, homogenise_extrapolated
from ragone.pipelines.manufacture import pack_particles
from ragone.pipelines.manufacture.composition import voxel_counts
from ragone.schemas import Microstructure, Recipe
from ragone.schemas.errors import BoundsError
from ragone.schemas.materials import NMC_811
from ragone.schemas.protocols import Manufacture


def recipe(porosity: float = 0.4, weight: float = 0.95, adhesion: float = 0.5) -> Recipe:
    """A recipe of spheres of NMC 811."""
    return Recipe(
        active_material_weight_fraction=weight,
        porosity=porosity,
        binder_adhesion=adhesion,
    )


def packed(of: Recipe, edge: int = 32, seed: int = 1, **parameters: Any) -> Microstructure:
    """A cube of the recipe with voxels of 0.5 um."""
    return pack_particles(of, NMC_811, edge_voxels=edge, voxel_size_metre=0.5e-6, seed=seed, **parameters)


def test_the_stage_is_a_manufacture() -> None:
    """The stage can stand wherever the Protocol is asked for."""
    engine: Manufacture = pack_particles
    assert engine(recipe(), NMC_811, edge_voxels=8, voxel_size_metre=4e-7, seed=0).labels.shape == (8, 8, 8)


@settings(max_examples=25, deadline=None)
@given(
    porosity=st.floats(0.21, 0.8),
    weight=st.floats(0.6, 1.0),
    adhesion=st.floats(0, 1),
    edge=st.integers(8, 24),
    seed=st.integers(0, 2**32),
)
def test_fractions_are_exact_for_any_recipe(
    porosity: float, weight: float, adhesion: float, edge: int, seed: int
) -> None:
    """Each phase has the voxels that weight fraction, porosity and densities give it, to one voxel."""
    given = recipe(porosity, weight, adhesion)
    expected = voxel_counts(given, NMC_811, edge**3)
    found = np.bincount(packed(given, edge, seed).labels.reshape(-1), minlength=3)
    assert found.tolist() == [expected.pore, expected.active_material, expected.carbon_binder]
    assert abs(found[0] - porosity * edge**3) <= 0.5


def test_equal_seeds_give_equal_voxels_and_others_do_not() -> None:
    """The seed is the only source of chance; the mass loading has no part in it."""
    first, again, other = packed(recipe()), packed(recipe()), packed(recipe(), seed=2)
    assert first.to_arrow().equals(again.to_arrow())
    assert (first.labels != other.labels).mean() > 0.2
    assert first.phase_map() == {"pore": 0, "active_material": 1, "carbon_binder": 2}


def test_opposite_faces_fit_together() -> None:
    """The cube is periodic: across its faces labels change no more often than between layers inside."""
    labels = packed(recipe(), edge=48).labels
    for axis in range(3):
        inside = (np.diff(labels.astype(int), axis=axis) != 0).mean()
        across = (np.take(labels, 0, axis) != np.take(labels, -1, axis)).mean()
        assert across == pytest.approx(inside, rel=0.5)
        elsewhere = (np.take(labels, 0, axis) != np.take(labels, 24, axis)).mean()
        assert across < 0.6 * elsewhere


def test_tortuosity_falls_with_porosity() -> None:
    """More pore, straighter ways: above the bound of Hashin and Shtrikman.

    With eight voxels to a radius up to 45 % above the law of Bruggeman, in the limit of small ones within 20 %.
    """
    taus = []
    for porosity in (0.3, 0.4, 0.55, 0.7):
        volume = packed(recipe(porosity, weight=1.0), edge=40)
        found = characterise_with_taufactor(volume, NMC_811).pore_tortuosity_factor
        limit = homogenise_extrapolated(volume, NMC_811).pore_tortuosity_factor
        assert found > limit > (3 - porosity) / 2
        assert limit == pytest.approx(porosity**-0.5, rel=0.2)
        assert found == pytest.approx(porosity**-0.5, rel=0.5)
        taus.append(found)
    assert taus == sorted(taus, reverse=True)


def test_adhesion_covers_particles_and_connects_the_solid() -> None:
    """From aggregates to film the area between active material and pore falls, and the solid conducts better."""
    found = [characterise_with_taufactor(packed(recipe(adhesion=a), edge=40), NMC_811) for a in (0.0, 0.5, 1.0)]
    areas = [f.specific_surface_area_per_metre for f in found]
    assert areas[0] > 1.1 * areas[1]
    assert areas[1] > 1.1 * areas[2]
    conductivities = [f.solid_effective_conductivity_siemens_per_metre for f in found]
    assert conductivities[2] > 2 * conductivities[0]


def test_the_area_is_that_of_the_spheres() -> None:
    """Without binder the area is 3 (1 - eps) <r^2> / <r^3>, less what contacts hide."""
    found = characterise_with_taufactor(packed(recipe(0.6, weight=1.0), edge=48), NMC_811)
    spread, median = 0.2, 4.0e-6
    smooth = 3 * 0.4 / (median * np.exp(2.5 * spread**2))
    assert found.specific_surface_area_per_metre == pytest.approx(smooth, rel=0.15)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"edge": 7}, "edge_voxels = 7"),
        ({"of": replace(recipe(), median_particle_radius_metre=0.4e-6)}, "at least 1 is needed"),
    ],
)
def test_what_the_voxels_cannot_show_is_refused(parameters: dict[str, Any], said: str) -> None:
    """Parameters out of range are refused with their value."""
    with pytest.raises(BoundsError, match=said):
        packed(**{"of": recipe(), **parameters})


def test_a_box_too_small_says_so_in_its_source() -> None:
    """Radii lowered to fit the box are written into the record."""
    assert "median radius 4e-06 m" in packed(recipe(), edge=64).source
    assert "median radius 1.341e-06 m" in packed(recipe(), edge=16).source
