"""The volumes of a report on fidelity as tasks: drawn by a generator, packed, or stored; and measured."""

from __future__ import annotations

from dataclasses import dataclass

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.running.tasks import task
from ragone.flows.running.workers import lake_at
from ragone.models.generator import draw_microstructure
from ragone.pipelines.characterise import homogenise_along_all_axes, measure_geometry
from ragone.pipelines.fidelity import measure_similarity
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Generator, Microstructure


@dataclass(frozen=True)
class VolumeTask:
    """A volume to be measured: drawn by a generator, packed, or stored (neither recipe nor generator)."""

    sample: str
    condition: int
    seed: int
    edge_voxels: int
    voxel_size_metre: float
    materials_id: str
    recipe_id: str = ""
    generator_id: str = ""
    volume_id: str = ""
    constrained: bool = True
    training_ids: tuple[str, ...] = ()

    @property
    def drawn(self) -> bool:
        """Return whether the volume is drawn here, rather than stored."""
        return bool(self.recipe_id or self.generator_id)


@dataclass(frozen=True)
class VolumeMeasured:
    """The ids of what a volume gave, and why a stage failed."""

    microstructure_id: str = ""
    tensor_id: str = ""
    geometry_id: str = ""
    similarity_id: str = ""
    error: str = ""


@task("draw")
def draw_volume(address: str, task: VolumeTask) -> VolumeMeasured:
    """Draw a volume, or take it as it is stored, and measure nothing yet."""
    try:
        return VolumeMeasured(_made(lake_at(address), task))
    except StageFailedError as failure:
        return VolumeMeasured(error=str(failure))


@task("characterise", first=draw_volume)
def measure_volume(address: str, task: VolumeTask) -> VolumeMeasured:
    """Draw a volume, or take it as it is stored, and measure it."""
    lake = lake_at(address)
    got: dict[str, str] = {}
    try:
        made = got["microstructure_id"] = _made(lake, task)
        periodic = bool(task.recipe_id)
        got["tensor_id"] = lake.run(homogenise_along_all_axes, microstructure=made, materials=task.materials_id).id
        got["geometry_id"] = lake.run(measure_geometry, microstructure=made, periodic=periodic).id
        if task.training_ids:
            others = list(task.training_ids)
            got["similarity_id"] = lake.run(measure_similarity, microstructure=made, others=others).id
    except StageFailedError as failure:
        return VolumeMeasured(**got, error=str(failure))
    return VolumeMeasured(**got)


def _made(lake: Lake, task: VolumeTask) -> str:
    """Return the id of the volume of a task."""
    if not task.drawn:
        return task.volume_id
    size = {"edge_voxels": task.edge_voxels, "voxel_size_metre": task.voxel_size_metre, "seed": task.seed}
    if not task.generator_id:
        return lake.run(pack_particles, recipe=task.recipe_id, materials=task.materials_id, **size).id
    recipe: dict[str, object] = {"recipe": task.recipe_id, "materials": task.materials_id}
    if task.volume_id:
        recipe = {"phase_fractions": _fractions(lake, task), "periodic": False}
    drawn = lake.run(draw_microstructure, generator=task.generator_id, constrained=task.constrained, **recipe, **size)
    return drawn.id


def _fractions(lake: Lake, task: VolumeTask) -> list[float]:
    """Return the phase fractions of a stored volume, in the order of the generator's phases."""
    volume, generator = lake.get(task.volume_id, Microstructure), lake.get(task.generator_id, Generator)
    return [float(volume.phase(name).mean()) for name in generator.phase_names]
