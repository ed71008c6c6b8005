"""`ragone run`, `demo` and `doctor`: a whole study through the real entry point."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragone.dataset import Lake
from ragone.flows import CampaignError, Study
from tests.html_pages import StrictPage


def test_run_and_run_again(cli, write_study):
    """A study ends with its best design, number and id; run again, nothing is computed twice."""
    answer = cli("run", write_study(), "--outputs", "outputs", "--json")
    assert answer.code == 0
    best = answer.data["best"]
    assert best["unit"] == "W.h/L"
    assert best["value"] > 0
    assert 0.30 <= best["candidate"]["recipe.porosity"] <= 0.45
    runs = ("query", "--json", "SELECT count(*) AS n FROM runs")
    before = cli(*runs).data
    again = cli("run", write_study())
    assert again.code == 0
    assert best["kpi_id"] in again.out
    assert "best       energy_density = " in again.out
    assert "[kg/m^2]" in again.out
    assert "Try next: ragone reproduce" in again.err
    assert cli(*runs).data == before


def test_a_moment_after_which_no_batch_is_begun(cli, write_study):
    """The first batch is evaluated, the record says why there is no second, and without the moment it goes on."""
    path = write_study("total: 2", "total: 3")
    ended = cli("run", path, "--until", "2000-01-01T00:00+00:00", "--json").data
    assert ended["trials"] == {"measured": 2}
    assert "no batch was begun after 2000-01-01" in ended["ending"]
    went_on = cli("run", path, "--json").data
    assert went_on["trials"] == {"measured": 3}
    assert "ending" not in went_on
    assert "is no moment" in cli("run", path, "--until", "tomorrow").err


def test_a_campaign_ends_when_little_is_to_be_gained(cli, write_study):
    """Two batches in turn that promise less than is asked for are not evaluated any more; the record says so."""
    answer = cli("run", write_study("total: 2", "total: 6, stop_below: 100 %"), "--json")
    assert answer.data["trials"] == {"measured": 3}
    assert "two batches in turn promised a gain of" in answer.data["ending"]
    with Lake.open("lake") as lake:
        campaign = lake.get(answer.data["campaign_id"])
    assert campaign.definition["budget"]["stop_below"] == 1.0


def test_a_study_without_a_feasible_design(cli, write_study):
    """Designs that cannot deliver the power are stored outcomes; the exit code says that there is no best."""
    answer = cli("run", write_study("power: 20 W", "power: 1 MW"), "--json")
    assert answer.code == 1
    assert answer.data["best"] is None
    assert answer.data["trials"] == {"infeasible": 2}


def test_a_campaign_that_cannot_go_on(cli, write_study, monkeypatch):
    """The reason is told in one line, with exit code 1."""

    def fails(*_: object, **__: object) -> None:
        raise CampaignError("no further design can be suggested.")

    monkeypatch.setattr("ragone.app.tables.campaigns.run_campaign", fails)
    answer = cli("run", write_study())
    assert answer.code == 1
    assert "ragone: no further design can be suggested." in answer.err


def test_ctrl_c_in_a_study(cli, write_study, monkeypatch):
    """Stopped, it says that what is finished is kept, and the command to go on."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ragone.app.tables.campaigns.run_campaign", stopped)
    monkeypatch.setattr("sys.argv", ["ragone", "run", "params.yaml"])
    answer = cli("run", write_study())
    assert answer.code == 130
    assert "kept in lake" in answer.err
    assert "ragone run params.yaml" in answer.err


FORMER = """\
study:
  name: old
  seed: 1
  space:
    active_material_weight_fraction: 0.94
    porosity: {low: 0.3, high: 0.45}
    binder_adhesion: 0.5
    mass_loading: 15 mg/cm^2
  objective: {kpi: energy_density, power: 20 W}
  budget: {initial: 2, total: 2}
  resolution: {edge_voxels: 16, voxel_size: 1.6 um, cubes: 1}
"""


