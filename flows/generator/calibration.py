"""How large are a generator's errors? They are measured at left-out corners by the member that left them out, at
training recipes, and, to validate the prediction, outside the training ranges against the simulator.

The real volumes are the training volumes themselves. Everything goes through the lake: run again, it finds what is
stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragone.dataset import Lake
from ragone.flows.design.chain import CHARACTERISE, MANUFACTURE, Step
from ragone.flows.errors import StudyError
from ragone.flows.generator.applicability import (
    VolumeElements,
    drawn_volume,
    equal_noise,
    expect_errors,
    measured_volume,
)
from ragone.flows.generator.training_volumes import volumes_of
from ragone.flows.generator.trust import DEFAULT, stored_generator
from ragone.flows.running.dropping import METRICS_STORED, drop_present
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Parts, Progress, Silent
from ragone.flows.running.seeds import volume_element_seed
from ragone.flows.running.tracking import run_stage
from ragone.models.generator import draw_microstructure
from ragone.models.generator.held_out_recipes import BEYOND
from ragone.models.generator.reliability import EXTRAPOLATED, Reliability, reliabilities
from ragone.models.generator.shipped import PLAN
from ragone.models.generator.trust import calibration_points, excluded_volumes, fit_errors, relative_errors
from ragone.pipelines.characterise import homogenise_extrapolated
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Generator, GeneratorErrors, Materials, Microstructure, Recipe, Transport
from ragone.schemas.materials import NMC_811

_SEED = 1


@dataclass(frozen=True)
class Calibrated:
    """A calibration, and how reliable its predictions are for each group of recipes."""

    errors: GeneratorErrors
    reliabilities: tuple[Reliability, ...]


@job("generator-calibration")
def calibrate_generator(
    lake: Lake, name: str = DEFAULT, *, params: str = str(PLAN), beyond: bool = False, progress: Progress | None = None
) -> Calibrated:
    """Measure a generator's errors and fit the errors to be expected.

    Parameters
    ----------
    lake
        The lake that holds it, and that will hold all that is drawn.
    name
        The generator: an id, or `default`.
    params
        The file whose simulation gives the training volumes again, where the lake does not hold them.
    beyond
        Whether recipes outside the training ranges are drawn too and compared with the simulator.
    progress
        Receives every point.

    Raises
    ------
    StudyError
        If its volumes have no recipes, or cannot be simulated again.
    StageFailedError
        If nothing can be fitted; the message says why.
    """
    parts = Parts(progress or Silent())
    generator = stored_generator(lake, name)
    volumes = volumes_of(lake, generator, params, parts.part("volumes trained on"))
    if not volumes.recipe_ids:
        raise StudyError(f"{generator.id[:24]} was trained on volumes without recipes: none can be drawn again.")
    edge = lake.get(volumes.volume_ids[0], Microstructure).labels.shape[0]
    watcher = parts.part("calibration")
    run = _Calibration(lake, generator, edge, watcher)
    points = calibration_points(generator)
    watcher.started(len(points) + (len(BEYOND) if beyond else 0))
    errors = run.fit(points, volumes.volume_ids, [lake.get(recipe_id, Recipe) for recipe_id in volumes.recipe_ids])
    found = reliabilities(errors, generator)
    return Calibrated(errors, (*found, run.beyond(errors)) if beyond else found)


class _Calibration:
    """The calibration of one generator."""

    def __init__(self, lake: Lake, generator: Generator, edge: int, progress: Progress) -> None:
        self._lake, self._generator, self._progress = lake, generator, progress
        self._materials = lake.get(lake.put(NMC_811), Materials)
        draw, characterise = Step(MANUFACTURE, draw_microstructure), Step(CHARACTERISE, homogenise_extrapolated)
        self._elements = VolumeElements(draw, characterise, edge, generator.voxel_size_metre, _SEED)

    def fit(
        self, points: Sequence[tuple[int, int]], volume_ids: Sequence[str], recipes: Sequence[Recipe]
    ) -> GeneratorErrors:
        """Return the calibration from (volume, member) points."""
        drawn, beside, real = [], [], []
        for volume, member in points:
            self._progress.step(f"member {member + 1} at the recipe of volume {volume}")
            drawn.append(self._generated(recipes[volume], member))
            beside += equal_noise(self._lake, self._generator, recipes[volume], self._materials, self._elements)
            real.append(self._measured(volume_ids[volume]))
            self._progress.advanced()
        made = run_stage(
            "conclude",
            self._lake,
            fit_errors,
            generator=self._generator.id,
            drawn=drawn,
            beside=beside,
            real=real,
            volumes=[volume for volume, _ in points],
            members=[member for _, member in points],
        )
        return self._lake.get(made.id, GeneratorErrors)

    def beyond(self, errors: GeneratorErrors) -> Reliability:
        """Return predictions and errors at recipes outside the training ranges."""
        sigma, error = [], []
        for recipe in BEYOND:
            self._progress.step("a recipe outside the training ranges")
            self._lake.put(recipe)
            made, real = (self._lake.get(i, Transport) for i in (self._generated(recipe), self._simulated(recipe)))
            predicted = expect_errors(self._lake, self._generator, errors, recipe, self._materials, self._elements)
            sigma.append(predicted.relative_standard_error)
            error.append(relative_errors(made, real))
            self._progress.advanced()
        return Reliability(EXTRAPOLATED, errors.metric_names, np.array(sigma), np.array(error))

    def _generated(self, recipe: Recipe, member: int = -1) -> str:
        """Return the transport of a volume that a member drew."""
        seed = volume_element_seed(_SEED, recipe.id, self._members() if member < 0 else member)
        volume = drawn_volume(
            self._lake, self._generator, recipe, self._materials, self._elements, seed=seed, member=member
        )
        return self._measured(volume, dropped=True)

    def _simulated(self, recipe: Recipe) -> str:
        """Return the transport of a volume of the simulator."""
        volume = run_stage(
            "draw",
            self._lake,
            pack_particles,
            recipe=recipe.id,
            materials=self._materials.id,
            edge_voxels=self._elements.edge_voxels,
            voxel_size_metre=self._elements.voxel_size_metre,
            seed=volume_element_seed(_SEED, recipe.id, self._members()),
        )
        return self._measured(volume.id, dropped=True)

    def _measured(self, volume_id: str, *, dropped: bool = False) -> str:
        """Return the transport of a volume, whose voxels may be dropped then."""
        found = measured_volume(self._lake, volume_id, self._materials, self._elements.characterise)
        if dropped:
            drop_present(self._lake, [volume_id], METRICS_STORED)
        return found

    def _members(self) -> int:
        return len(excluded_volumes(self._generator))
