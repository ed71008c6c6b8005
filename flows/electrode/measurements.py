"""What can be measured of a stored microstructure, each by its stage and under its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataset import Lake
from flows.engines import ENGINES, AnyStage, default_engine_name
from flows.errors import MeasurementError
from flows.running.progress import Progress, Silent
from pipelines.characterise import homogenise_along_all_axes, measure_geometry, walk_randomly
from schemas import Microstructure
from schemas.errors import did_you_mean

MEASUREMENTS: Mapping[str, AnyStage] = {
    "transport": ENGINES["characterise"][default_engine_name("characterise")],
    "tensor": homogenise_along_all_axes,
    "geometry": measure_geometry,
    "walk": walk_randomly,
}


def measure_microstructure(
    lake: Lake,
    microstructure_id: str,
    names: Sequence[str],
    *,
    periodic: bool = False,
    seed: int = 0,
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
        Of MEASUREMENTS.
    periodic
        Whether the volume repeats itself: for the tensor and the geometry.
    seed
        Of the random walk.
    progress
        Is told of every measurement.

    Raises
    ------
    MeasurementError
        If a name is not known, or the id is not that of a microstructure; before anything is measured.
    StageFailedError
        If a stage fails.
    """
    for name in names:
        if name not in MEASUREMENTS:
            raise MeasurementError(f"measurement {name!r} is not known: {did_you_mean(name, MEASUREMENTS)}")
    if not isinstance(lake.get(microstructure_id), Microstructure):
        raise MeasurementError(f"{microstructure_id} is not a microstructure. `ragone import` makes one of a file.")
    parameters: dict[str, dict[str, Any]] = {
        "tensor": {"periodic": periodic},
        "geometry": {"periodic": periodic},
        "walk": {"seed": seed},
    }
    watcher = progress or Silent()
    watcher.started(len(names))
    found = {}
    for name in names:
        watcher.step(f"measuring: {name}")
        run = lake.run(MEASUREMENTS[name], microstructure=microstructure_id, **parameters.get(name, {}))
        found[name] = run.id
        watcher.advanced()
    return found
