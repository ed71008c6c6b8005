"""What can be measured of a stored microstructure, each by its stage and under the word that people use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragone.dataset import Lake
from ragone.flows.electrode.materials import StatedMaterials, materials_of_volume
from ragone.flows.errors import MeasurementError
from ragone.flows.running.progress import Progress, Silent
from ragone.flows.stages import STAGES, AnyStage
from ragone.schemas import Microstructure
from ragone.schemas.errors import did_you_mean
from ragone.schemas.stage import SEED

WORDS: Mapping[str, str] = {
    "transport": "characterise.homogenise_extrapolated",
    "voxels": "characterise.homogenise",
    "tensor": "characterise.homogenise_along_all_axes",
    "geometry": "characterise.measure_geometry",
    "walk": "characterise.walk_randomly",
    "electrode": "characterise.measure_electrode_tortuosity",
}
_SUBJECT, _MATERIALS, _PERIODIC = "microstructure", "materials", "periodic"


def stage_measuring(word: str) -> AnyStage:
    """The stage of a word of WORDS, or the one of the room ``characterise`` that is called so and takes a volume.

    Raises
    ------
    MeasurementError
        If there is none.
    """
    stage = STAGES.get(WORDS.get(word, f"characterise.{word}"))
    if stage is None or _SUBJECT not in stage.ports:
        raise MeasurementError(f"measurement {word!r} is not known: {did_you_mean(word, WORDS)}")
    return stage


def measure_microstructure(
    lake: Lake,
    microstructure_id: str,
    names: Sequence[str],
    *,
    periodic: bool = False,
    seed: int = 0,
    stated: StatedMaterials | None = None,
    progress: Progress | None = None,
) -> dict[str, str]:
    """Measure, or find what was measured before; ids by name.

    Parameters
    ----------
    lake
        Where the microstructure is.
    microstructure_id
        Full or short id.
    names
        Of WORDS, or of stages.
    periodic
        Whether the volume repeats itself, for the stages that ask.
    seed
        Of the random walk.
    stated
        Of the materials of a volume that was not drawn, or was drawn with several.
    progress
        Receives the progress, a step for every measurement.

    Raises
    ------
    MeasurementError, OtherKindError, MaterialsError
        If a name is not known, the id is not that of a microstructure, or its materials are not clear; before anything
        is measured.
    StageFailedError
        If a stage fails.
    """
    stages = {name: stage_measuring(name) for name in names}
    subject = lake.get(microstructure_id, Microstructure)
    given: dict[str, Any] = {_SUBJECT: subject.id, _PERIODIC: periodic, SEED: seed}
    if any(_MATERIALS in stage.ports for stage in stages.values()):
        given[_MATERIALS] = materials_of_volume(lake, subject, stated.said(lake) if stated else ()).id
    watcher = progress or Silent()
    watcher.started(len(names))
    found = {}
    for name, stage in stages.items():
        watcher.step(f"measuring: {name}")
        found[name] = lake.run(stage, **_accepted(stage, given)).id
        watcher.advanced()
    return found


def _accepted(stage: AnyStage, given: Mapping[str, Any]) -> dict[str, Any]:
    """Select the arguments that the stage asks for."""
    asked = {*stage.ports, *stage.parameters, *([SEED] if stage.takes_seed else [])}
    return {name: value for name, value in given.items() if name in asked}
