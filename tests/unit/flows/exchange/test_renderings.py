"""The files of a crate that other people's programs read, read back by those programs where they are installed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
import tifffile
from built_cells import full_cell, half_cell

from ragone.dataset import Lake
from ragone.dataset.errors import CrateError
from ragone.dataset.exchange import select
from ragone.flows.exchange import crate_files, renderings
from ragone.flows.exchange.renderings import LEFT_OUT
from ragone.pipelines.cell import ideal_transport
from ragone.pipelines.files.bpx.format import load_bpx
from ragone.pipelines.files.images import import_volume, parse_phases
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Discharge, Kpi, Microstructure, Recipe, Record, stage
from ragone.schemas.electrode import raised
from ragone.schemas.kinds import KINDS
from ragone.schemas.materials import NMC_811

_OME = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"
_EMMO = "https://w3id.org/emmo"


_ALONE = {"run", "snapshot", "code", "environment"}  # no crate is about one of these


@pytest.fixture
def lake(tmp_path):
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def transport():
    """The metrics of an ideal electrode."""
    return ideal_transport(Recipe(active_material_weight_fraction=0.95, porosity=0.3), NMC_811)


@stage("pore_share")
def pore_share(cube: Microstructure) -> Kpi:
    """A number that is made of a volume."""
    share = float(cube.phase("pore").mean())
    known = {"outcome": "measured", "unit": "1", "definition": "share of pores", "method": "counted", "sample_count": 1}
    return Kpi(name="pore_share", value=share, **known)


def files_of(lake: Lake, record: Record) -> dict[str, bytes]:
    """The readable files of a crate of one record, by their ending or name."""
    found = list(renderings(select(lake, lake.put(record))))
    assert all(file.of_id in ("", record.id) for file in found)
    return {file.path.rpartition("/")[2].partition(".")[2 if file.of_id else 0]: file.data for file in found}


def reasons(files: dict[str, bytes]) -> dict[str, str]:
    """Why a format has no file, by the format."""
    rows = csv.DictReader(io.StringIO(files[Path(LEFT_OUT).stem].decode()))
    return {row["format"]: row["reason"] for row in rows}


def volume(**changes) -> Microstructure:
    """A volume whose axes, edges and labels all differ."""
    labels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4) % 3 * 100
    given = {
        "labels": labels,
        "voxel_edges_metre": np.array([8e-7, 4e-7, 3e-7]),
        "phase_labels": np.array([100, 200, 0], np.uint8),
        "source": "an image <&>",
        "licence": "CC-BY-4.0",
    }
    return Microstructure(**given | changes)


def test_a_volume_is_an_ome_tiff(lake, tmp_path):
    """Voxels, edges and phases are those of the record, for tifffile and in the OME-XML; our own reader agrees."""
    record = volume()
    path = tmp_path / "volume.ome.tiff"
    path.write_bytes(files_of(lake, record)["ome.tiff"])
    with tifffile.TiffFile(path) as file:
        assert file.is_ome
        assert file.series[0].axes == "ZYX"
        assert np.array_equal(file.asarray(), record.labels)
        described = ElementTree.fromstring(file.ome_metadata)
    pixels = described.find(f"{_OME}Image/{_OME}Pixels").attrib
    assert [float(pixels[f"PhysicalSize{axis}"]) for axis in "ZYX"] == [0.8, 0.4, 0.3]
    assert {pixels[f"PhysicalSize{axis}Unit"] for axis in "XYZ"} == {"µm"}
    assert [int(pixels[f"Size{axis}"]) for axis in "ZYX"] == [2, 3, 4]
    noted = {one.attrib["K"]: one.text for one in described.iter(f"{_OME}M")}
    assert noted == {"label 100": "pore", "label 200": "active_material", "label 0": "carbon_binder"}
    phases = parse_phases(",".join(f"{label}={name}" for name, label in record.phase_map().items()))
    again = import_volume(path, phases=phases, source="an image", licence="CC-BY-4.0").microstructure
    assert np.array_equal(again.labels == again.phase_map()["pore"], record.phase("pore"))
    np.testing.assert_allclose(again.voxel_edges_metre, record.voxel_edges_metre, rtol=1e-12)


def test_text_that_xml_cannot_hold_spoils_no_image(lake, tmp_path):
    """A source and phases with control characters and markup give a file that is read all the same."""
    odd = volume(source="a\x00b\x0b</OME>\n", phase_names=("pore", "active_material", "<\x1f>"))
    path = tmp_path / "volume.ome.tiff"
    path.write_bytes(files_of(lake, odd)["ome.tiff"])
    with tifffile.TiffFile(path) as file:
        described = ElementTree.fromstring(file.ome_metadata)
        assert np.array_equal(file.asarray(), odd.labels)
    assert "< >" in {one.text for one in described.iter(f"{_OME}M")}


def test_a_curve_is_in_the_battery_data_format(lake):
    """Columns have the names of the format; numbers come back to the bit; charging is positive."""
    curve = Discharge(
        test_time_second=np.array([0.0, 1 / 3, 1e-9 + 1]),
        voltage_volt=np.array([4.2, 4.1, np.nextafter(4, 5)]),
        current_ampere=np.array([-1.0, -1.1, -1.2]),
        outcome="lower voltage limit reached",
        power_watt=4.2,
        lower_voltage_volt=2.5,
        ambient_temperature_kelvin=298.15,
        method="given",
    )
    table = pl.read_csv(io.BytesIO(files_of(lake, curve)["bdf.csv"]))
    assert table.columns == ["test_time_second", "voltage_volt", "current_ampere", "ambient_temperature_celsius"]
    for name in table.columns[:3]:
        assert np.array_equal(table[name].to_numpy(), getattr(curve, name))
    assert table["ambient_temperature_celsius"].to_list() == [25.0] * 3


def test_a_cell_is_bpx_and_battinfo(lake, transport):
    """The BPX file passes the format's own library; BattINFO's quantities are the record's, in units of EMMO."""
    cell = full_cell(transport)
    files = files_of(lake, cell)
    parsed = load_bpx().parse_bpx_str(files["bpx.json"].decode())
    assert parsed.parameterisation.cell.nominal_cell_capacity == pytest.approx(cell.nominal_capacity_ampere_hour)
    found = json.loads(files["battinfo.jsonld"])
    quantities = {
        one["@type"][0]: (one["hasNumericalPart"]["hasNumberValue"], one["hasMeasurementUnit"])
        for one in found["hasProperty"]
    }
    assert quantities["NominalCapacity"] == (cell.nominal_capacity_ampere_hour * 3600, f"{_EMMO}#Coulomb")
    assert quantities["Mass"] == (cell.cell_mass_kilogram, f"{_EMMO}#Kilogram")
    coating = found["hasPositiveElectrode"]["hasCoating"]["hasProperty"]
    assert coating[0]["hasNumericalPart"]["hasNumberValue"] == cell.positive_thickness_metre
    assert LEFT_OUT.rpartition("/")[2] not in files


