"""Training through the lake: volumes by a query or simulated, stretches stored and dropped, resumed, exported."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from ragone.app.main import main
from ragone.dataset import Lake
from ragone.dataset.errors import DroppedError
from ragone.flows import (
    GeneratorPlan,
    SimulationPlan,
    StudyError,
    TrainingPlan,
    cut_volumes,
    find_volumes,
    simulate_volumes,
    train_generator,
)
from ragone.flows.generator.generators import fine_tune_generator
from ragone.flows.generator.training_volumes import volumes_of
from ragone.flows.running.progress import Silent
from ragone.models.generator import draw_microstructure, shipped
from ragone.models.generator.shipped import record_from
from ragone.schemas import Generator, Microstructure, Verdict
from ragone.schemas.content_hash import table_digest
from ragone.schemas.electrode import cubic_voxels

SPACE = {
    "active_material_weight_fraction": (0.92, 0.97),
    "porosity": (0.28, 0.45),
    "binder_adhesion": (0.0, 1.0),
}
SIMULATION = SimulationPlan(SPACE, edge_voxels=24, voxel_size_metre=8e-7)
PLAN = TrainingPlan(seed=1, member_count=2, trunk_steps=(2, 2), member_steps=(1, 1), stretch=1, width=8)
PARAMS = """
generator:
  name: small
  seed: 1
  simulate:
    active_material_weight_fraction: {low: 0.92, high: 0.97}
    porosity: {low: 0.28, high: 0.45}
    binder_adhesion: {low: 0.0, high: 1.0}
    edge_voxels: 24
    voxel_size: 0.8 um
  training: {members: 2, trunk_steps: [2, 2], member_steps: [1, 1], stretch: 1, width: 8}
