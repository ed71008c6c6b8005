"""Which volumes does a fidelity report measure? Real ones, and those of every generator under the same conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.flows.errors import StudyError
from ragone.flows.generator.fidelity_plan import FidelityPlan
from ragone.flows.generator.fidelity_volumes import VolumeTask
from ragone.flows.running.seeds import volume_element_seed
from ragone.schemas import Generator, Microstructure

REAL, AGAIN = "real", "real again"
FEWEST_IN_HALF = 2


@dataclass(frozen=True)
class Sample:
    """A generator under a name; whether fractions are imposed on it."""

    name: str
    generator_id: str
    constrained: bool


@dataclass(frozen=True)
class Terms:
    """The values that all volumes share: generators, materials, voxel size, the training volumes that are searched."""

    samples: Sequence[Sample]
    materials_id: str
    voxel_size_metre: float
    training_ids: tuple[str, ...]


def samples_of(generators: Sequence[Generator], *, raw: bool) -> list[Sample]:
    """Return each generator with fractions imposed; if `raw`, also with fractions left to it."""
    return [
        Sample(_name(place, constrained), generator.id, constrained)
        for place, generator in enumerate(generators)
        for constrained in ((True, False) if raw else (True,))
    ]


def recipe_tasks(terms: Terms, plan: FidelityPlan, place: int) -> list[VolumeTask]:
    """Return real volumes from two sets of seeds, and those of every sample."""
    recipe_id = plan.recipes[place].id
    common: dict[str, Any] = {"condition": place, "edge": plan.edge_voxels, "recipe_id": recipe_id}
    seeds = [volume_element_seed(plan.seed, recipe_id, number) for number in range(2 * plan.seeds)]
    tasks = [_task(terms, REAL, seed=seed, **common) for seed in seeds[: plan.seeds]]
    tasks += [_task(terms, AGAIN, seed=seed, **common) for seed in seeds[plan.seeds :]]
    for sample in terms.samples:
        tasks += [_task(terms, sample.name, seed=seed, drawer=sample, **common) for seed in seeds[: plan.seeds]]
    return tasks


def volume_tasks(terms: Terms, volume_id: str, edge: int, seed: int) -> list[VolumeTask]:
    """Return a stored volume, and one of its phase fractions by every sample."""
    common: dict[str, Any] = {"condition": 0, "edge": edge, "volume_id": volume_id}
    drawn = volume_element_seed(seed, volume_id, 0)
    samples = [_task(terms, sample.name, seed=drawn, drawer=sample, **common) for sample in terms.samples]
    return [_task(terms, REAL, seed=0, **common), *samples]


def common_edge(lake: Lake, volume_ids: Sequence[str], generators: Sequence[Generator]) -> int:
    """Return the number of voxels along each edge of all volumes."""
    shapes = set()
    for name in volume_ids:
        record = lake.get(name, Microstructure)
        if any(name in generator.trained_on for generator in generators):
            raise StudyError(f"{name} is a training volume of a generator. Name held-out volumes.")
        record.require_cubic_voxels("a comparison with a generator")
        shapes.add(record.labels.shape)
    edges = {edge for shape in shapes for edge in shape}
    if len(edges) != 1 or len(set(volume_ids)) < 2 * FEWEST_IN_HALF:
        sizes = ", ".join(" x ".join(map(str, shape)) for shape in sorted(shapes))
        raise StudyError(
            f"{len(set(volume_ids))} volumes of {sizes} voxels were named. Name {2 * FEWEST_IN_HALF} cubic ones of one "
            "size at least, or cut them with --edge."
        )
    return int(edges.pop())


def _task(
    terms: Terms,
    name: str,
    *,
    condition: int,
    seed: int,
    edge: int,
    drawer: Sample | None = None,
    recipe_id: str = "",
    volume_id: str = "",
) -> VolumeTask:
    """Return a volume of the report; drawn by a generator if there is one."""
    return VolumeTask(
        sample=name,
        condition=condition,
        seed=seed,
        edge_voxels=edge,
        voxel_size_metre=terms.voxel_size_metre,
        recipe_id=recipe_id,
        materials_id=terms.materials_id,
        generator_id=drawer.generator_id if drawer else "",
        volume_id=volume_id,
        constrained=drawer.constrained if drawer else True,
        training_ids=terms.training_ids,
    )


def _name(place: int, constrained: bool) -> str:
    whose = "generated" if not place else f"generator {place + 1}"
    return whose if constrained else f"{whose}, raw"