def test_every_term_of_a_battinfo_file_is_declared_in_it(lake, transport):
    """Classes and properties lead to EMMO, schema.org or a keyword: nothing is dropped by a reader of JSON-LD."""
    found = json.loads(files_of(lake, full_cell(transport))["battinfo.jsonld"])
    context = found.pop("@context")

    def terms(node):
        for name, value in node.items():
            yield name
            if name == "@type":
                yield from [value] if isinstance(value, str) else value
            for child in value if isinstance(value, list) else [value]:
                yield from terms(child) if isinstance(child, dict) else ()

    used = {name for name in terms(found) if not name.startswith("@")}
    iris = {n: v["@id"] if isinstance(v, dict) else v for n, v in context.items()}
    assert {name.partition(":")[0] for name in used} <= iris.keys()
    assert all(iri.startswith((_EMMO, "https://schema.org/")) for iri in iris.values())


def test_what_a_format_cannot_express_is_listed_with_the_reason(lake, transport):
    """Lithium metal is not in BPX, a sensitivity is no cell of its own, an empty curve has no rows."""
    files = files_of(lake, half_cell(transport))
    assert "lithium-metal" in reasons(files)["BPX"]
    assert "hasNegativeElectrode" not in json.loads(files["battinfo.jsonld"])
    cell = full_cell(transport)
    varied = replace(cell, method=cell.method + raised("porosity"))
    found = files_of(lake, varied)
    assert set(found) == {"scalars", "not-rendered"}
    assert "porosity is raised" in reasons(found)["BPX"]


