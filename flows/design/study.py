"""What is to be studied: what is given, what is varied, the steps, the goals, and how much to spend.

Read from a parameter file and checked before anything runs. Every value is converted to the unit of the record or
parameter that it enters; bounds are theirs. The `definition` is what decides the results; storage and executor decide
only how they are obtained and are not part of it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ragone.flows.design.budget import Budget, read_budget
from ragone.flows.design.chain import NEGATIVE, Chain
from ragone.flows.design.evaluation import Extraction
from ragone.flows.design.fidelities import RESOLUTION, Fidelities, read_fidelities
from ragone.flows.design.former_study import refuse_former
from ragone.flows.design.given import Given
from ragone.flows.design.goals import Goal, read_goals
from ragone.flows.design.proposer import POLISH, USUAL_STAGES, Proposer, read_learn_from, read_polish, read_proposer
from ragone.flows.design.resolution import Resolution, read_resolution
from ragone.flows.design.space import Space, read_space
from ragone.flows.design.steps import (
    GIVEN_BY_FLOW,
    read_chain,
    require_parameters,
    sources_of,
)
from ragone.flows.design.study_form import study_form
from ragone.flows.errors import StudyError
from ragone.flows.generator.trust import Trust
from ragone.flows.parameter_files.parameters import Section, changed, read_yaml
from ragone.flows.running.execution import EXECUTORS, Execution
from ragone.flows.stages import STAGES
from ragone.schemas import Candidate, Discharge
from ragone.schemas.kpi_stage import KpiStage
from ragone.schemas.parameter import Parameter

_LARGEST_SEED = 2**32 - 1
_GIVEN = ("recipe", "materials", "cell", f"{NEGATIVE}recipe", f"{NEGATIVE}materials")
_GOALS = ("objectives", "constraints")
_OTHERS = ("optimiser", "budget", "resolution", "fidelities", "storage", "executor")
_KEYS = ("name", "seed", *_GIVEN, "space", "steps", *_GOALS, *_OTHERS)
_READ_OFF_DISCHARGES = ("kpi.delivered", "kpi.densities", "kpi.specific_capacity")


@dataclass(frozen=True)
class Study:
    """A study; `space` maps a path such as ``recipe.porosity`` to its range.

    `start` proposes the first candidates, `suggest` the others. `trust` says what is done about a generator's errors;
    None if a simulator draws. `learn_from` names campaigns and surrogates by ids, or evaluations by a condition and a
    snapshot. `fidelities` are cheaper evaluations; None without any. `polish` proposes the last candidate of
    the budget; None if `suggest` does. `content` is what it was read from.
    """

    name: str
    seed: int
    given: Given
    space: Space
    chain: Chain
    goals: tuple[Goal, ...]
    start: Proposer
    suggest: Proposer
    budget: Budget
    resolution: Resolution
    keep_voxels: bool = False
    execution: Execution = field(default_factory=Execution)
    trust: Trust | None = None
    learn_from: tuple[Any, ...] = ()
    fidelities: Fidelities | None = None
    polish: Proposer | None = None
    content: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, path: str | Path, changes: Sequence[str] = ()) -> Study:
        """Read a study from a parameter file; changes such as ``steps.discharge.power=10 W`` replace values in it.

        Raises
        ------
        StudyError
            For anything in the file that cannot be used, named by its path.
        """
        content = read_yaml(path)
        refuse_former(content, str(path))
        return cls.read(changed(content, [f"study.{change}" for change in changes]))

    @classmethod
    def read(cls, content: Any) -> Study:
        """Read a study from the content of a parameter file."""
        refuse_former(content)
        root = Section(content, "", ["study"]).section("study", _KEYS)
        goals = read_goals(root)
        chain, trust = read_chain(root, goals)
        given = Given.read(root, chain.given)
        space = read_space(root, _parameters(chain))
        given.require_known_chemistry(space)
        given.require_complete(space)
        if trust is not None:
            _require_expectable(space, chain)
        require_parameters(chain, space)
        resolution = read_resolution(root)
        fidelities = read_fidelities(root, chain, resolution.stated, space)
        if fidelities is not None:
            _require_simulated(trust)
            space = {**space, **fidelities.space()}
        optimiser = root.section("optimiser", (*USUAL_STAGES, POLISH), {})
        suggest, learn_from = read_proposer(optimiser, "suggest", fidelities), read_learn_from(optimiser, fidelities)
        starts_warm = bool(learn_from) and not optimiser.has("start")
        return cls(
            name=root.text("name"),
            seed=root.integer("seed", 0, _LARGEST_SEED),
            given=given,
            space=space,
            chain=chain,
            goals=tuple(replace(goal, sources=sources_of(goal, chain)) for goal in goals),
            start=suggest if starts_warm else read_proposer(optimiser, "start", fidelities),
            suggest=suggest,
            budget=read_budget(root, space, fidelities, warm=bool(learn_from)),
            resolution=resolution,
            keep_voxels=root.section("storage", ["keep_voxels"], {}).flag("keep_voxels", False),
            execution=_execution(root),
            trust=trust,
            learn_from=learn_from,
            fidelities=fidelities,
            polish=read_polish(optimiser, suggest, goals, fidelities),
            content=content["study"],
        )

    @classmethod
    def from_plain(cls, content: Any) -> Study:
        """Read a study from what a parameter file holds below `study`."""
        return cls.read({"study": content})

    def to_plain(self) -> dict[str, Any]:
        """Return what it was read from."""
        return dict(self.content)

    def form(self) -> dict[str, Any]:
        """A form, as a JSON schema, for studies like this one."""
        return study_form(self.content, _parameters(self.chain))

    @property
    def objectives(self) -> tuple[Goal, ...]:
        """The goals that are made large or small."""
        return tuple(goal for goal in self.goals if goal.is_objective)

    @property
    def extractions(self) -> tuple[Extraction, ...]:
        """The KPIs to extract: those of the goals, and of every discharge what it delivered."""
        asked = [Extraction(goal.stage, goal.sources, goal.settings) for goal in self.goals]
        usual = [
            Extraction(stage, (step.role,))
            for step in self.chain
            if step.gives is Discharge
            for name in _READ_OFF_DISCHARGES
            if isinstance(stage := STAGES[name], KpiStage)
        ]
        found = [*usual, *asked]  # what was asked for with settings of its own prevails
        return tuple(one for number, one in enumerate(found) if one not in found[:number])

    def middle(self) -> Candidate:
        """The candidate in the middle of the space."""
        return Candidate(values={path: variable.middle() for path, variable in sorted(self.space.items())})

    def said(self, candidate: Candidate) -> frozenset[str]:
        """Roles of the given records that are not the same for every candidate of the study."""
        fixed = {path: variable.middle() for path, variable in self.space.items() if not variable.is_free}
        paths = [path for path, value in candidate.values.items() if path not in fixed or value != fixed[path]]
        return self.given.decided_by(paths)

    def resolution_of(self, parameters: Mapping[str, Mapping[str, Any]]) -> Resolution:
        """The resolution with which a design is evaluated that says these parameters, by role."""
        return replace(self.resolution, **parameters.get(RESOLUTION, {}))

    def target(self) -> dict[str, Any]:
        """The fidelity among whose trials a conclusion is drawn, as it takes it; empty where there is one alone."""
        return {} if self.fidelities is None else {"target": dict(self.fidelities.target)}

    def parameters(self, candidate: Candidate) -> dict[str, dict[str, Any]]:
        """Parameters of steps that the candidate says, by role."""
        found: dict[str, dict[str, Any]] = {}
        for path, value in candidate.values.items():
            role, _, name = path.partition(".")
            if role not in self.given.kinds:
                found.setdefault(role, {})[name] = value
        return found

    def stated(self) -> dict[str, Any]:
        """Path to the value of every field and parameter that the study fixes, or that has a default."""
        wanted = self.given.wanted(self.middle())
        fields = {f"{role}.{name}": value for role, one in wanted.items() for name, value in one["fields"].items()}
        usual = {
            f"{role}.{name}": one.default
            for role, parameters in _parameters(self.chain).items()
            for name, one in parameters.items()
            if not one.required
        }
        own = {f"{step.role}.{name}": value for step in self.chain for name, value in step.parameters.items()}
        return {**usual, **fields, **own}

    def definition(self) -> dict[str, Any]:
        """Return what decides the results, as plain data in the units of the records."""
        return {
            "name": self.name,
            "seed": self.seed,
            "given": self.given.definition(),
            "space": {path: variable.definition() for path, variable in sorted(self.space.items())},
            "steps": {step.role: step.definition() for step in self.chain},
            "goals": [goal.definition() for goal in self.goals],
            "optimiser": {
                "start": self.start.definition(),
                "suggest": self.suggest.definition(),
                **({"learn_from": list(self.learn_from)} if self.learn_from else {}),
                **({} if self.polish is None else {POLISH: self.polish.definition()}),
            },
            "budget": self.budget.definition(),
            "resolution": self.resolution.definition(),
            **({} if self.trust is None else {"trust": self.trust.definition()}),
            **({} if self.fidelities is None else {"fidelities": self.fidelities.definition()}),
        }


def _parameters(chain: Chain) -> dict[str, Mapping[str, Parameter]]:
    """The parameters that a space may vary, by role."""
    return {
        **{role: kind.parameters() for role, kind in chain.given.items()},
        **{step.role: {n: one for n, one in step.stage.parameters.items() if n not in GIVEN_BY_FLOW} for step in chain},
    }


def _require_expectable(space: Space, chain: Chain) -> None:
    """Refuse to vary more of a generator's volume elements than their recipe: its errors depend on that alone."""
    roles = ("materials", *(step.role for step in chain.drawn("")))
    for path, variable in space.items():
        if variable.role in roles and variable.is_free:
            raise StudyError(
                f"study.space.{path} varies, and a generator draws, whose errors are expected for a recipe alone. "
                "Fix it, or name a simulator in study.steps.manufacture."
            )


def _require_simulated(trust: Trust | None) -> None:
    """Refuse a generator, whose errors are expected at its own resolution alone."""
    if trust is not None:
        raise StudyError(
            "study.fidelities are given, and a generator draws, whose errors are expected at one resolution. Leave "
            "them out, or name a simulator in study.steps.manufacture."
        )


def _execution(root: Section) -> Execution:
    section = root.section("executor", ["kind", "workers", "address"], {})
    return Execution(
        section.choice("kind", EXECUTORS, "serial"),
        section.integer("workers", 1, 4096, os.cpu_count() or 1),
        section.text("address", ""),
    )
