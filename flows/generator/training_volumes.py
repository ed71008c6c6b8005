"""The volumes that a generator learns from: volumes of the lake that a query finds, crops of them, or simulated ones.

A volume that was made from a recipe brings it along.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from ragone.dataset import Lake
from ragone.dataset.select import where_clause
from ragone.flows.errors import StudyError
from ragone.flows.generator.training_plan import GeneratorPlan, SimulationPlan
from ragone.flows.running.progress import Progress, Silent
from ragone.flows.running.seeds import volume_element_seed
from ragone.flows.running.tracking import run_stage
from ragone.models.former.generator import former_id, recipe_of
from ragone.models.generator.training_recipes import training_recipes
from ragone.pipelines.characterise.representativity import cut_cube
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Design, Generator, Materials, Microstructure, Recipe
from ragone.schemas.content_hash import table_digest
from ragone.schemas.materials import NMC_811


@dataclass(frozen=True)
class TrainingVolumes:
    """Ids of volumes and, parallel, of the recipes that they were made from; no recipes if a volume has none."""

    volume_ids: tuple[str, ...]
    recipe_ids: tuple[str, ...] = ()
    snapshot_id: str = ""

    def __add__(self, other: TrainingVolumes) -> TrainingVolumes:
        """Return these volumes followed by others."""
        return replace(
            self, volume_ids=self.volume_ids + other.volume_ids, recipe_ids=self.recipe_ids + other.recipe_ids
        )


def simulate_volumes(
    lake: Lake,
    plan: SimulationPlan,
    *,
    seed: int,
    materials: Materials = NMC_811,
    progress: Progress | None = None,
) -> TrainingVolumes:
    """Simulate volumes at the corners of a space, and inside it.

    Parameters
    ----------
    lake
        The lake that stores them.
    plan
        The space, and the edge and voxel size of each volume.
    seed
        Seed from which each volume's seed follows.
    materials
        Bulk properties of the electrode's solids.
    progress
        Receives every volume.
    """
    watcher = progress or Silent()
    recipes = training_recipes(plan.space)
    watcher.started(len(recipes))
    watcher.step(f"simulating {len(recipes)} volumes")
    materials_id, recipe_ids, volume_ids = lake.put(materials), [], []
    for recipe in recipes:
        recipe_ids.append(lake.put(recipe))
        made = run_stage(
            "draw",
            lake,
            pack_particles,
            recipe=recipe_ids[-1],
            materials=materials_id,
            edge_voxels=plan.edge_voxels,
            voxel_size_metre=plan.voxel_size_metre,
            seed=volume_element_seed(seed, former_id(recipe), 0),
        )
        volume_ids.append(made.id)
        watcher.advanced()
    return TrainingVolumes(tuple(volume_ids), tuple(recipe_ids))


def chosen_volumes(
    lake: Lake, plan: GeneratorPlan, progress: Progress | None = None, *, where: str = "", at: str = "", crop: int = 0
) -> TrainingVolumes:
    """Return the volumes that a plan simulates, or a condition finds at a snapshot; cut into cubes if an edge is given.

    Raises as `find_volumes` and `cut_volumes`.
    """
    if where:
        volumes = find_volumes(lake, where, at)
    else:
        volumes = simulate_volumes(lake, plan.simulation, seed=plan.training.seed, progress=progress)
    return cut_volumes(lake, volumes, crop) if crop else volumes


def volumes_of(lake: Lake, generator: Generator, params: str, progress: Progress) -> TrainingVolumes:
    """Return what a generator was trained on; simulated again by the plan in a file if the lake does not hold it.

    Raises
    ------
    StudyError
        If the simulation gives other volumes.
    """
    missing = [volume_id for volume_id in generator.trained_on if not lake.holds(volume_id)]
    made: dict[str, str] = {}
    if missing:
        plan = GeneratorPlan.load(params)
        simulated = simulate_volumes(lake, plan.simulation, seed=plan.training.seed, progress=progress)
        made = {name: volume for volume in simulated.volume_ids for name in _names_of(lake.get(volume, Microstructure))}
        if not set(missing) <= set(made):
            raise StudyError(
                f"the lake does not hold {len(missing)} of the generator's {len(generator.trained_on)} training "
                f"volumes, and the simulation of {params} gives others. Name the file they came from in "
                "stages.manufacture.parameters.training, or use the lake that the generator was trained in."
            )
    volume_ids = tuple(made.get(name, name) for name in generator.trained_on)
    return TrainingVolumes(volume_ids, _recipes_of(lake, volume_ids), generator.snapshot_id)


def find_volumes(lake: Lake, where: str, at: str = "") -> TrainingVolumes:
    """Find the microstructures that meet a condition on their table, with their recipes if each has one.

    `at` names the snapshot that is queried; without one, one is taken.

    Raises
    ------
    StudyError
        If it finds none.
    NotASelectError
        If the condition cannot be answered.
    """
    snapshot_id = lake.resolve(at) if at else lake.snapshot()
    found = lake.sql(f"SELECT id FROM microstructures{where_clause(where)} ORDER BY id", at=snapshot_id)
    volume_ids = tuple(found["id"].to_list())
    if not volume_ids:
        raise StudyError(
            f"no microstructure fits --where {where!r}. List them with: ragone query 'SELECT * FROM microstructures'"
        )
    return TrainingVolumes(volume_ids, _recipes_of(lake, volume_ids), snapshot_id)


def cut_volumes(lake: Lake, volumes: TrainingVolumes, edge_voxels: int) -> TrainingVolumes:
    """Cut cubic volumes of that edge side by side from each volume; a recipe no longer describes them.

    Raises
    ------
    StudyError
        If a volume is smaller than that.
    """
    ids: list[str] = []
    for volume_id in volumes.volume_ids:
        volume = lake.get(volume_id, Microstructure)
        volume.require_cubic_voxels("--crop")
        if min(volume.labels.shape) < edge_voxels:
            raise StudyError(
                f"--crop {edge_voxels} is larger than {volume_id}, {' x '.join(map(str, volume.labels.shape))} voxels. "
                "Give a smaller edge."
            )
        starts = itertools.product(*(range(0, size - edge_voxels + 1, edge_voxels) for size in volume.labels.shape))
        for x, y, z in starts:
            cut = lake.run(cut_cube, microstructure=volume_id, edge_voxels=edge_voxels, corner=(x, y, z))
            ids.append(cut.id)
    return replace(volumes, volume_ids=tuple(ids), recipe_ids=())


def _names_of(volume: Microstructure) -> list[str]:
    """Return the ids that a volume has and had by earlier schema versions, by which older generators name it."""
    versions = range(1, Microstructure.schema_version + 1)
    return [f"{volume.kind}-{table_digest(volume.to_arrow(version))}" for version in versions]


def _recipes_of(lake: Lake, volume_ids: tuple[str, ...]) -> tuple[str, ...]:
    found = [_recipe_of(lake, volume_id) for volume_id in volume_ids]
    return tuple(found) if all(found) else ()


def _recipe_of(lake: Lake, volume_id: str) -> str:
    """Return the recipe that a volume was made from, also where it was called a design; empty if there is none."""
    parents = [edge.parent for edge in lake.lineage(volume_id).parents_of(volume_id)]
    for parent in parents:
        if parent.startswith(f"{Recipe.kind}-"):
            return parent
        if parent.startswith(f"{Design.kind}-"):
            return lake.put(recipe_of(lake.get(parent, Design)))
    return ""
