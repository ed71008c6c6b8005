"""The steps of a study: from the records that are given to those that its KPIs are read off.

A step has a role (what it is called in the study) and a stage. Its inputs are found by type: each port is given the
record of its kind that the nearest step before it gives, or that is given at the start. What is drawn with a seed is
drawn as often as there are volume elements, and so is what follows, until a step takes all of them together.

The negative electrode, where a study gives it a recipe, has steps of its own, whose roles begin with ``negative_``;
they see its records only, and a port whose name begins so is given them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ragone.flows.errors import StudyError
from ragone.schemas import CellDesign, Curve, Materials, Recipe, Record, Stage, Transport
from ragone.schemas.stage import Port

AnyStage = Stage[Any, Any]

NEGATIVE = "negative_"
MANUFACTURE, CHARACTERISE, AVERAGE, ASSEMBLE = "manufacture", "characterise", "average", "assemble"
GIVEN: Mapping[str, type[Record]] = {
    "recipe": Recipe,
    "materials": Materials,
    "cell": CellDesign,
    f"{NEGATIVE}recipe": Recipe,
    f"{NEGATIVE}materials": Materials,
}


@dataclass(frozen=True)
class Step:
    """A stage in its role, the parameters that differ from its defaults, and ids of records that the study names."""

    role: str
    stage: AnyStage
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def branch(self) -> str:
        """The prefix of the roles of its electrode: empty, or that of the negative one."""
        return NEGATIVE if self.role.startswith(NEGATIVE) else ""

    @property
    def gives(self) -> type[Record]:
        """The class of the record that it gives."""
        return self.stage.returns

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for the record of a campaign."""
        named = {"inputs": dict(self.inputs)} if self.inputs else {}
        return {"stage": self.stage.name, "parameters": dict(self.parameters), **named}


