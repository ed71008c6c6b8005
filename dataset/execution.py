"""What `Lake.run` is asked and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ragone.dataset.errors import StageFailedError
from ragone.schemas.errors import MissingFieldError, StageError
from ragone.schemas.provenance import RunOutcome
from ragone.schemas.stage import RESULT, SEED, Stage
from ragone.shown import Shown

_LARGEST_SEED = 2**53 - 1  # what canonical JSON holds exactly


@dataclass(frozen=True, slots=True)
class Execution(Shown):
    """A stage's run, new or found again: ids of its outputs by role, or why it failed."""

    run_id: str
    stage: str
    outcome: RunOutcome
    outputs: Mapping[str, str]
    error: str
    reused: bool

    @property
    def id(self) -> str:
        """The sole output.

        Raises
        ------
        StageFailedError
            If the stage failed, or has several outputs (use `outputs`).
        """
        if self.outcome is not RunOutcome.COMPLETED:
            raise StageFailedError(f"{self.stage} failed in {self.run_id}: {self.error}")
        if set(self.outputs) != {RESULT}:
            raise StageFailedError(f"{self.stage} has outputs {sorted(self.outputs)}; choose one of them.")
        return self.outputs[RESULT]


@dataclass(frozen=True, slots=True)
class Call:
    """A stage with its arguments sorted out: input ids by role in order, parameters in full, seed."""

    stage: Stage[Any, Any]
    inputs: tuple[tuple[str, str], ...]
    parameters: dict[str, Any]
    seed: int | None

    def arguments(self, records: Mapping[str, Any]) -> dict[str, Any]:
        """The keyword arguments of the function, given the record of each input id."""
        return arguments(self.stage, [(role, records[name]) for role, name in self.inputs], self.parameters, self.seed)


def arguments(
    stage: Stage[Any, Any], inputs: list[tuple[str, Any]], parameters: Mapping[str, Any], seed: int | None
) -> dict[str, Any]:
    """The keyword arguments with which a stage's function is called."""
    ports: dict[str, Any] = {}
    for name, port in stage.ports.items():
        taken = tuple(record for role, record in inputs if role == name)
        ports[name] = taken if port.many else (taken[0] if taken else None)
    seeded = {SEED: seed} if stage.takes_seed else {}
    return {**ports, **stage.bind(parameters), **seeded}


def bind(stage: Stage[Any, Any], given: Mapping[str, Any]) -> Call:
    """Sort the arguments of a call into inputs, parameters and seed.

    Raises
    ------
    MissingFieldError, UnknownFieldError, StageError
        If an input or parameter is missing, unknown, or of the wrong type.
    """
    left = dict(given)
    inputs: list[tuple[str, str]] = []
    for name, port in stage.ports.items():
        value = left.pop(name, None)
        if value is None and not port.optional and not port.many:
            raise MissingFieldError(f"stage {stage.name} needs the id of a record for {name!r}.")
        single = isinstance(value, str) or not isinstance(value, Iterable | None)
        ids = [value] if single else list(value or ())
        if not all(isinstance(i, str) for i in ids) or (len(ids) > 1 and not port.many):
            raise StageError(f"stage {stage.name}: {name} = {value!r:.80} must be {'ids' if port.many else 'one id'}.")
        inputs += [(name, i) for i in ids]
    seed = left.pop(SEED, None) if stage.takes_seed else None
    if stage.takes_seed and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise MissingFieldError(f"stage {stage.name} needs a whole number for 'seed', not {seed!r}.")
    if seed is not None and abs(seed) > _LARGEST_SEED:
        raise StageError(f"stage {stage.name}: seed = {seed} cannot be recorded. Choose one within +-(2^53 - 1).")
    return Call(stage, tuple(inputs), stage.bind(left), seed)
