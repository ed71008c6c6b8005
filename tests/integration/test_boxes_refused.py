"""What needs cubic voxels refuses boxes by its name, before any work, and says what to do."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows.electrode.plan import Plan
from ragone.flows.electrode.representativity import study_volume
from ragone.flows.generator.fidelity_tasks import common_edge
from ragone.flows.generator.training_volumes import TrainingVolumes, cut_volumes
from ragone.models.generator.training_set import TrainingSet
from ragone.pipelines.characterise import average_transport, characterise_with_taufactor, homogenise
from ragone.pipelines.characterise.errors import MixedTransportsError
from ragone.pipelines.fidelity import measure_similarity
from ragone.schemas.errors import AnisotropicVoxelError
from ragone.schemas.materials import NMC_811


@pytest.fixture
def boxes(example):
    """A volume of boxes of two phases."""
    labels = (np.indices((8, 8, 8))[1] % 2).astype(np.uint8)
    return lambda *edges: example("microstructure", labels=labels, voxel_edges_metre=edges)


@pytest.mark.parametrize(
    ("what", "use"),
    [
        ("TauFactor", lambda volume: characterise_with_taufactor(volume, NMC_811)),
        ("training", lambda volume: TrainingSet([volume, volume], ())),
        ("similarity", lambda volume: measure_similarity(volume, (volume,))),
    ],
)
def test_refused_by_name(boxes, what, use):
    """The message says what needs cubes, what the voxels are, and how to get cubes."""
    with pytest.raises(AnisotropicVoxelError, match=rf"{what}.*needs cubic voxels.*0\.8 x 0\.4 x 0\.4 um\. Resample"):
        use(boxes(8e-7, 4e-7, 4e-7))


@pytest.mark.parametrize(
    ("what", "use"),
    [
        ("representativity", lambda lake, name: study_volume(lake, lake.get(name), NMC_811, Plan(edges=(2, 4)))),
        ("--crop", lambda lake, name: cut_volumes(lake, TrainingVolumes((name,)), 4)),
        ("comparison with a generator", lambda lake, name: common_edge(lake, [name], [])),
    ],
)
def test_flows_refuse_before_a_stage_runs(boxes, tmp_path, what, use):
    """No cube is cut, and no run is recorded but that of the import."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        name = lake.put(boxes(8e-7, 4e-7, 4e-7))
        with pytest.raises(AnisotropicVoxelError, match=f"{what} needs cubic voxels"):
            use(lake, name)
        assert lake.sql("SELECT stage FROM runs")["stage"].to_list() == ["given"]


def test_boxes_of_one_volume_are_not_averaged(boxes):
    """Flat and long boxes may fill as much; the record of either says which it is, so that they do not mix."""
    flat, long = (homogenise(boxes(*edges), NMC_811) for edges in ((8e-7, 4e-7, 4e-7), (4e-7, 8e-7, 4e-7)))
    assert flat.voxel_size_metre == pytest.approx(long.voxel_size_metre)
    assert flat.method.endswith("voxels of 0.8 x 0.4 x 0.4 um")
    with pytest.raises(MixedTransportsError, match="method"):
        average_transport((flat, long))
