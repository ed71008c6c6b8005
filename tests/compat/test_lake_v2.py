"""A lake written before a recipe, its materials and the cell's design were records: all of it is still computed.

It holds a study of three designs, a protocol, thermal KPIs, and one run at least of every stage whose arguments have
changed since, with parameters other than the defaults. It was written once and is never written again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ragone.dataset import Lake
from ragone.dataset.errors import DroppedError
from ragone.schemas import Campaign, CellParameters, Design, Discharge, Microstructure, Verdict

HERE = Path(__file__).parent

ENDS = (
    "discharge_at_constant_current",
    "conclude",
    "simulate_impedance",
    "published_4680",
    "characterise.homogenise_along_all_axes",
)
FORMER = {
    "manufacture.pack_particles",
    "characterise.homogenise",
    "characterise.homogenise_along_all_axes",
    "characterise.characterise_with_taufactor",
    "ideal_transport",
    "assemble_cell",
    "assemble_half_cell",
    "extract_kpis",
    "suggest_by_sobol",
    "suggest_by_expected_improvement",
    "conclude",
}  # stages whose arguments were others


@pytest.fixture(scope="module")
def old_lake(tmp_path_factory):
    """A copy of the lake, opened; its tables are made on the way."""
    folder = tmp_path_factory.mktemp("old") / "lake"
    shutil.copytree(HERE / "lake-v2", folder)
    with Lake.open(folder) as lake:
        yield lake


def made(lake):
    """The stage that made each artifact that was computed, by the artifact's id."""
    rows = "SELECT a.id, r.stage FROM artifacts a JOIN runs r ON a.run_id = r.id WHERE r.entry_point <> '' "
    return dict(lake.sql(rows + "AND a.kind NOT IN ('code', 'environment') ORDER BY a.id").rows())


def made_by(lake, stage):
    """Ids of what a stage made, in order."""
    return [name for name, maker in made(lake).items() if maker == stage]


def chain(lake, stage):
    """The last thing that a stage made, and the stages on the way to it."""
    makers, name = made(lake), made_by(lake, stage)[-1]
    return name, {makers.get(each, "") for each in (name, *lake.lineage(name).ancestors)}


def test_it_is_sound(old_lake):
    """Every object hashes to its name, every run names what is there, the tables are complete."""
    assert old_lake.fsck().problems == ()


def test_what_was_varied_is_said_by_the_method(old_lake):
    """The word that cells and discharges carried is found where the present version says it, and goes back."""
    for kind, stage in ((CellParameters, "assemble_half_cell"), (Discharge, "discharge_at_constant_power")):
        methods = []
        for name in made_by(old_lake, stage):
            record = old_lake.get(name, kind)
            older = record.to_arrow(2).column("varied").to_pylist()[0]
            methods.append(record.method)
            assert record.method.endswith(f"; {older} raised by one standard error" if older else "")
            assert ("raised by" in record.method) is bool(older)
        assert any("pore_tortuosity_factor raised" in method for method in methods)
        assert not all("raised" in method for method in methods)


@pytest.mark.parametrize("stage", ENDS)
def test_chains_are_computed_again(old_lake, stage):
    """From the roots on, in one fresh process, to the same bits under the same ids."""
    name, _ = chain(old_lake, stage)
    verification = old_lake.reproduce(name, deep=True)
    assert verification.verdict is Verdict.BITWISE, verification


def test_the_chains_hold_every_stage_that_has_a_former_form(old_lake):
    """None of them is only computed again in the slow test."""
    assert set().union(*(chain(old_lake, stage)[1] for stage in ENDS)) >= FORMER


def test_dropped_cubes_come_back(old_lake):
    """Under their ids, though packings are made from other records now."""
    dropped = [name for name in made_by(old_lake, "manufacture.pack_particles") if not old_lake.holds(name)]
    assert dropped
    with pytest.raises(DroppedError):
        old_lake.get(dropped[0])
    assert old_lake.reproduce(dropped[0]).verdict is Verdict.BITWISE
    assert old_lake.get(dropped[0], Microstructure).labels.any()


@pytest.mark.slow
def test_everything_is_computed_again(old_lake):
    """Each artifact, from its own inputs, to the same bits."""
    for name, stage in made(old_lake).items():
        assert old_lake.reproduce(name).verdict is Verdict.BITWISE, (stage, name)


def test_its_designs_are_evaluations(old_lake):
    """A row for each trial, with the fields of the design and one operating point: what was varied is none."""
    frame = old_lake.evaluations().collect()
    rows = {row["trial"]: row for row in frame.to_dicts()}
    campaign = old_lake.get(frame["campaign_id"][0], Campaign)
    assert sorted(rows) == [1, 2, 3]
    for trial, (design_id, kpi_id) in enumerate(zip(campaign.candidate_ids, campaign.kpi_ids, strict=True)):
        design, row = old_lake.get(design_id, Design), rows[trial + 1]
        assert (row["design_id"], row["energy_density_id"]) == (design_id, kpi_id)
        assert [row["energy_density"]] == campaign.values[trial]
        assert (row["porosity"], row["power_watt"]) == (design.porosity, 60.0)
    assert not [name for name in frame.columns if name.startswith("power_watt of")]