@dataclass(frozen=True)
class Chain:
    """Steps in order, and the kinds of record that are given before them, by role."""

    steps: tuple[Step, ...]
    given: Mapping[str, type[Record]]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def step(self, role: str) -> Step:
        """The step of that role; KeyError if there is none."""
        return next(step for step in self.steps if step.role == role)

    def kind_of(self, role: str) -> type[Record] | None:
        """The class of the record of a role; None if there is no such role."""
        gives = {step.role: step.gives for step in self.steps}
        return gives.get(role) or self.given.get(role)

    @property
    def branches(self) -> tuple[str, ...]:
        """The electrodes that are drawn, by the prefix of their roles."""
        return tuple(dict.fromkeys(step.branch for step in self.steps if step.stage.takes_seed))

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, str]]:
        """The role that gives each port of each step its record, by role of the step and port."""
        return {step.role: dict(self._sources(step)) for step in self.steps}

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Roles of the steps that are taken once for each volume element."""
        found: set[str] = set()
        for step in self.steps:
            single = [role for port, role in self.sources[step.role].items() if not step.stage.ports[port].many]
            if step.stage.takes_seed or found.intersection(single):
                found.add(step.role)
        return frozenset(found)

    def drawn(self, branch: str) -> tuple[Step, ...]:
        """The steps that are taken once for each volume element of an electrode."""
        return tuple(step for step in self.steps if step.role in self.repeated and step.branch == branch)

    def leading(self, branch: str) -> tuple[Step, ...]:
        """The steps that lead to the volume elements of an electrode and are taken once for a design."""
        needed = self.needed(step.role for step in self.drawn(branch))
        return tuple(step for step in needed if step.role not in self.repeated)

    def drawing(self, branch: str) -> Step:
        """The step that draws the volume elements of an electrode."""
        return next(step for step in self.drawn(branch) if step.stage.takes_seed)

    def replaced(self, *steps: Step) -> Chain:
        """The chain with other steps in the same roles."""
        by_role = {step.role: step for step in steps}
        return Chain(tuple(by_role.get(step.role, step) for step in self.steps), self.given)

    def collected(self) -> tuple[Step, ...]:
        """The steps that are taken once for a design."""
        return tuple(step for step in self.steps if step.role not in self.repeated)

    def last(self, kind: type[Record], branch: str = "", among: Iterable[str] | None = None) -> str:
        """The role of the last step of an electrode that gives such a record; empty if none does."""
        roles = [s.role for s in self.steps if issubclass(s.gives, kind) and s.branch == branch]
        return next((r for r in reversed(roles) if among is None or r in among), "")

    def metrics(self, branch: str) -> str:
        """The role of the step that gives the transport averaged over the volume elements; empty if none does."""
        return self.last(Transport, branch, [step.role for step in self.collected()])

    def after(self, role: str) -> tuple[Step, ...]:
        """The steps whose results depend on that of a role, in order."""
        depends = {role}
        found = []
        for step in self.steps:
            if depends.intersection(self.sources[step.role].values()):
                depends.add(step.role)
                found.append(step)
        return tuple(found)

    def needed(self, roles: Iterable[str]) -> Chain:
        """Return the chain of only those steps that lead to the roles."""
        wanted = set(roles)
        for step in reversed(self.steps):
            if step.role in wanted:
                wanted.update(self.sources[step.role].values())
        steps = tuple(step for step in self.steps if step.role in wanted)
        used = {role for step in steps for role in self.sources[step.role].values()}
        return Chain(steps, {role: kind for role, kind in self.given.items() if role in used})

    def source_of(self, port: Port, before: str | None = None, branch: str = "") -> str:
        """The role of the nearest step, before a role if one is named, that gives what a port takes; empty if none.

        A record that is given at the start counts as the farthest step.
        """
        side = NEGATIVE if port.name.startswith(NEGATIVE) else branch
        roles = [step.role for step in self.steps]
        earlier = self.steps[: roles.index(before)] if before in roles else self.steps
        kinds = [(role, kind) for role, kind in self.given.items()] + [(step.role, step.gives) for step in earlier]
        fitting = [role for role, kind in kinds if port.takes(kind) and _side(role) == side]
        return fitting[-1] if fitting else ""

    def _sources(self, step: Step) -> Iterator[tuple[str, str]]:
        for name, port in step.stage.ports.items():
            if name in step.inputs:
                continue
            role = self.source_of(port, step.role, step.branch)
            if role:
                yield name, role
            elif not port.optional:
                raise StudyError(self._missing(step, port))

    def _missing(self, step: Step, port: Port) -> str:
        """Name what a step lacks, by its path, and what there is instead."""
        roles = [each.role for each in self.steps]
        earlier = [f"{role} ({kind.kind})" for role, kind in self.given.items()]
        earlier += [f"{each.role} ({each.gives.kind})" for each in self.steps[: roles.index(step.role)]]
        return (
            f"study.steps.{step.role} ({step.stage.name}) needs a {port.wanted} for its input {port.name!r}, and "
            f"nothing before it gives one: {' -> '.join(earlier)}. Add a step that gives a {port.wanted}, or move it "
            "with `after`."
        )


def insert_step(
    steps: Sequence[Step], new: Step, given: Mapping[str, type[Record]], after: str = ""
) -> tuple[Step, ...]:
    """The steps with a new one: after the one named, else right after the last that gives a record which it takes."""
    roles = [step.role for step in steps]
    if after:
        place = roles.index(after) + 1
    else:
        taken = [port for port in new.stage.ports.values() if port.name not in new.inputs]
        fitting = [n for n, step in enumerate(steps) if any(port.takes(step.gives) for port in taken)]
        single = [n for n in fitting if steps[n].branch == new.branch]
        place = (single[-1] + 1) if single else (0 if _takes_given(new, given) else len(steps))
        while issubclass(new.gives, Curve) and place < len(steps) and issubclass(steps[place].gives, Curve):
            place += 1  # curves of one cell stand in the order in which they are named
    return (*steps[:place], new, *steps[place:])


def for_negative(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps of an electrode, once more for the negative one."""
    return tuple(replace(step, role=NEGATIVE + step.role) for step in steps)


def _side(role: str) -> str:
    return NEGATIVE if role.startswith(NEGATIVE) else ""


def _takes_given(step: Step, given: Mapping[str, type[Record]]) -> bool:
    return any(port.takes(kind) for port in step.stage.ports.values() for kind in given.values())
