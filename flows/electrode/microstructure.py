"""A volume that was imported rather than drawn from a design: its metrics, and the cell that it would make.

There is no design, so that the mass loading must be said; and only one volume, so that the KPIs have no uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping

from dataset import Lake
from dataset.errors import StageFailedError
from flows.design.evaluate import measure_cell, run_engine
from flows.design.trials import CellMeasured
from flows.engines import ENGINES, Engine, default_engine_name
from flows.running.progress import Progress, Silent
from flows.running.workers import lend


def evaluate_microstructure(
    lake: Lake,
    microstructure_id: str,
    *,
    mass_loading_kilogram_per_square_metre: float,
    power_watt: float,
    engines: Mapping[str, Engine] | None = None,
    progress: Progress | None = None,
) -> CellMeasured:
    """Characterise a stored microstructure, build a cell around it, discharge it, and read off its KPIs.

    Parameters
    ----------
    lake
        Where the microstructure is, and everything else will be.
    microstructure_id
        Full or short id.
    mass_loading_kilogram_per_square_metre
        Solids of one coated side over its area [kg/m^2].
    power_watt
        Constant power of the whole cell [W].
    engines
        A study's engines; the defaults if None.
    progress
        Is told of two units of work.

    Returns
    -------
    CellMeasured
        Ids as far as the stages came; `error` if one failed.
    """
    watcher = progress or Silent()
    chosen = engines or {part: Engine(part, default_engine_name(part)) for part in ENGINES}
    watcher.started(2)
    watcher.step("measuring the microstructure")
    try:
        transport_id = run_engine(lake, chosen["characterise"], microstructure=microstructure_id)
    except StageFailedError as failure:
        return CellMeasured(error=str(failure))
    watcher.advanced()
    watcher.step("discharging the cell")
    operation = {"power_watt": power_watt}
    with lend(lake) as address:
        cell = measure_cell(address, chosen, [transport_id], mass_loading_kilogram_per_square_metre, operation)
    watcher.advanced()
    return cell
