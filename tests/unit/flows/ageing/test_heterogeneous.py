"""Regions of a cell through a lake: volume elements behind its electrode, or draws."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragone.dataset import Lake
from ragone.flows.ageing.heterogeneous import age_heterogeneous, regions_of
from ragone.flows.errors import CyclingError
from ragone.pipelines.cell import assemble_cell
from ragone.pipelines.characterise import average_transport
from ragone.schemas import CapacityFade, CellParameters, Priors
from ragone.schemas.materials import NMC_811
from ragone.schemas.priors import Holder, Prior, Source
from tests.built_cells import conductivities, design


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake of this module."""
    with Lake.open(tmp_path_factory.mktemp("regions") / "lake", create=True) as opened:
        yield opened


def test_regions_are_the_volume_elements_of_the_electrode(lake, example):
    """As many as were measured, aged at one voltage; more are refused, but for stated tolerances."""
    single = replace(example("transport", **conductivities(NMC_811)), volume_element_count=1)
    taus = (1.9, 2.3)
    elements = [lake.put(replace(single, pore_tortuosity_factor=tau)) for tau in taus]
    mean = lake.run(average_transport, transports=elements).id
    cell = lake.run(assemble_cell, transport=mean, materials=lake.put(NMC_811), design=lake.put(design())).id
    regions = regions_of(lake, cell, 2)
    found = sorted(lake.get(one, CellParameters).positive_pore_tortuosity_factor for one in regions)
    assert found == pytest.approx(taus)
    cheap = {"cycles": 1, "model": "SPM", "coating_points": 4, "particle_points": 8}
    fade = lake.get(age_heterogeneous(lake, regions, cheap), CapacityFade)
    assert "2 parallel regions" in fade.method
    with pytest.raises(CyclingError, match="jump_error"):
        age_heterogeneous(lake, regions, {**cheap, "jump_error": 1e-3})
    for count, said in ((3, "'positive': 2"), (1, "two or more")):
        with pytest.raises(CyclingError, match=said):
            regions_of(lake, cell, count)
    loading = Priors.of([Prior(Holder.CELL, "positive_mass_loading", Source.CELL, 1.05, "test")])
    drawn = [lake.get(one, CellParameters) for one in regions_of(lake, cell, 3, stated=loading)]
    assert len({one.positive_thickness_metre for one in drawn}) == 3
