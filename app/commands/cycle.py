"""`ragone cycle`: do a protocol with a stored cell, and report it step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Group
from rich.text import Text

from ragone.app.pictures.drawing import draw
from ragone.app.tables.answers import plain, short
from ragone.app.tables.cycling import step_rows, step_table
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, FoundError, Session
from ragone.dataset import Lake
from ragone.flows.cell.cycling import CellTest, cycle_many, free_test, named_test
from ragone.flows.errors import CyclingError
from ragone.flows.parameter_files.fields import settings_of
from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.files.cyclers import read_measurement
from ragone.schemas import Cycling, CyclingOutcome


def execute(session: Session) -> int:
    """Cycle the cell; 1 if the stage failed or the protocol was not done to its end."""
    given = session.arguments
    test = _test(given)
    with session.lake() as lake:
        profile = _profile(lake, given.profile)
        with Watcher(session.notes, hidden=session.silent) as watcher:
            (cycled,) = cycle_many(lake, [given.id], [test], profile_id=profile, progress=watcher)
        if cycled.error:
            raise FoundError(f"{cycled.error} (run {cycled.run_id})")
        cycling = lake.get(cycled.cycling_id, Cycling)
    if given.png:
        draw(cycling, given.png)
    _tell(session, cycled.cell_id, cycling)
    return FINE if cycling.outcome is CyclingOutcome.COMPLETED else FOUND


def _test(given: Any) -> CellTest:
    """Return the test that the arguments ask for, read before a lake is opened."""
    parameters: dict[str, Any] = heat_parameters(given)
    if given.particle_sizes:
        parameters["particle_size_points"] = given.particle_sizes
    if given.ambient:
        parameters["ambient_temperature_kelvin"] = condition("ambient_temperature", given.ambient, "--ambient")
    if given.initial_soc:
        parameters["initial_state_of_charge"] = condition("initial_state_of_charge", given.initial_soc, "--initial-soc")
    if given.steps:
        if given.protocol or given.settings:
            raise CyclingError("--step says what is done; leave --protocol and --set out, or leave --step out.")
        return free_test(given.steps, parameters)
    default = "drive" if given.profile else "cycle"
    return named_test(given.protocol or default, settings_of(given.settings), **parameters)


def heat_parameters(given: Any) -> dict[str, Any]:
    """Return --thermal and --heat-transfer as parameters of the stage."""
    parameters: dict[str, Any] = {} if given.thermal == "isothermal" else {"thermal": given.thermal}
    if given.heat_transfer:
        if given.thermal != "lumped":
            raise CyclingError("--heat-transfer is of a lumped cell; add --thermal lumped, or leave it out.")
        coefficient = condition("heat_transfer_coefficient", given.heat_transfer, "--heat-transfer")
        parameters["heat_transfer_coefficient_watt_per_square_metre_kelvin"] = coefficient
    return parameters


def condition(name: str, text: str, option: str) -> float:
    """An operating condition of a protocol, as its parameter reads what an option gives."""
    return float(cycle_cell.parameter(name).read(text, option))


def _profile(lake: Lake, given: str) -> str:
    """The id of the profile: of a file it is stored first."""
    if not given or not Path(given).is_file():
        if any(mark in given for mark in "./\\"):
            raise CyclingError(
                f"--profile {given!r}: there is no such file. Name a measured curve by its id, or its file."
            )
        return given
    return lake.put(read_measurement(given), note=f"profile from {Path(given).name}")


def _tell(session: Session, cell_id: str, cycling: Cycling) -> None:
    rows = step_rows(cycling)
    about = f"{cycling.outcome}{f': {cycling.reason}' if cycling.reason else ''}"
    data = {"id": cycling.id, "cell_id": cell_id, **plain(cycling), "steps": rows}
    table = [step_table(rows)] if rows else []
    session.answer(data, Group(Text(one_line(about)), *table, Text(cycling.id)))
    again, name = session.again(), short(cycling.id)
    if rows:
        session.advise(f"Try next: ragone kpis {name}{again}; ragone show {name} --png cycling.png{again}")