def test_every_number_stands_with_its_unit(lake, transport):
    """Values, units by three names, and uncertainties are those of the records; CSV and Parquet say the same."""
    selection = select(lake, lake.put(transport))
    tables = {f.path: f.data for f in renderings(selection)}
    found = pl.read_parquet(io.BytesIO(tables["readable/scalars.parquet"]))
    assert pl.read_csv(io.BytesIO(tables["readable/scalars.csv"]), schema=found.schema).equals(found)
    row = found.row(by_predicate=pl.col("quantity") == "specific_surface_area_per_metre", named=True)
    assert (row["value"], row["unit"]) == (transport.specific_surface_area_per_metre, "1/m")
    assert (row["ucum"], row["qudt"]) == ("1/m", "http://qudt.org/vocab/unit/PER-M")
    assert row["sample_count"] == transport.volume_element_count
    assert not any(name.endswith("_standard_error") for name in found["quantity"])


def test_a_kpi_has_its_name_and_uncertainty(lake):
    """It is called as people call it; one without a value has no row."""
    known = {"name": "energy", "unit": "W.h", "definition": "", "method": "", "sample_count": 3}
    kpi = Kpi(value=20.0, standard_uncertainty=0.5, outcome="measured", **known)
    (row,) = pl.read_csv(io.BytesIO(_scalars(lake, kpi))).rows(named=True)
    expected = {"quantity": "energy", "value": 20.0, "unit": "W.h", "standard_uncertainty": 0.5, "sample_count": 3}
    assert {name: row[name] for name in expected} == expected
    missing = Kpi(value=None, outcome="the data do not determine it", **known)
    assert pl.read_csv(io.BytesIO(_scalars(lake, missing))).is_empty()


def _scalars(lake: Lake, record: Record) -> bytes:
    return next(file.data for file in renderings(select(lake, lake.put(record))) if file.path.endswith("scalars.csv"))


@pytest.mark.parametrize("kind", sorted(set(KINDS) - _ALONE))
def test_every_kind_of_record_can_be_in_a_crate(lake, example, kind):
    """Whatever a record is, its files can be made, and each of its numbers is the record's."""
    record = example(kind)
    files = {file.path: file.data for file in crate_files(select(lake, lake.put(record)))}
    found = pl.read_parquet(io.BytesIO(files["readable/scalars.parquet"])).filter(pl.col("artifact_id") == record.id)
    for row in found.filter(pl.col("kind") != "kpi").rows(named=True):
        assert row["value"] == getattr(record, row["quantity"])
        assert row["unit"] == type(record).fields()[row["quantity"]].unit
    assert "metadata/datacite.json" in files


@pytest.mark.parametrize("kind", ["code", "environment", "snapshot"])
def test_what_no_crate_is_about_is_refused(lake, example, kind):
    """Code and environments travel with what was made by them, a snapshot not at all."""
    with pytest.raises(CrateError, match="Name what a run made"):
        select(lake, lake.put(example(kind)))


def test_what_was_dropped_is_named(lake, transport):
    """Its data are gone; the list says how they come back."""
    recipe, materials = lake.put(Recipe(active_material_weight_fraction=0.95, porosity=0.4)), lake.put(NMC_811)
    made = lake.run(pack_particles, recipe=recipe, materials=materials, seed=1, edge_voxels=8, voxel_size_metre=1e-6).id
    measured = lake.run(pore_share, cube=made).id
    lake.drop([made], reason="space")
    (left,) = [f.data for f in renderings(select(lake, measured)) if f.path == LEFT_OUT]
    assert "ragone reproduce" in left.decode()


def test_the_same_records_give_the_same_bytes(lake):
    """No file holds the time, a random identifier or the order of a set."""
    selection = select(lake, lake.put(volume()))
    once, again = ([(f.path, f.data) for f in crate_files(selection)] for _ in range(2))
    assert once == again
    assert {path.partition("/")[0] for path, _ in once} == {"readable", "metadata"}
