"""A population of cells through a lake: each a cell of its own, found again, and a row of the lives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragone.dataset import Lake
from ragone.flows.ageing.population import PopulationPlan, age_population, stopping_at_the_end
from ragone.flows.errors import CyclingError
from ragone.flows.survival.analysis import analyse_lives_of_lake
from ragone.flows.survival.fades import find_fades
from ragone.pipelines.cell import reference_cell
from ragone.schemas import CycleLife, Priors, Survival
from ragone.schemas.priors import Holder, Prior, Source

CHEAP = {"model": "SPM", "coating_points": 4, "particle_points": 8, "sei_on_cracks": False, "cracking": False,
         "loss_of_active_material": False}  # fmt: skip
PLAN = PopulationPlan(cells=2, cycles=4, segment=2, ageing=CHEAP, life={"capacity_share": 0.9997})
COUNT = "SELECT count(*) AS n FROM runs"


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake of this module."""
    with Lake.open(tmp_path_factory.mktemp("population") / "lake", create=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def design(lake):
    """The cell as it is designed."""
    return lake.run(reference_cell, parameter_set="Chen2020").id


def test_each_cell_is_one_of_its_own(lake, design):
    """Names, fades and lives differ; asked again nothing is computed; a third cell leaves the first two as they are."""
    found = age_population(lake, design, PLAN)
    assert len({one.cell_id for one in found.cells}) == len({one.fade_id for one in found.cells}) == 2
    runs = lake.sql(COUNT)["n"].item()
    assert age_population(lake, design, PLAN) == found
    assert lake.sql(COUNT)["n"].item() == runs
    more = age_population(lake, design, replace(PLAN, cells=3))
    assert more.cells[:2] == found.cells
    assert lake.get(more.survival_id, Survival).subject_count == 3
    rows = lake.sql("SELECT cell_name, positive_porosity FROM lives ORDER BY cell_name").to_dicts()
    assert [row["cell_name"] for row in rows] == [one.name for one in more.cells]
    assert len({row["positive_porosity"] for row in rows}) == 3
    assert analyse_lives_of_lake(lake, by="parameter_set of cell_parameters").subject_count == 3
    assert len(set(find_fades(lake, [one.fade_id for one in more.cells], by="name").designs)) == 1


def test_a_cell_that_cannot_be_drawn_is_said(lake, design):
    """The others are aged; the failure has its words; without any life nothing is analysed."""
    wide = Priors.of([Prior(Holder.CELL, "positive_porosity", Source.CELL, 50.0, "test")])
    found = age_population(lake, design, replace(PLAN, cells=1, cycles=1, stated=wide))
    assert "positive_porosity" in found.cells[0].error
    assert not found.survival_id


def test_cells_that_outlive_their_cycles_are_censored(tmp_path):
    """A life that was not seen to end is a bound; no cells are refused."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        design = lake.run(reference_cell, parameter_set="Chen2020").id
        found = age_population(lake, design, replace(PLAN, cells=1, cycles=2, life={"capacity_share": 0.5}))
        life = lake.get(found.cells[0].life_id, CycleLife)
        assert (life.lower, life.upper) == (2, None)
        with pytest.raises(CyclingError, match="above 0"):
            age_population(lake, design, replace(PLAN, cells=0))


def test_cells_are_cycled_to_their_end_of_life_and_not_beyond():
    """Where the capacity over the first one decides alone; own words about the stop are kept."""
    assert stopping_at_the_end({}, {})["until_capacity_share"] == 0.8
    assert stopping_at_the_end({}, {"capacity_share": 0.9}) == {"until_capacity_share": 0.9}
    assert stopping_at_the_end({"until_capacity_share": 0.0}, {}) == {"until_capacity_share": 0.0}
    for ageing, life in (({}, {"resistance_ratio": 2.0}), ({}, {"reference": "nominal"}), ({"jump_error": 1e-3}, {}),
                         ({}, {"capacity_share": None, "plated_share": 0.1})):  # fmt: skip
        assert stopping_at_the_end(ageing, life) == ageing
