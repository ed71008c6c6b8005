"""How far a generator is off, measured: at left-out corners by the member that left them out, at recipes it has seen,
and, to try the prediction, beyond the cube against the simulator.

The real volumes are the training volumes themselves. Everything goes through the lake: run again, it finds what is
stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataset import Lake
from flows.design.evaluate import METRICS_STORED, drop_present, run_engine
from flows.engines import GENERATOR, Engine, default_engine_name
from flows.errors import StudyError
from flows.generator.fidelity_plan import BEYOND, LOADING, RECIPE_NAMES
from flows.generator.foresight import equal_noise, training_volumes
from flows.generator.trust import SPREAD_EDGE, stored_generator
from flows.running.progress import Progress, Silent
from flows.running.seeds import cube_seed
from models.generator.reliability import Reliability, reliabilities
from models.generator.trust import calibration_points, excluded_by, fit_errors, predict_errors, relative_errors
from schemas import Design, Generator, GeneratorErrors, Microstructure, PredictedErrors, Transport

_SEED = 1
_CHARACTERISE = Engine("characterise", default_engine_name("characterise"))
_ORACLE = Engine("manufacture", default_engine_name("manufacture"))


@dataclass(frozen=True)
class Calibrated:
    """A calibration, and how its predictions turned out: where the recipe was seen, left out, and beyond."""

    errors_id: str
    generator_id: str
    errors: GeneratorErrors
    reliabilities: tuple[Reliability, ...]


def calibrate_generator(
    lake: Lake, name: str, *, params: str, beyond: bool = False, progress: Progress | None = None
) -> Calibrated:
    """Measure a generator's errors and fit what is to be expected.

    Parameters
    ----------
    lake
        Where it is, and all that is drawn will be.
    name
        Of the generator: an id, or `default`.
    params
        The file whose simulation gives the training volumes again, where the lake does not hold them.
    beyond
        Whether recipes outside the training cube are drawn too and set beside the simulator.
    progress
        Is told of every point.

    Raises
    ------
    StudyError
        If its volumes have no designs, or are not to be had.
    StageFailedError
        If nothing can be fitted; the message says why.
    """
    watcher = progress or Silent()
    generator_id = stored_generator(lake, name)
    run = _Calibration(lake, generator_id, watcher)
    volumes = training_volumes(lake, run.generator, params, watcher)
    if not volumes.design_ids:
        raise StudyError(f"{generator_id[:24]} was trained on volumes without designs: no recipe can be drawn again.")
    points = calibration_points(run.generator)
    watcher.started(len(points) + (len(BEYOND) if beyond else 0))
    errors_id = run.fit(points, volumes.volume_ids, volumes.design_ids)
    errors = lake.get(errors_id)
    assert isinstance(errors, GeneratorErrors)
    found = reliabilities(errors, run.generator)
    return Calibrated(errors_id, generator_id, errors, (*found, run.beyond(errors_id)) if beyond else found)


class _Calibration:
    """One generator being judged."""

    def __init__(self, lake: Lake, generator_id: str, progress: Progress) -> None:
        generator = lake.get(generator_id)
        assert isinstance(generator, Generator)
        self._lake, self._generator_id, self._progress = lake, generator_id, progress
        self.generator = generator
        self._engine = Engine("manufacture", GENERATOR, inputs={GENERATOR: generator_id})
        self._edge = SPREAD_EDGE

    def fit(self, points: Sequence[tuple[int, int]], volume_ids: Sequence[str], design_ids: Sequence[str]) -> str:
        """The id of the calibration from (volume, member) points."""
        sample = self._lake.get(volume_ids[0])
        assert isinstance(sample, Microstructure)
        self._edge = sample.labels.shape[0]
        drawn, beside, real = [], [], []
        for volume, member in points:
            self._progress.step(f"member {member + 1} at the recipe of volume {volume}")
            drawn.append(self._measured(self._engine, design_ids[volume], {"member": member}))
            beside += self._beside(design_ids[volume])
            real.append(run_engine(self._lake, _CHARACTERISE, microstructure=volume_ids[volume]))
            self._progress.advanced()
        return self._lake.run(
            fit_errors,
            generator=self._generator_id,
            drawn=drawn,
            beside=beside,
            real=real,
            generator_id=self._generator_id,
            volumes=[volume for volume, _ in points],
            members=[member for _, member in points],
        ).id

    def beyond(self, errors_id: str) -> Reliability:
        """Predictions and errors at recipes outside the training cube."""
        sigma, error = [], []
        for recipe in BEYOND:
            self._progress.step("a recipe beyond the cube")
            design_id = self._lake.put(Design.build({**dict(zip(RECIPE_NAMES, recipe, strict=True)), **LOADING}))
            made, real = (self._transport(self._measured(e, design_id, {})) for e in (self._engine, _ORACLE))
            sigma.append(self._predicted(design_id, errors_id).relative_standard_error)
            error.append(relative_errors(made, real))
            self._progress.advanced()
        errors = self._lake.get(errors_id)
        assert isinstance(errors, GeneratorErrors)
        return Reliability("beyond the cube", errors.metric_names, np.array(sigma), np.array(error))

    def _measured(self, engine: Engine, design_id: str, parameters: dict[str, int]) -> str:
        """The transport of one volume of a design; its voxels are dropped."""
        chosen = Engine(engine.part, engine.name, {**engine.parameters, **parameters}, engine.inputs)
        volume = run_engine(
            self._lake,
            chosen,
            design=design_id,
            edge_voxels=self._edge,
            voxel_size_metre=self.generator.voxel_size_metre,
            seed=cube_seed(_SEED, design_id, parameters.get("member", len(excluded_by(self.generator)))),
        )
        found = run_engine(self._lake, _CHARACTERISE, microstructure=volume)
        drop_present(self._lake, [volume], METRICS_STORED)
        return found

    def _beside(self, design_id: str) -> list[str]:
        return equal_noise(
            self._lake,
            self._engine,
            _CHARACTERISE,
            design_id=design_id,
            edge_voxels=self._edge,
            voxel_size_metre=self.generator.voxel_size_metre,
            seed=_SEED,
        )

    def _predicted(self, design_id: str, errors_id: str) -> PredictedErrors:
        found = self._lake.run(
            predict_errors,
            design=design_id,
            generator=self._generator_id,
            errors=errors_id,
            transports=self._beside(design_id),
            generator_id=self._generator_id,
            errors_id=errors_id,
        )
        predicted = self._lake.get(found.id)
        assert isinstance(predicted, PredictedErrors)
        return predicted

    def _transport(self, transport_id: str) -> Transport:
        transport = self._lake.get(transport_id)
        assert isinstance(transport, Transport)
        return transport
