"""Measurements of a stored microstructure, and the engines behind the loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dataset import Lake
from dataset.errors import StageFailedError
from flows.electrode.measurements import MEASUREMENTS, measure_microstructure
from flows.engines import ENGINES, choose_engine, default_engine_name
from flows.errors import MeasurementError
from pipelines.characterise import characterise_with_taufactor, homogenise
from schemas import Geometry, Microstructure, Transport, TransportTensor, stage
from schemas.electrode import cubic_voxels
from tests.watched import Watched


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@pytest.fixture
def volume_id(lake: Lake) -> str:
    """Of layers that all percolate along axis 0."""
    labels = np.zeros((8, 9, 7), np.uint8)
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
        assert lake.lineage(found[name]).ancestors == (volume_id,)
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

    monkeypatch.setitem(MEASUREMENTS, "transport", broken)  # type: ignore[arg-type]
    with pytest.raises(StageFailedError, match=r"stand_in\.broken failed in run-\w+: .*out of order"):
        measure_microstructure(lake, volume_id, ["transport"])


def test_our_kernel_is_the_default_and_taufactor_the_other() -> None:
    """Both are engines of the part, and what is measured is what the loop would measure."""
    assert default_engine_name("characterise") == "homogenisation"
    assert ENGINES["characterise"]["homogenisation"] is homogenise
    assert ENGINES["characterise"]["taufactor"] is characterise_with_taufactor
    assert MEASUREMENTS["transport"] is homogenise


@pytest.mark.parametrize(
    ("engine", "limit"), [("homogenisation", "largest_iteration_count"), ("taufactor", "largest_step_count")]
)
def test_both_engines_take_their_parameters_from_a_study(engine: str, limit: str) -> None:
    """Tolerance and limit under their own names; conductivities with units."""
    parameters = {"relative_tolerance": 1e-3, limit: 9, "carbon_binder_conductivity_siemens_per_metre": "3 S/cm"}
    chosen = choose_engine("characterise", engine, parameters, given={}, path="stages")
    assert chosen.parameters == parameters | {"carbon_binder_conductivity_siemens_per_metre": 300.0}
