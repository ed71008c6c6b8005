"""`ragone measure`: what can be measured of a stored volume, through the real entry point."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

from ragone.app.tables.measured import measured_lines
from ragone.dataset import Lake
from ragone.schemas import Boundary

COUNT = "SELECT count(*) AS n FROM runs"


@pytest.fixture(scope="module")
def everything():
    """Names of all measurements, in another order than they are listed in."""
    return "walk,voxels,geometry,tensor,transport"


def test_measurements_as_json(cli, stored, everything):
    """Each with its id and the whole record, whose id leads to the same record."""
    answer = cli("measure", stored.ids["microstructure"][:25], "--what", everything, "--json")
    assert answer.code == 0, answer.err
    assert answer.err == ""
    data = answer.data
    assert data.pop("microstructure_id") == stored.ids["microstructure"]
    assert ",".join(data) == everything
    kinds = {
        "transport": "transport",
        "voxels": "transport",
        "tensor": "transport_tensor",
        "geometry": "geometry",
        "walk": "random_walk",
    }
    for name, record in data.items():
        shown = cli("show", "--json", record["id"]).data
        assert {"id": shown["id"], **shown["record"]} == record
        assert record["kind"] == kinds[name] == record["id"].partition("-")[0]
    transport, voxels, tensor = data["transport"], data["voxels"], data["tensor"]
    assert voxels["pore_tortuosity_factor_lower"] <= voxels["pore_tortuosity_factor"]
    assert transport["pore_tortuosity_factor_lower"] is None
    assert transport["pore_tortuosity_factor_standard_error"] > 0
    assert tensor["boundary"] == Boundary.FIXED
    assert tensor["pore_fraction"] == data["geometry"]["pore_fraction"] == transport["pore_fraction"]


def test_measurements_as_lines(cli, stored):
    """By default transport, tensor and geometry: ids, values with standard error and unit."""
    answer = cli("measure", stored.ids["microstructure"])
    assert answer.code == 0
    lines = answer.out.splitlines()
    heads = [line.split() for line in lines if not line.startswith(" ")]
    assert [head[0] for head in heads] == ["transport", "tensor", "geometry"]
    with Lake.open(stored.place) as lake:
        transport, tensor, geometry = (lake.get(head[1]) for head in heads)
    tau, error = transport.pore_tortuosity_factor, transport.pore_tortuosity_factor_standard_error
    assert f"pore tortuosity factor {tau:.4g} ± {error:.2g} [-], extrapolated from voxels of " in answer.out
    assert [line.strip() for line in lines if line.startswith(" ")] == [
        line for record in (transport, tensor, geometry) for line in measured_lines(record)
    ]
    assert f"in-plane over through-plane: pores {tensor.pore_anisotropy:.4g} [-]" in answer.out
    assert "principal values of the solids [S/m]" in answer.out
    assert cli("reproduce", heads[1][1]).code == 0


def test_measuring_again_computes_nothing(cli, stored):
    """The same ids, and not one more run; another seed of the walkers and joined sides are other measurements."""
    words = ("measure", stored.ids["microstructure"], "--what", "tensor,geometry,walk", "--json")
    first = cli(*words).data
    before = cli("query", "--json", COUNT).data
    assert cli(*words).data == first
    assert cli("query", "--json", COUNT).data == before
    other = cli(*words, "--seed", "1", "--periodic").data
    assert other["walk"]["id"] != first["walk"]["id"]
    assert (first["tensor"]["boundary"], other["tensor"]["boundary"]) == (Boundary.FIXED, Boundary.PERIODIC)
    assert (first["geometry"]["periodic"], other["geometry"]["periodic"]) == (False, True)
    assert cli("query", "--json", COUNT).data[0]["n"] == before[0]["n"] + 3


def test_the_transport_is_that_of_the_loop(cli, stored):
    """It is measured by the default engine, so that what a campaign measured is found again."""
    first = cli("measure", stored.ids["microstructure"], "--what", "transport", "--json").data
    run = f"SELECT stage FROM runs r JOIN artifacts a ON a.run_id = r.id WHERE a.id = '{first['transport']['id']}'"
    assert cli("query", "--json", run).data == [{"stage": "characterise.homogenise_extrapolated"}]


REFUSED = [
    ("microstructure", ("--what", "tensors"), "measurement 'tensors' is not known: did you mean 'tensor'?"),
    ("microstructure", ("--what", "transport,porosity"), "measurement 'porosity' is not known"),
    ("kpi", (), "not a microstructure"),
    ("design", ("--what", "geometry"), "not a microstructure"),
]


@pytest.mark.parametrize(("kind", "words", "says"), REFUSED, ids=[says for _, _, says in REFUSED])
def test_what_cannot_be_measured_is_refused_before_anything_is(cli, stored, kind, words, says):
    """Exit code 2, one line that says what is wrong, nothing stored."""
    before = stored.listing()
    answer = cli("measure", stored.ids[kind], *words)
    assert answer.code == 2
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert stored.listing() == before


def test_an_id_that_is_none_is_refused(cli, stored):
    """As with every command."""
    assert cli("measure", "microstructure-" + "0" * 64).code == 2
    assert cli("measure", "nonsense").code == 2
    assert stored.place.exists()


def test_without_a_lake(cli, tmp_path):
    """There is nothing to measure in, and none is made."""
    assert cli("measure", "microstructure-" + "0" * 64).code == 2
    assert not (tmp_path / "lake").exists()


def test_intervals_are_printed(cli, tmp_path):
    """Certified bounds beside tortuosity factor and conductivity of the voxels as they are, as they are stored."""
    labels = np.zeros((12, 12, 12), np.uint8)
    labels[:, 4:] = 1
    labels[2:8, 2:6, 3:9] = 1
    tifffile.imwrite(tmp_path / "volume.tif", labels)
    words = ("import", "volume.tif", "--voxel-size", "1 um", "--phases", "0=pore,1=active_material", "--json")
    words = ("measure", cli(*words).data["microstructure_id"], "--what", "voxels")
    record, shown = cli(*words, "--json").data["voxels"], cli(*words).out
    for name, before, unit in (
        ("pore_tortuosity_factor", "pore tortuosity factor", "[-]"),
        ("solid_effective_conductivity_siemens_per_metre", "solid effective conductivity", "S/m"),
    ):
        value, lower, upper = (record[name + end] for end in ("", "_lower", "_upper"))
        assert lower < value < upper
        assert f"{before} {value:.4g} [{lower:.5g}, {upper:.5g}] {unit}" in shown


def test_without_an_interval_none_is_shown(example):
    """TauFactor gives none; neither does an old record."""
    lines = measured_lines(example("transport"))
    assert "pore tortuosity factor 1.9 [-] at voxels of 0.4 um (converged)" in lines
    assert "solid effective conductivity 2 S/m (converged)" in lines


def test_lines_of_walkers_and_of_other_records(example):
    """Standard errors where there are some, infinity where nothing gets through; nothing of a KPI."""
    lines = measured_lines(example("random_walk"))
    assert lines[0] == "axis 0 (through-plane): tau of the pore by walkers 1.9 ± 0.02 [-] (converged)"
    assert lines[2] == "axis 2 (in-plane): tau of the pore by walkers inf [-] (not percolating)"
    assert measured_lines(example("kpi")) == []


def test_the_line_of_an_electrode_tortuosity(example):
    """Value, certified interval, unit and voxels."""
    (line,) = measured_lines(example("electrode_tortuosity"))
    assert line == "electrode tortuosity factor 2.05 [2.0498, 2.0502] [-] at voxels of 0.4 um (converged)"
