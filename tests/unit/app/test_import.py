"""`ragone import`: real volumes in, and every bad one refused before anything is stored."""

from __future__ import annotations

from pathlib import Path

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
    assert all(each["standard_uncertainty"] is None for each in data["kpis"].values())  # of one volume nobody knows
    assert cli("show", "--json", kpi["id"]).data["record"]["value"] == kpi["value"] > 0
    shown = bring_in(volume)
    assert shown.code == 0
    assert kpi["id"] in shown.out
    assert "W.h/L" in shown.out


def test_named_materials_let_ions_cross_the_carbon_binder(bring_in, cli, volume):
    """The catalogue's share and nanoporosity enter the metrics and the cell, and their uncertainty is stored."""
    words = ("--mass-loading", "10 mg/cm^2", "--power", "5 W", "--json")
    data = bring_in(volume, *WORDS, *words, "--materials", "nmc-811-nanoporous").data
    transport = cli("show", "--json", data["transport_id"]).data["record"]
    porosity, diffusivity = (1 / 3 + share / 6 for share in (0.576, 0.32))
    assert transport["pore_tortuosity_factor"] == pytest.approx(porosity / diffusivity, rel=1e-3)
    lowered = porosity / (1 / 3 + 0.32 / 3 / 6)
    error = transport["materials_pore_tortuosity_factor_standard_error"]
    assert error == pytest.approx(lowered - porosity / diffusivity, rel=1e-2)
    cell = cli("show", "--json", data["cell_id"]).data["record"]
    assert cell["positive_porosity"] == pytest.approx(porosity, rel=1e-9)


def test_the_materials_of_a_volume_go_with_it_to_its_cell(bring_in, cli, volume):
    """What is not stated is that of the chemistry; other materials than the volume was measured with are refused."""
    words = (*WORDS, "--mass-loading", "10 mg/cm^2", "--power", "5 W", "--json")
    found = {}
    for chemistry, name, density in (("Chen2020", "NMC 811", 4780.0), ("Prada2013", "lithium iron phosphate", 3600.0)):
        data = bring_in(volume, *words, "--set", f"parameter_set={chemistry}", "--set", "form_factor=pouch").data
        materials = cli("show", "--json", data["materials_id"]).data["record"]
        assert materials["active_material"] == name
        assert materials["active_material_density_kilogram_per_cubic_metre"] == density
        cell = cli("show", "--json", data["cell_id"]).data["record"]
        assert (cell["parameter_set"], cell["form_factor"]) == (chemistry, "pouch")
        found[chemistry] = data
    assert found["Chen2020"]["transport_id"] == found["Prada2013"]["transport_id"]  # the same voxels and conductivities
    stated = ("--materials", "active_material_density=4.7 g/cm^3", "--materials", "active_material=NMC 622")
    data = bring_in(volume, *words, *stated).data
    assert cli("show", "--json", data["materials_id"]).data["record"]["active_material"] == "NMC 622"
    loading = ("--loading", "10 mg/cm^2", "--json")
    refused = cli("cell", data["transport_id"], *loading)
    assert "several materials" in refused.data["error"]["message"]
    again = cli("cell", data["transport_id"], *loading, "--materials", data["materials_id"])
    assert again.data["id"] == data["cell_id"]
    volume[0, 0] = 85  # another volume, which is not measured for that
    refused = bring_in(volume, *words, "--materials", "active_material_density=2 g/cm^3")
    assert refused.code == 2
    assert "Chen2020_Arrhenius is about NMC 811 of 4780 kg/m^3" in refused.err
    assert cli("query", "--json", "SELECT count(*) AS n FROM transports").data == [{"n": 1}]


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
    "loading": ((*WORDS, "--mass-loading", "20 mg"), "mass_loading = '20 mg'"),
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


def small(labels, *more):
    """Words that import a small array, from a file of its own, without running a stage."""
    name = f"small_{len(list(Path().glob('small_*')))}.npy"
    np.save(name, labels)
    return ("import", name, "--only-store", *more)


LABELS = np.random.default_rng(2).integers(0, 3, (8, 9, 10)).astype(np.uint8)
THREE = ("--phases", "0=pore,1=active_material,2=carbon_binder")


