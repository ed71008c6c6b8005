"""`ragone import`: real volumes in, and every bad one refused before anything is stored."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

PHASES = "0=pore,85=active_material,170=carbon_binder"
WORDS = ("--voxel-size", "1 um", "--phases", PHASES, "--licence", "MIT", "--source", "a test")


@pytest.fixture
def volume() -> np.ndarray:
    """Layers that percolate through-plane: pore, active material, carbon-binder; shape (12, 12, 12)."""
    labels = np.zeros((12, 12, 12), np.uint8)
    labels[:, 4:10, :] = 85
    labels[:, 10:, :] = 170
    return labels


@pytest.fixture
def bring_in(cli, tmp_path):
    """Write a volume as TIFF and import it."""

    def run(labels, *words, name="volume.tif"):
        tifffile.imwrite(tmp_path / name, labels)
        return cli("import", name, *(words or WORDS))

    return run


def test_a_volume_runs_through_all_stages(bring_in, cli, volume):
    """The volume is stored with source, licence and file hash, and its KPIs are printed with unit and id."""
    data = bring_in(volume, *WORDS, "--json").data
    record = cli("show", "--json", data["microstructure_id"]).data["record"]
    assert (record["licence"], record["source"], record["voxel_edges_metre"]) == ("MIT", "a test", [1e-6] * 3)
    assert len(record["source_sha256"]) == 64
    transport = cli("show", "--json", data["transport_id"]).data["record"]
    assert transport["pore_fraction"] == pytest.approx(1 / 3)
    assert transport["pore_tortuosity_factor"] == pytest.approx(1.0, abs=1e-3)  # straight pores
    kpi = data["kpis"]["energy_density"]
    assert kpi["unit"] == "W.h/L"
    assert cli("show", "--json", kpi["id"]).data["record"]["value"] == kpi["value"] > 0
    shown = bring_in(volume)
    assert shown.code == 0
    assert kpi["id"] in shown.out
    assert "W.h/L" in shown.out


def test_npy_gives_the_same_microstructure(bring_in, cli, volume, tmp_path):
    """A NPY file is read like a TIFF; with --only-store no stage is run."""
    np.save(tmp_path / "volume.npy", volume)
    answer = cli("import", "volume.npy", *WORDS, "--only-store", "--json")
    assert answer.code == 0
    assert cli("show", "--json", answer.data["microstructure_id"]).data["record"]["labels"]["shape"] == [12, 12, 12]
    assert cli("query", "--json", "SELECT count(*) AS n FROM transports").data == [{"n": 0}]


def test_no_percolation_is_an_outcome(bring_in, cli, volume):
    """A pore that does not cross is stored: tortuosity infinite, discharge infeasible; exit code 1."""
    volume[5] = 85
    answer = bring_in(volume, *WORDS, "--json")
    assert answer.code == 1
    transport = cli("show", "--json", answer.data["transport_id"]).data["record"]
    assert (transport["pore_tortuosity_factor"], transport["pore_outcome"]) == ("inf", "not percolating")
    assert {kpi["outcome"] for kpi in answer.data["kpis"].values()} == {"the discharge delivered nothing"}
    assert cli("fsck").code == 0


def test_too_much_power_is_an_outcome(bring_in, cli, volume):
    """A power that the cell cannot deliver is stored as infeasible; exit code 1."""
    answer = bring_in(volume, *WORDS, "--power", "1 MW")
    assert answer.code == 1
    assert "infeasible" in answer.out
    assert "Traceback" not in answer.err


BAD = {
    "unit": (("--voxel-size", "1 kg", "--phases", PHASES), "--voxel-size = '1 kg' has the wrong dimension"),
    "no unit": (("--voxel-size", "1", "--phases", PHASES), "has no unit"),
    "not finite": (("--voxel-size", "nan um", "--phases", PHASES), "not finite"),
    "not positive": (("--voxel-size", "0 um", "--phases", PHASES), "outside (0"),
    "unclaimed label": (("--voxel-size", "1 um", "--phases", "0=pore,85=active_material"), "label 170"),
    "unknown phase": (("--voxel-size", "1 um", "--phases", "0=pores"), "did you mean 'pore'"),
    "malformed map": (("--voxel-size", "1 um", "--phases", "pore"), "label=phase"),
    "power": ((*WORDS, "--power", "40"), "--power"),
    "negative power": ((*WORDS, "--power=-40 W"), "--power"),
    "loading": ((*WORDS, "--mass-loading", "20 mg"), "--mass-loading"),
    "no voxel size": (("--phases", PHASES), "--voxel-size"),
}


@pytest.mark.parametrize(("words", "says"), BAD.values(), ids=BAD)
def test_bad_arguments_leave_nothing(bring_in, volume, tmp_path, words, says):
    """A bad argument is refused with exit code 2, and no lake is made."""
    answer = bring_in(volume, *words)
    assert answer.code == 2
    assert says in answer.err
    assert not (tmp_path / "lake").exists()


def test_bad_files_leave_nothing(cli, bring_in, volume, tmp_path):
    """Truncated, grey-scale, 2-D, not a TIFF, missing: each refused with exit code 2, and no lake is made."""
    grey = np.arange(12**3, dtype=np.uint16).reshape(12, 12, 12)
    assert bring_in(volume, *WORDS, "--only-store", name="whole.tif").code == 0
    whole = (tmp_path / "whole.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "letter.tif").write_text("Dear reader,")
    tifffile.imwrite(tmp_path / "grey.tif", grey)
    tifffile.imwrite(tmp_path / "flat.tif", volume[0])
    for name in ("cut.tif", "letter.tif", "grey.tif", "flat.tif", "missing.tif", "volume.doc"):
        answer = cli("import", name, *WORDS, "--lake", "other")
        assert answer.code == 2, name
        assert name in answer.err
        assert len(answer.err.strip().splitlines()) == 1
        assert not (tmp_path / "other").exists()


def test_a_folder_with_other_files_is_not_made_a_lake(cli, volume, tmp_path):
    """A folder that holds something else is left alone."""
    np.save(tmp_path / "volume.npy", volume)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("hello")
    answer = cli("import", "volume.npy", *WORDS, "--lake", "folder")
    assert answer.code == 2
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["letter.txt"]
