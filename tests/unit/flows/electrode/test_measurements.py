"""Measurements of a stored microstructure, and the engines behind the loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.electrode.measurements import measure_microstructure, stage_measuring
from ragone.flows.errors import MeasurementError
from ragone.flows.stages import STAGES
from ragone.pipelines.characterise import characterise_with_taufactor, homogenise, homogenise_extrapolated
from ragone.schemas import Geometry, Materials, Microstructure, Transport, TransportTensor, stage
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811
from tests.watched import Watched


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@pytest.fixture
def volume_id(lake: Lake) -> str:
    """Of layers that all percolate along axis 0."""
    labels = np.zeros((8, 9, 8), np.uint8)
    labels[:, 4:] = 1
    return lake.put(
        Microstructure(
            labels=labels,
            voxel_edges_metre=cubic_voxels(1e-6),
            phase_names=("pore", "active_material"),
            phase_labels=np.array([0, 1], np.uint8),
            source="layers",
            licence="own",
        )
    )


def test_each_measurement_gives_its_record(lake: Lake, volume_id: str) -> None:
    """Ids by name in the order asked for; progress is told of each."""
    watched = Watched()
    found = measure_microstructure(lake, volume_id[:24], ["tensor", "transport", "geometry"], progress=watched)
    assert list(found) == ["tensor", "transport", "geometry"]
    for name, cls in (("tensor", TransportTensor), ("transport", Transport), ("geometry", Geometry)):
        assert isinstance(lake.get(found[name]), cls)
        assert volume_id in lake.lineage(found[name]).ancestors
    assert watched.units == watched.total == len(watched.texts) == 3
    assert "transport" in watched.texts[1]


def test_a_name_that_is_none_is_refused_before_anything_is_measured(lake: Lake, volume_id: str) -> None:
    """The nearest name is offered; nothing ran."""
    with pytest.raises(MeasurementError, match="'geometri' is not known: did you mean 'geometry'"):
        measure_microstructure(lake, volume_id, ["transport", "geometri"])
    assert lake.sql("SELECT count(*) FROM runs WHERE stage <> 'given'").item() == 0


def test_a_stage_that_fails_is_told_with_its_run(lake: Lake, volume_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason and the id of the stored failure."""

    @stage("stand_in.broken")
    def broken(microstructure: Microstructure) -> Transport:
        raise RuntimeError("out of order")

    monkeypatch.setitem(STAGES, "characterise.homogenise_extrapolated", broken)  # type: ignore[arg-type]
    with pytest.raises(StageFailedError, match=r"stand_in\.broken failed in run-\w+: .*out of order"):
        measure_microstructure(lake, volume_id, ["transport"])


def test_a_measurement_is_named_by_its_word_or_by_its_stage() -> None:
    """What takes no volume is no measurement of one."""
    assert stage_measuring("transport") is stage_measuring("homogenise_extrapolated") is homogenise_extrapolated
    assert stage_measuring("voxels") is homogenise
    assert stage_measuring("characterise_with_taufactor") is characterise_with_taufactor
    with pytest.raises(MeasurementError, match="average_transport"):
        stage_measuring("average_transport")


@stage("stand_in.drawn")
def drawn(materials: Materials) -> Microstructure:
    """A volume of these materials."""
    return Microstructure(
        labels=np.zeros((2, 2, 2), np.uint8),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_names=("pore",),
        phase_labels=np.array([0], np.uint8),
        source=materials.active_material,
        licence="own",
    )


@stage("stand_in.measured")
def measured(microstructure: Microstructure, materials: Materials) -> Materials:
    """Give the materials back."""
    return materials


def test_materials_are_those_that_the_volume_was_made_of(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an imported one, whose materials nobody recorded, those of a nickel-rich oxide."""
    monkeypatch.setitem(STAGES, "characterise.homogenise_extrapolated", measured)  # type: ignore[arg-type]
    graphite = lake.put(Materials(active_material="graphite"))
    made = lake.run(drawn, materials=graphite).id
    assert measure_microstructure(lake, made, ["transport"]) == {"transport": graphite}
    imported = lake.put(drawn(Materials(active_material="unknown")))
    assert measure_microstructure(lake, imported, ["transport"]) == {"transport": NMC_811.id}
