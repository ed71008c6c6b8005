"""What a generator learns from: volumes of the lake that a query finds, crops of them, or simulated ones.

The simulator draws at the corners of a space of recipes and spread inside it. A volume that was made from a design
brings it along.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dataset import Lake
from flows.errors import StudyError
from flows.generator.training_plan import SimulationPlan
from flows.running.progress import Progress, Silent
from flows.running.seeds import cube_seed
from pipelines.characterise.representativity import cut_cube
from pipelines.manufacture import pack_particles
from schemas import Design, Microstructure


@dataclass(frozen=True)
class TrainingVolumes:
    """Ids of volumes and, parallel, of the designs that they were made from; no designs if a volume has none."""

    volume_ids: tuple[str, ...]
    design_ids: tuple[str, ...] = ()
    snapshot_id: str = ""


def simulate_volumes(
    lake: Lake,
    plan: SimulationPlan,
    *,
    seed: int,
    progress: Progress | None = None,
) -> TrainingVolumes:
    """Volumes of the simulator at the corners of a space, and inside it.

    Parameters
    ----------
    lake
        Where they are stored.
    plan
        The space, and the edge and voxel size of each volume.
    seed
        From which each volume's seed follows.
    progress
        Is told of every volume.
    """
    watcher = progress or Silent()
    designs = [Design.build(recipe) for recipe in training_recipes(plan.space)]
    watcher.started(len(designs))
    watcher.step(f"simulating {len(designs)} volumes")
    design_ids, volume_ids = [], []
    for design in designs:
        design_ids.append(lake.put(design))
        made = lake.run(
            pack_particles,
            design=design_ids[-1],
            edge_voxels=plan.edge_voxels,
            voxel_size_metre=plan.voxel_size_metre,
            seed=cube_seed(seed, design_ids[-1], 0),
        )
        volume_ids.append(made.id)
        watcher.advanced()
    return TrainingVolumes(tuple(volume_ids), tuple(design_ids))


def training_recipes(space: Mapping[str, tuple[float, float]]) -> list[dict[str, float]]:
    """Corners and places inside, as many as there are edges and a centre; fields that are not free at their middle.

    Inside they are spread by a Sobol sequence from the centre on, so that no two of them share the value of a field:
    what changes with one is told apart from what changes with another.
    """
    from scipy.stats import qmc

    free = [n for n, (low, high) in space.items() if low < high and n != "mass_loading_kilogram_per_square_metre"]
    middle = {name: (low + high) / 2 for name, (low, high) in space.items()}
    corners = list(itertools.product((0.0, 1.0), repeat=len(free)))
    inside = len(free) * len(corners) // 2 + 1
    spread = qmc.Sobol(len(free), scramble=False).random(1 << inside.bit_length())[1 : inside + 1] if free else []
    return [
        middle | {n: space[n][0] + float(p) * (space[n][1] - space[n][0]) for n, p in zip(free, places, strict=True)}
        for places in (*corners, *spread)
    ]


def find_volumes(lake: Lake, where: str, at: str = "") -> TrainingVolumes:
    """The microstructures that a condition on their table finds, with their designs if each has one.

    `at` names the snapshot that is queried; without one, one is taken.

    Raises
    ------
    StudyError
        If it finds none.
    NotASelectError
        If the condition cannot be answered.
    """
    snapshot_id = lake.resolve(at) if at else lake.snapshot()
    found = lake.sql(f"SELECT id FROM microstructures WHERE {where} ORDER BY id", at=snapshot_id)
    volume_ids = tuple(found["id"].to_list())
    if not volume_ids:
        raise StudyError(
            f"no microstructure fits --where {where!r}. List them with: ragone query 'SELECT * FROM microstructures'"
        )
    designs = [origin_of(lake, volume_id) for volume_id in volume_ids]
    return TrainingVolumes(volume_ids, tuple(d for d in designs if d) if all(designs) else (), snapshot_id)


def cut_volumes(lake: Lake, volumes: TrainingVolumes, edge_voxels: int) -> TrainingVolumes:
    """Cubes of that edge side by side, cut from each volume; a design no longer describes them.

    Raises
    ------
    StudyError
        If a volume is smaller than a cube.
    """
    ids: list[str] = []
    for volume_id in volumes.volume_ids:
        volume = lake.get(volume_id)
        assert isinstance(volume, Microstructure)
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
    return replace(volumes, volume_ids=tuple(ids), design_ids=())


def origin_of(lake: Lake, volume_id: str) -> str:
    """The design that a volume was made from; empty if it was not."""
    parents = lake.lineage(volume_id).parents_of(volume_id)
    return next((edge.parent for edge in parents if edge.parent.startswith(f"{Design.kind}-")), "")
