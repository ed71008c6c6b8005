"""Radii of particles that were measured instead of drawn."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ragone.pipelines.characterise import homogenise, measure_geometry, take_particle_radii
from ragone.pipelines.characterise.errors import VolumeError
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Geometry, Microstructure, Recipe, Transport
from ragone.schemas.materials import NMC_811


@pytest.fixture(scope="module")
def packing() -> Microstructure:
    """Dilute spheres of nearly one size, with a radius of six voxels."""
    recipe = Recipe(
        active_material_weight_fraction=0.98,
        porosity=0.7,
        median_particle_radius_metre=6e-7,
        particle_radius_spread=0.05,
    )
    return pack_particles(recipe, NMC_811, edge_voxels=96, voxel_size_metre=1e-7, seed=2)


@pytest.fixture(scope="module")
def measured(packing: Microstructure) -> tuple[Transport, Geometry]:
    """Its metrics, as those of an image of which nothing is known, and its geometry."""
    image = dataclasses.replace(packing, particle_diffusion_radius_metre=None, particle_sauter_radius_metre=None)
    return homogenise(image, NMC_811), measure_geometry(image)


def test_they_are_those_that_were_drawn(packing: Microstructure, measured: tuple[Transport, Geometry]) -> None:
    """Within a few percent where particles are resolved and few touch; all else stays."""
    transport, geometry = measured
    found = take_particle_radii(transport, geometry)
    assert found.particle_sauter_radius_metre == pytest.approx(packing.particle_sauter_radius_metre, rel=0.03)
    assert found.particle_diffusion_radius_metre == pytest.approx(packing.particle_diffusion_radius_metre, rel=0.03)
    changed = {name for name in found.fields() if getattr(found, name) != getattr(transport, name)}
    assert changed == {"particle_sauter_radius_metre", "particle_diffusion_radius_metre", "method"}
    assert "watershed" in found.method


def test_two_volumes_are_refused(measured: tuple[Transport, Geometry]) -> None:
    """A geometry of another volume has other fractions."""
    transport, geometry = measured
    with pytest.raises(VolumeError, match="two volumes"):
        take_particle_radii(dataclasses.replace(transport, pore_fraction=0.5), geometry)


def test_where_no_particle_is_whole_there_is_no_radius(measured: tuple[Transport, Geometry]) -> None:
    """It is refused, with what to do."""
    transport, geometry = measured
    nothing = dict.fromkeys(("particle_diameter_metre", "particle_weight", "particle_sphericity"), np.empty(0))
    with pytest.raises(VolumeError, match="no particle"):
        take_particle_radii(transport, dataclasses.replace(geometry, **nothing))
