"""Protocols done with stored cells: one of them, or many with many, each its own stored run.

A run that is stored already is found again, so that going on with a stopped batch is starting it again. Every test
builds its own model, which takes about a third of a second; processes share the tests out among the cores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragone.dataset import Lake
from ragone.flows.errors import CyclingError
from ragone.flows.running.execution import Execution
from ragone.flows.running.progress import Progress
from ragone.flows.running.workers import lake_at
from ragone.flows.running.workspace import open_workspace
from ragone.flows.stages import STAGES
from ragone.pipelines.cell.protocols import (
    ProtocolStage,
    charge_within_limits,
    cycle_cell,
    follows_profile,
    pulse_at_largest_power,
)
from ragone.schemas import CellParameters, Measurement, RunOutcome
from ragone.schemas.errors import UnknownFieldError, did_you_mean

# What is done with a cell at its limits, without a list of steps.
_AT_LIMITS = {"charge-within-limits": charge_within_limits.name, "largest-power": pulse_at_largest_power.name}


@dataclass(frozen=True)
class CellTest:
    """A named test: the stage of a protocol, by its name, and its parameters that differ from the defaults."""

    name: str
    stage: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the protocol, in plain English; none of what is done at limits instead."""
        stage = STAGES[self.stage]
        bound = stage.bind(self.parameters)
        if self.stage in _AT_LIMITS.values():
            return ()
        if not isinstance(stage, ProtocolStage):
            return tuple(bound["protocol"])
        return stage.steps(**{name: bound[name] for name in stage.settings})


@dataclass(frozen=True)
class Cycled:
    """The result of a test with a cell: the id of the cycling, or the error that the stage ended with."""

    cell_id: str
    test: str
    cycling_id: str = ""
    run_id: str = ""
    error: str = ""
    reused: bool = False


def protocols() -> tuple[str, ...]:
    """Return the names of all protocols, as people write them."""
    written = (one.short.replace("_", "-") for one in STAGES.values() if isinstance(one, ProtocolStage))
    return (*written, *_AT_LIMITS)


def free_test(steps: Sequence[str], parameters: Mapping[str, Any]) -> CellTest:
    """Steps in plain English, under the parameters of `cycle_cell`."""
    return CellTest("steps", cycle_cell.name, {"protocol": tuple(steps), **parameters})


def named_test(name: str, settings: Mapping[str, str] | None = None, **parameters: Any) -> CellTest:
    """A named protocol with its settings, from the state of charge that it is meant to begin at.

    Parameters
    ----------
    name
        One of `protocols`.
    settings
        Of its stage, as text: "20 W", "3" or, where it takes several, "1,2,3".
    parameters
        Of the same stage, as values.

    Raises
    ------
    UnknownFieldError, ParameterError, UnitError, BoundsError
        If the protocol or a setting is not known, cannot be read, or is out of bounds.
    CyclingError
        If something is given both ways.
    """
    if name not in (known := protocols()):
        raise UnknownFieldError(f"protocol {name!r} is not known: {did_you_mean(name, known)}")
    stage = STAGES[_AT_LIMITS.get(name, f"protocol.{name.replace('-', '_')}")]
    asked = {stage.parameter(key): text for key, text in (settings or {}).items()}
    read = {parameter.name: parameter.read(text) for parameter, text in asked.items()}
    twice = read.keys() & parameters.keys()
    if twice:
        raise CyclingError(f"{', '.join(sorted(twice))} is given twice: as a setting, and by its own option.")
    return CellTest(name, stage.name, {**read, **parameters})


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
        Receives the progress, a step for every test.

    Raises
    ------
    OtherKindError
        If an id is not that of a cell, or the profile's not that of a measurement; before anything is computed.
    CyclingError, ProtocolError
        If a step is not understood, or a profile is given and not followed or the other way round; likewise.
    """
    follows = [bool(test.steps) and follows_profile(test.steps) for test in tests]
    _matched(any(follows), profile_id)
    cells = [lake.get(name, CellParameters).id for name in cell_ids]
    profile = lake.get(profile_id, Measurement).id if profile_id else ""
    followed = [profile if one else "" for one in follows]
    calls = [(cell, test, name) for cell in cells for test, name in zip(tests, followed, strict=True)]
    with open_workspace(lake, execution, progress) as workspace:
        workspace.progress.started(len(calls))
        workspace.progress.step(f"cycling {len(cells)} cells with {len(tests)} protocols")
        return workspace.run(cycle_one, calls)


def cycle_one(address: str, cell_id: str, test: CellTest, profile_id: str) -> Cycled:
    """One test with one cell, wherever the task runs; no profile if its id is empty."""
    inputs = {"profile": profile_id} if profile_id else {}
    run = lake_at(address).run(STAGES[test.stage], cell=cell_id, **inputs, **test.parameters)
    if run.outcome is not RunOutcome.COMPLETED:
        return Cycled(cell_id, test.name, run_id=run.run_id, error=run.error)
    return Cycled(cell_id, test.name, run.id, run.run_id, reused=run.reused)


def _matched(followed: bool, profile_id: str) -> None:
    """Refuse a profile where none is followed, and the lack of one where one is."""
    if followed and not profile_id:
        raise CyclingError("the protocol follows a profile, and none was given. Name a measured curve or its file.")
    if profile_id and not followed:
        raise CyclingError(
            f"no step follows the profile {profile_id}. Add 'Run profile (A)', or leave the profile out."
        )
