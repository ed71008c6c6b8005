"""The tasks of a flow: from a design to the transport of a cube, and from the transport of all cubes to the KPIs.

Tasks take and give ids; every step goes through the lake, which answers from its history where it can. A stage that
fails is a stored run; here it ends the task with its reason instead of an id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dataset import Execution, Lake
from dataset.errors import DroppedError, StageFailedError, UnknownIdError
from flows.design.study import Study
from flows.design.trials import CellMeasured, CubeMeasured
from flows.engines import Engine
from flows.running.seeds import cube_seed
from flows.running.workers import lake_at
from schemas import RunOutcome, Transport

METRICS_STORED = "its metrics are stored"

_STANDARD_ERROR = "_standard_error"


def measure_cube(address: str, study: Study, design_id: str, cube: int) -> CubeMeasured:
    """Draw one cube of a design and measure it."""
    lake = lake_at(address)
    got: dict[str, str] = {}
    try:
        got["microstructure_id"] = run_engine(
            lake,
            study.engines["manufacture"],
            design=design_id,
            edge_voxels=study.resolution.edge_voxels,
            voxel_size_metre=study.resolution.voxel_size_metre,
            seed=cube_seed(study.seed, design_id, cube),
        )
        got["transport_id"] = run_engine(lake, study.engines["characterise"], microstructure=got["microstructure_id"])
    except StageFailedError as failure:
        return CubeMeasured(**got, error=str(failure))
    return CubeMeasured(**got)


def drop_voxels(lake: Lake, cubes: Iterable[CubeMeasured]) -> None:
    """Drop the voxels of cubes whose metrics are stored, in one go; those dropped before are passed over."""
    drop_present(lake, [cube.microstructure_id for cube in cubes if cube.transport_id], METRICS_STORED)


def drop_present(lake: Lake, ids: Iterable[str], reason: str) -> None:
    """Drop the data of some artifacts in one go; those dropped before are passed over."""
    present = [artifact_id for artifact_id in dict.fromkeys(ids) if is_stored(lake, artifact_id)]
    if present:
        lake.drop(present, reason=reason)


def is_stored(lake: Lake, artifact_id: str) -> bool:
    """Whether the lake holds the data of an artifact: not dropped, and not unknown."""
    try:
        lake.get(artifact_id)
    except (DroppedError, UnknownIdError):
        return False
    return True


def measure_cell(
    address: str,
    engines: Mapping[str, Engine],
    transport_ids: Sequence[str],
    loading: float,
    operation: Mapping[str, float],
    predicted_id: str = "",
) -> CellMeasured:
    """Build a cell around the mean of some cubes, discharge it, and read off its KPIs.

    Parameters
    ----------
    address
        Of the lake.
    engines
        Of the parts average, cell, discharge and kpi.
    transport_ids
        Of the cubes.
    loading
        Solids of one coated side [kg/m^2].
    operation
        How the discharge is run: parameter of its engine -> value, as `flows.design.study.Objective` has it.
    predicted_id
        Of the errors that the generator of the cubes is expected to make; empty if none drew them.
    """
    lake = lake_at(address)
    got: dict[str, str] = {}
    try:
        predicted = {"predicted": predicted_id} if predicted_id else {}
        got["transport_id"] = run_engine(lake, engines["average"], transports=list(transport_ids), **predicted)
        got["cell_id"], got["discharge_id"] = _discharged(lake, engines, got["transport_id"], loading, operation, "")
        varied = [
            _discharged(lake, engines, got["transport_id"], loading, operation, metric)[1]
            for metric in _uncertain(lake, got["transport_id"])
        ]
        kpi_ids = _kpis(lake, engines["kpi"], got["cell_id"], got["discharge_id"], varied, len(transport_ids))
        return CellMeasured(got["transport_id"], got["cell_id"], got["discharge_id"], kpi_ids)
    except StageFailedError as failure:
        return CellMeasured(
            transport_id=got.get("transport_id", ""), cell_id=got.get("cell_id", ""), error=str(failure)
        )


def suggest(
    address: str, engine: Engine, study: Study, trials: Mapping[str, Sequence[str]], count: int
) -> tuple[str, ...]:
    """Ids of the next designs.

    `trials` names the inputs: ids of the `designs` that have an objective, of their `objectives`, and of those that
    `failed`.

    Raises
    ------
    StageFailedError
        If the engine fails: without a suggestion a campaign cannot go on.
    """
    found = lake_at(address).run(
        engine.stage,
        **trials,
        space={name: list(bounds) for name, bounds in study.space.items()},
        count=count,
        maximise=study.objective.maximise,
        seed=study.seed,
        **engine.parameters,
    )
    outputs = _completed(found)
    return tuple(outputs[str(number)] for number in range(count))


def run_engine(lake: Lake, engine: Engine, **arguments: Any) -> str:
    """The id of the one record that an engine gives for some inputs.

    Raises
    ------
    StageFailedError
        If the engine fails.
    """
    return lake.run(engine.stage, **arguments, **engine.parameters, **engine.inputs).id


def _discharged(
    lake: Lake,
    engines: Mapping[str, Engine],
    transport_id: str,
    loading: float,
    operation: Mapping[str, float],
    varied: str,
) -> tuple[str, str]:
    """Ids of a cell and of its discharge; `varied` names the metric that is shifted by one standard error."""
    cell_id = run_engine(
        lake,
        engines["cell"],
        transport=transport_id,
        mass_loading_kilogram_per_square_metre=loading,
        varied=varied,
    )
    return cell_id, run_engine(lake, engines["discharge"], cell=cell_id, **operation)


def _uncertain(lake: Lake, transport_id: str) -> list[str]:
    """The metrics whose standard error is known."""
    transport = lake.get(transport_id)
    names = [name for name in Transport.fields() if name.endswith(_STANDARD_ERROR)]
    return [name.removesuffix(_STANDARD_ERROR) for name in names if getattr(transport, name) is not None]


def _kpis(
    lake: Lake, engine: Engine, cell_id: str, discharge_id: str, varied: Sequence[str], cubes: int
) -> Mapping[str, str]:
    found = lake.run(
        engine.stage,
        cell=cell_id,
        discharge=discharge_id,
        varied=list(varied),
        sample_count=cubes,
        **engine.parameters,
    )
    return _completed(found)


def _completed(execution: Execution) -> Mapping[str, str]:
    """The outputs of a run, by name; raises if it failed."""
    if execution.outcome is not RunOutcome.COMPLETED:
        raise StageFailedError(f"{execution.stage} failed in {execution.run_id}: {execution.error}")
    return execution.outputs