"""


@pytest.fixture
def lake(tmp_path):
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def _simulated(tmp_path_factory):
    """The volumes of the plan, simulated into a lake that is only copied."""
    folder = tmp_path_factory.mktemp("simulated") / "lake"
    with Lake.open(folder, create=True) as opened:
        return folder, simulate_volumes(opened, SIMULATION, seed=1)


@pytest.fixture
def volumes(_simulated, tmp_path):
    """The simulated volumes, which `lake` then holds."""
    folder, made = _simulated
    shutil.copytree(folder, tmp_path / "lake")
    return made


class Counter:
    """Progress that counts."""

    def __init__(self) -> None:
        self.total, self.done = 0, 0

    def started(self, total):
        """So many units."""
        self.total, self.done = total, 0

    def step(self, text):
        """Nothing."""

    def advanced(self):
        """One more."""
        self.done += 1


def image(seed: int = 0, edge: int = 48) -> Microstructure:
    """Something like an imaged volume: blobs that do not repeat."""
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(np.random.default_rng(seed).standard_normal((edge,) * 3), 2.0)
    return Microstructure(
        labels=np.digitize(smooth, np.quantile(smooth, [0.4, 0.8])).astype(np.uint8),
        voxel_edges_metre=cubic_voxels(4e-7),
        phase_names=("pore", "active_material", "carbon_binder"),
        phase_labels=np.array([0, 1, 2], dtype=np.uint8),
        source="imported: test",
        licence="own",
    )


def test_simulated_volumes_train_a_generator_that_names_them(volumes, lake):
    """Ids, conditions, seed and loss are in the record; the stretches are dropped, what is left draws."""
    counter = Counter()
    generator = train_generator(lake, volumes, PLAN, counter)
    assert lake.holds(generator.id)
    assert generator.trained_on == volumes.volume_ids
    assert len(volumes.volume_ids) == 21
    assert generator.condition_names == ("active_material_fraction", "carbon_binder_fraction", "binder_adhesion")
    assert generator.seed == 1
    assert len(generator.training_loss) == len(generator.training_step) == 3
    assert counter.done == counter.total == PLAN.step_count
    assert generator.card["training_volume_count"] == 21
    for stretch in lake.sql("SELECT id FROM generator_trainings")["id"]:
        with pytest.raises(DroppedError):
            lake.get(stretch)


def test_a_training_that_was_stopped_goes_on(volumes, lake):
    """Stopped in the middle and started again it trains what is missing, and the generator is the same."""

    class Stop(Counter):
        def advanced(self):
            super().advanced()
            if self.done == 4:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_generator(lake, volumes, PLAN, Stop())
    before = lake.sql("SELECT count(*) AS n FROM runs WHERE stage = 'generator.train_steps'")["n"][0]
    assert before == 4
    resumed = train_generator(lake, volumes, PLAN)
    after = lake.sql("SELECT count(*) AS n FROM runs WHERE stage = 'generator.train_steps'")["n"][0]
    assert after == PLAN.step_count
    assert lake.reproduce(resumed.id).verdict is Verdict.BITWISE


def test_volumes_are_found_by_a_query_with_their_recipes(volumes, lake):
    """What was made from a recipe brings it; an image has none; a snapshot is kept."""
    lake.put(image())
    found = find_volumes(lake, "source LIKE 'simulated%'")
    assert set(found.volume_ids) == set(volumes.volume_ids)
    assert set(found.recipe_ids) == set(volumes.recipe_ids)
    assert found.snapshot_id.startswith("snapshot-")
    assert find_volumes(lake, "source LIKE 'imported%'").recipe_ids == ()
    with pytest.raises(StudyError, match="no microstructure fits"):
        find_volumes(lake, "source = 'elsewhere'")


def test_volumes_that_a_generator_names_are_simulated_again(lake, tmp_path, example):
    """Also those that it names by the id of an earlier schema version; other volumes are refused."""
    few = PARAMS.replace("{low: 0.28, high: 0.45}", "{low: 0.3, high: 0.3}").replace("{low: 0.0,", "{low: 1.0,")
    (tmp_path / "small.yaml").write_text(few)
    plan = GeneratorPlan.load(tmp_path / "small.yaml").simulation
    with Lake.open(tmp_path / "other", create=True) as other:
        simulated = [other.get(i, Microstructure) for i in simulate_volumes(other, plan, seed=1).volume_ids]
    assert len(simulated) == 4
    former = tuple(f"microstructure-{table_digest(volume.to_arrow(1))}" for volume in simulated)
    generator = example("generator", trained_on=former)
    found = volumes_of(lake, generator, str(tmp_path / "small.yaml"), Silent())
    assert found.volume_ids == tuple(volume.id for volume in simulated)
    assert len(found.recipe_ids) == len(former)
    lost = example("generator", trained_on=(*former, "microstructure-" + "0" * 64))
    with pytest.raises(StudyError, match="does not hold"):
        volumes_of(lake, lost, str(tmp_path / "small.yaml"), Silent())


def test_crops_of_one_image_are_enough(lake):
    """A large volume is cut into cubes, which have fractions for conditions and do not repeat."""
    lake.put(image())
    crops = cut_volumes(lake, find_volumes(lake, "source LIKE 'imported%'"), 24)
    assert len(crops.volume_ids) == 8
    generator = train_generator(lake, crops, PLAN)
    assert generator.condition_names == ("active_material_fraction", "carbon_binder_fraction")
    assert generator.settings["periodic"] is False
    drawn = draw_microstructure(
        None,
        None,
        generator,
        edge_voxels=20,
        voxel_size_metre=4e-7,
        seed=0,
        phase_fractions=(0.4, 0.4, 0.2),
        periodic=False,
    )
    assert np.bincount(drawn.labels.ravel()).min() > 0
    with pytest.raises(StudyError, match="smaller edge"):
        cut_volumes(lake, find_volumes(lake, "source LIKE 'imported%'"), 64)


def test_a_generator_is_tuned_on_more_volumes(volumes, lake):
    """Its members go on from what they were, in the units that they learned."""
    first = train_generator(lake, volumes, PLAN)
    tuned = fine_tune_generator(lake, first, simulate_volumes(lake, SIMULATION, seed=2), PLAN)
    assert tuned.settings["units"] == first.settings["units"]
    assert tuned.weights != first.weights
    assert tuned.settings["member_excluded"] == [[], []]


class TestTheCommand:
    """`ragone generator train` as a user types it."""

    def test_trains_exports_and_draws(self, tmp_path, capsys, monkeypatch):
        """The exported files are the generator again."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "small.yaml").write_text(PARAMS)
        code = main(["generator", "train", "small.yaml", "--export", "out", "--png", "loss.png", "--json"])
        answer = json.loads(capsys.readouterr().out)
        assert code == 0
        assert answer["volumes"] == 21
        record = json.loads((tmp_path / "out" / "small.json").read_text())["generator"]
        weights = (tmp_path / "out" / "small.safetensors").read_bytes()
        again = record_from(Generator, record, weights=weights)
        with Lake.open("lake") as lake:
            kept = lake.get(answer["generator_id"], Generator)
        assert again.weights == kept.weights
        assert np.array_equal(again.training_conditions, kept.training_conditions)
        assert (tmp_path / "loss.png").stat().st_size > 1000

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ("training.members=0", "members = 0"),
            ("training.trunk_steps=[]", "must be steps per phase"),
            ("simulate.porosity.low=0.9", "Exchange them"),
            ("simulate.voxel_size=3", "voxel_size"),
            ("training.widht=8", "did you mean 'width'"),
        ],
    )
    def test_a_bad_plan_is_refused_before_a_lake_is_made(self, change, message, tmp_path, capsys, monkeypatch):
        """The path of the value is named."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "small.yaml").write_text(PARAMS)
        assert main(["generator", "train", "small.yaml", "--set", change]) == 2
        assert message in capsys.readouterr().err
        assert not (tmp_path / "lake").exists()


def test_the_default_plan_can_be_read():
    """And its steps are those of every network."""
    plan = GeneratorPlan.load(shipped.PLAN)
    assert plan.training.step_count == sum(plan.training.trunk_steps) + 4 * sum(plan.training.member_steps)