def test_a_former_study_is_refused_and_rewritten(cli, tmp_path):
    """The lines to change, exit code 2 and no lake; the verb writes a file that is read, and refuses to do so twice."""
    (tmp_path / "old.yaml").write_text(FORMER)
    refused = cli("run", "old.yaml")
    assert refused.code == 2
    assert "space.porosity is recipe.porosity now" in refused.err
    assert "`ragone migrate-study old.yaml` rewrites it" in refused.err
    assert [path.name for path in tmp_path.iterdir()] == ["old.yaml"]
    shown = cli("migrate-study", "old.yaml")
    assert (shown.code, "recipe.porosity" in shown.out) == (0, True)
    assert cli("migrate-study", "old.yaml", "--output", "new.yaml").code == 0
    assert Study.load(tmp_path / "new.yaml").chain.step("discharge").parameters == {"power_watt": 20.0}
    again = cli("migrate-study", "new.yaml")
    assert (again.code, "is no study of an earlier form" in again.err) == (2, True)
    assert (tmp_path / "old.yaml").read_text() == FORMER


def test_demo(cli, write_study, tmp_path):
    """The demo runs, queries, reproduces and trains, says nothing of a changed environment after workers of its own,
    and leaves a page with pictures that names only what the lake holds; it ends with where to look and what to type.
    """
    study = write_study("budget:", "executor: {kind: processes, workers: 1}\n  budget:")
    Path(study).rename(tmp_path / "params.yaml")
    answer = cli("demo", "--outputs", "shown")
    assert answer.code == 0
    titles = [
        "1. Run a campaign",
        "2. Query its history in one line",
        "3. Reproduce its best number from the id",
        "4. Train a surrogate on its history",
    ]
    assert [line for line in answer.out.splitlines() if line[:2] in ("1.", "2.", "3.", "4.")] == titles
    assert "$ ragone retrain --lake shown/lake --target energy_density" in answer.out
    assert "are too few" in answer.out
    assert '$ ragone query --lake shown/lake "SELECT id, value, standard_uncertainty, unit' in answer.out
    assert answer.out.count("\nbitwise equal: ") + answer.out.count("\nwithin tolerance: ") == 2
    assert "environment changed" not in answer.out
    assert "Look at shown/report.html" in answer.err
    assert "ragone lineage kpi-" in answer.err
    assert "a copy of params.yaml" in answer.err
    content = (tmp_path / "shown" / "report.html").read_text(encoding="utf-8")
    page = StrictPage(content)
    assert [picture[:4] for picture, _ in page.pictures] == [b"\x89PNG"] * 6
    assert [alt.split()[0] for _, alt in page.pictures] == ["Scatter", "Best", "Parallel", "Slices", "Slice", "Voltage"]
    for word in (
        "tiny",
        "maximise the energy density",
        "discharge: power 20 W",
        "30 % to 45 %",
        "W.h/L (n = 1)",
        "pack_",
    ):
        assert word in page.text
    with Lake.open(tmp_path / "shown" / "lake") as lake:
        kinds = {lake.resolve(one).partition("-")[0] for one in page.ids}
        campaign = lake.sql("SELECT id FROM campaigns").item()
    assert {"recipe", "microstructure", "transport", "cell_parameters", "discharge", "kpi", "campaign"} <= kinds
    assert cli("report", campaign, "--lake", "shown/lake", "--html", "again.html").code == 0
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == content


def test_doctor(cli):
    """A sound installation passes, with a self-test that is reproduced, and leaves nothing behind."""
    data = cli("doctor", "--json").data
    assert data["telemetry"] == {"ok": True, "found": "off"}
    assert data["self-test"]["ok"], data
    assert "numpy" in data["versions"]["found"]


@pytest.mark.parametrize("missing", ["numpy", "torch"])
def test_doctor_names_what_is_missing(cli, monkeypatch, missing):
    """A package that is not installed is named, and the exit code says so."""
    monkeypatch.setattr("ragone.app.commands.doctor.PACKAGES", (missing, "no-such-package"))
    monkeypatch.setattr("ragone.app.commands.doctor._self_test", lambda: (True, "left out"))
    answer = cli("doctor")
    assert answer.code == 1
    assert "not installed: no-such-package" in answer.out
    assert missing in answer.out