def test_an_import_says_what_it_read(cli):
    """Shape, voxel, fractions, and what was assumed or noticed, as text and as JSON; the lake keeps it as a note."""
    padded = np.concatenate([LABELS, np.zeros((2, 9, 10), np.uint8)])
    words = small(padded, *THREE, "--voxel-size", "0.8 um, 0.4 um,0.2 um")
    data = cli(*words, "--json").data
    assert data["shape"] == [10, 9, 10]
    assert data["voxel_edges_metre"] == pytest.approx([8e-7, 4e-7, 2e-7])
    assert data["fractions"]["pore"] == pytest.approx((padded == 0).mean())
    assert data["assumed"] == ["through-plane is axis 0, the first of 10 x 9 x 10 voxels"]
    assert data["noticed"][0].startswith("2 slices at the end of axis 0 hold pore alone")
    shown = cli(*words)
    lines = shown.out.splitlines()
    assert lines[0] == f"microstructure {data['microstructure_id']}"
    assert lines[1] == "10 x 9 x 10 voxels of 0.8 x 0.4 x 0.2 um, through-plane first"
    assert lines[3:] == [f"assumed: {data['assumed'][0]}", f"noticed: {data['noticed'][0]}"]
    (note,) = cli("query", "--json", "SELECT note FROM runs").data
    assert data["noticed"][0] in note["note"]


def test_the_words_of_an_import_reach_the_reader(cli):
    """Axis, box, padding, labels outside, negative labels, a layout: each changes what is stored as it says."""
    cubes = (*THREE, "--voxel-size", "0.4 um")
    padded = np.pad(LABELS, ((0, 2), (0, 0), (0, 0)), constant_values=9)
    uniform = np.pad(LABELS, ((0, 2), (0, 0), (0, 0)))
    LABELS.astype(">u2").tofile("bare.raw")
    np.savez("both.npz", first=LABELS, second=LABELS[:4])
    for words, shape in (
        (small(LABELS, *cubes, "--axis", "2"), [10, 8, 9]),
        (small(LABELS, *cubes, "--crop", "1:5,:,2:"), [4, 9, 8]),
        (small(padded, *cubes, "--outside", "9"), [8, 9, 10]),
        (small(uniform, *cubes, "--trim"), [8, 9, 10]),
        (("import", "bare.raw", "--only-store", *cubes, "--raw", "8x9x10 uint16 big"), [8, 9, 10]),
        (("import", "both.npz", "--only-store", *cubes, "--path", "second"), [4, 9, 10]),
    ):
        answer = cli(*words, "--json")
        assert answer.code == 0, answer.err
        assert answer.data["shape"] == shape
    minus = LABELS.astype(np.int16) - 1
    for phases in (("--phases", "-1=pore,0=active_material,1=carbon_binder"), ("--phases=-1..0=pore,1=carbon_binder",)):
        answer = cli(*small(minus, *phases, "--voxel-size", "0.4 um", "--json"))
        assert answer.code == 0, answer.err
        assert answer.data["labels"]["pore"] == 0
    refused = cli(*small(LABELS, *cubes, "--largest-size", "100 byte"))
    assert refused.code == 2
    assert "--largest-size" in refused.err


def test_a_contradiction_is_answered_with_what_to_type(cli, tmp_path):
    """What the message says to type is accepted."""
    options = {"imagej": True, "resolution": (2.5, 2.5), "metadata": {"axes": "ZYX", "spacing": 0.8, "unit": "um"}}
    tifffile.imwrite(tmp_path / "boxes.tif", LABELS, **options)
    words = ("import", "boxes.tif", *THREE, "--only-store")
    refused = cli(*words, "--voxel-size", "0.4 um")
    assert refused.code == 2
    assert "Leave --voxel-size out" in refused.err
    assert cli(*words, "--json").data["voxel_edges_metre"] == pytest.approx([8e-7, 4e-7, 4e-7])
    advised = refused.err.rpartition("--voxel-size '")[2].partition("'")[0]
    assert cli(*words, "--json", "--voxel-size", advised).data["voxel_edges_metre"] == pytest.approx([4e-7] * 3)
