"""What the lake records about how artifacts came to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from ragone.schemas.compare import Verdict
from ragone.schemas.field import choice, document, flag, instant, integer, text, texts
from ragone.schemas.migration import Migrations, added, derived
from ragone.schemas.record import Record


class RunOutcome(StrEnum):
    """The outcome of the execution of a stage."""

    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Code(Record):
    """The code that a stage reaches: a fingerprint per module of ours, a version per library declared."""

    kind: ClassVar[str] = "code"

    stage: str = text(doc="name of the stage")
    modules: Any = document(doc="module name to the SHA-256 of its syntax tree without docstrings")
    libraries: Any = document(doc="distribution name to version")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Environment(Record):
    """The surroundings of a run that may make a re-run differ, though the recipe is the same."""

    kind: ClassVar[str] = "environment"

    python: str = text(doc="implementation and version of Python")
    platform: str = text(doc="operating system and machine")
    processor: str = text(doc="model of the processor")
    processor_features: tuple[str, ...] = texts(doc="instruction sets of the processor")
    threads: Any = document(doc="thread counts: cores seen, and the variables that set them")
    packages: Any = document(doc="every installed distribution and its version: the lock that was in force")


_INFORMED_BEFORE: Mapping[str, tuple[str, ...]] = {  # by stage, in runs that do not say so themselves
    "acquisition.expected_improvement": ("candidates", "designs", "kpis", "failed"),
    "acquisition.sobol": ("candidates", "designs", "kpis", "failed"),
    "generator.train_steps": ("volumes", "recipes", "designs"),
    "generator.train_slices": ("volumes", "recipes", "designs"),
    "generator.assemble": ("volumes", "recipes", "designs"),
}


def _informed_roles(values: Mapping[str, Any]) -> tuple[str, ...]:
    known = _INFORMED_BEFORE.get(values["stage"], ())
    return tuple(sorted(set(values["input_roles"]) & set(known)))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Run(Record):
    """One execution of a stage. `inputs` and `outputs` are parallel lists of role and artifact id.

    A role that takes several records repeats, in order. What is in `informed_roles` was taken into account by a
    decision; the outputs are made of the other inputs.
    """

    kind: ClassVar[str] = "run"
    schema_version: ClassVar[int] = 3
    migrations: ClassVar[Migrations] = {
        1: (added("flow_run_id", ""),),
        2: (derived("informed_roles", _informed_roles),),
    }

    stage: str = text(doc="name of the stage; 'given' for what was put")
    entry_point: str = text(doc="module:name; empty for what was given, not computed")
    recipe_id: str = text(doc="hash of the stage's name, code, parameters, seed and inputs")
    code_id: str = text(doc="the code and the library versions that were used; empty for what was given")
    environment_id: str = text(doc="where it ran")
    parameters: Any = document(doc="every parameter, defaults too; the seed is apart")
    seed: int | None = integer(optional=True, doc="seed of its random numbers, if it has one")
    input_roles: tuple[str, ...] = texts(default=(), doc="role of each input")
    input_ids: tuple[str, ...] = texts(default=(), doc="ids of its inputs, in the order of `input_roles`")
    output_roles: tuple[str, ...] = texts(default=(), doc="role of each output")
    output_ids: tuple[str, ...] = texts(default=(), doc="ids of its outputs, in the order of `output_roles`")
    outcome: RunOutcome = choice(RunOutcome, doc="whether it completed")
    error: str = text(default="", doc="type and message, in one line, if it failed")
    started: datetime = instant(doc="when it began")
    ended: datetime = instant(doc="when it ended")
    note: str = text(default="", doc="who or what asked for it, for what was given")
    flow_run_id: str = text(default="", doc="the Prefect flow run that asked for it; empty without a server")
    informed_roles: tuple[str, ...] = texts(default=(), doc="roles of inputs that informed a decision; sorted")

    def inputs(self) -> list[tuple[str, str]]:
        """Role and artifact id of each input."""
        return list(zip(self.input_roles, self.input_ids, strict=True))

    def made_of(self) -> list[str]:
        """Artifact ids of the inputs that its outputs are made of."""
        return [name for role, name in self.inputs() if role not in self.informed_roles]

    def outputs(self) -> dict[str, str]:
        """Artifact id of each output, by role."""
        return dict(zip(self.output_roles, self.output_ids, strict=True))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Verification(Record):
    """A result computed again, and how it compared."""

    kind: ClassVar[str] = "verification"

    subject_id: str = text(doc="the artifact that was computed again")
    run_id: str = text(doc="the run whose recipe was followed")
    verdict: Verdict = choice(Verdict, doc="how the two compare")
    deep: bool = flag(default=False, doc="whether the whole chain up to its roots was executed again")
    deviations: Any = document(default=[], doc="per field: largest deviation, whether within tolerance, note")
    chain: Any = document(default=[], doc="verdict of every step, roots first; one step unless deep")
    code_changed: tuple[str, ...] = texts(default=(), doc="modules and libraries that differ from the recorded run")
    environment_changed: tuple[str, ...] = texts(default=(), doc="what differs in the environment")
    error: str = text(default="", doc="type and message, if the stage could not be executed")
    verified: datetime = instant(doc="when they were compared")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Snapshot(Record):
    """One id that freezes the lake: which artifacts and runs existed."""

    kind: ClassVar[str] = "snapshot"

    name: str = text(default="", doc="what it is called; may be empty")
    artifact_ids: tuple[str, ...] = texts(doc="sorted; runs among them")
    merkle_root: str = text(doc="over the ids, see docs/HASHING.md")
    table_versions: Any = document(doc="Lance version of each table when the snapshot was taken")
    taken: datetime = instant(doc="when it was taken")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Tombstone(Record):
    """Data dropped on purpose; the runs that made it stay, and `reproduce` brings it back."""

    kind: ClassVar[str] = "tombstone"

    artifact_ids: tuple[str, ...] = texts(doc="what was dropped")
    rows: Any = document(doc="the table row of each artifact, so that the tables can be rebuilt without the data")
    reason: str = text(doc="why")
    dropped: datetime = instant(doc="when")
