"""Protocols done with stored cells: one of them, or many with many, each its own stored run.

A run that is stored already is found again, so that going on with a stopped batch is starting it again. Every test
builds its own model, which takes about a third of a second; processes share the tests out among the cores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataset import Lake
from flows.engines import unit_of
from flows.errors import CyclingError
from flows.running.execution import Execution
from flows.running.executors import open_executor, run_all
from flows.running.progress import Progress, Silent
from flows.running.workers import lake_at, lend
from pipelines.cell.protocols import PROTOCOLS, cycle_cell, follows_profile, named_protocol
from schemas import CellParameters, Measurement, RunOutcome
from schemas.units import parse_quantity


@dataclass(frozen=True)
class CellTest:
    """A protocol under a name, and the parameters of the stage that differ from its defaults."""

    name: str
    protocol: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cycled:
    """What a test with a cell gave: the id of the cycling, or the error that the stage ended with."""

    cell_id: str
    test: str
    cycling_id: str = ""
    run_id: str = ""
    error: str = ""
    reused: bool = False


def named_test(name: str, settings: Mapping[str, str] | None = None, **parameters: Any) -> CellTest:
    """A named protocol with its settings, from the state of charge that it is meant to begin at.

    Parameters
    ----------
    name
        Of PROTOCOLS.
    settings
        Of the protocol, as text: "20 W", "3" or, where it takes several, "1,2,3".
    parameters
        Of the stage `cycle_cell`.

    Raises
    ------
    UnknownFieldError, CyclingError, UnitError
        If the protocol or a setting is not known, or cannot be read.
    """
    given = settings or {}
    defaults = PROTOCOLS[name].settings if name in PROTOCOLS else {}
    read = {key: _read(key, text, defaults[key]) if key in defaults else text for key, text in given.items()}
    protocol = named_protocol(name, **read)
    return CellTest(name, protocol, {"initial_state_of_charge": PROTOCOLS[name].initial_state_of_charge, **parameters})


def cycle_many(
    lake: Lake,
    cell_ids: Sequence[str],
    tests: Sequence[CellTest],
    execution: Execution | None = None,
    *,
    profile_id: str = "",
    progress: Progress | None = None,
) -> list[Cycled]:
    """Do every test with every cell, or find what was done before; in the order of the cells, then of the tests.

    Parameters
    ----------
    lake
        Where the cells are.
    cell_ids
        Full or short ids.
    tests
        What is done with each.
    execution
        Where; in this process if None. `Execution("processes", 2)` uses two cores.
    profile_id
        Of the measurement that the tests follow which run a profile.
    progress
        Is told of every test.

    Raises
    ------
    CyclingError, ProtocolError
        If an id is not that of a cell, the profile's not that of a measurement, a step is not understood, or a profile
        is given and not followed or the other way round; before anything is computed.
    """
    follows = {test.protocol: follows_profile(test.protocol) for test in tests}
    _matched(any(follows.values()), profile_id)
    cells = [_of_kind(lake, name, CellParameters) for name in cell_ids]
    profile = _of_kind(lake, profile_id, Measurement) if profile_id else ""
    watcher = progress or Silent()
    watcher.started(len(cells) * len(tests))
    with lend(lake) as address, open_executor(execution or Execution()) as executor:
        calls = [(address, cell, test, profile if follows[test.protocol] else "") for cell in cells for test in tests]
        watcher.step(f"cycling {len(cells)} cells with {len(tests)} protocols")
        return run_all(executor, cycle_one, calls, lambda *_: watcher.advanced())


def cycle_one(address: str, cell_id: str, test: CellTest, profile_id: str) -> Cycled:
    """One test with one cell, wherever the task runs; no profile if its id is empty."""
    inputs = {"profile": profile_id} if profile_id else {}
    run = lake_at(address).run(cycle_cell, cell=cell_id, protocol=test.protocol, **inputs, **test.parameters)
    if run.outcome is not RunOutcome.COMPLETED:
        return Cycled(cell_id, test.name, run_id=run.run_id, error=run.error)
    return Cycled(cell_id, test.name, run.id, run.run_id, reused=run.reused)


def _matched(followed: bool, profile_id: str) -> None:
    """There is a profile where one is followed, and only there."""
    if followed and not profile_id:
        raise CyclingError("the protocol follows a profile, and none was given. Name a measured curve or its file.")
    if profile_id and not followed:
        raise CyclingError(
            f"no step follows the profile {profile_id}. Add 'Run profile (A)', or leave the profile out."
        )


def _of_kind(lake: Lake, name: str, kind: type[CellParameters | Measurement]) -> str:
    full = lake.resolve(name)
    if not isinstance(lake.get(full), kind):
        raise CyclingError(f"{full} is not of kind {kind.kind}. `ragone query` over the tables finds one.")
    return full


def _read(name: str, text: str, default: Any) -> Any:
    """A setting as what its default is: text, a whole number, a number with its unit, or several."""
    if isinstance(default, str):
        return text
    if isinstance(default, tuple):
        return tuple(parse_quantity(part.strip(), unit_of(name), name) for part in text.split(","))
    value = parse_quantity(text, unit_of(name), name)
    if isinstance(default, int):
        if value != int(value):
            raise CyclingError(f"{name} = {text} must be a whole number.")
        return int(value)
    return value
