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

from ragone.flows.design.chain import NEGATIVE, Chain
from ragone.flows.design.evaluation import Extraction
from ragone.flows.design.fidelities import RESOLUTION, Fidelities, read_fidelities
from ragone.flows.design.former_study import refuse_former
from ragone.flows.design.given import Given
from ragone.flows.design.goals import Goal, read_goals
from ragone.flows.design.sampling import read_volume_elements
from ragone.flows.design.space import Space, read_space
from ragone.flows.design.steps import (
    GIVEN_BY_FLOW,
    choose_stage,
    read_chain,
    require_parameters,
    sources_of,
    stage_parameters,
)
from ragone.flows.design.study_form import study_form
from ragone.flows.errors import StudyError
from ragone.flows.generator.trust import Trust
from ragone.flows.parameter_files.parameters import Section, changed, read_yaml
from ragone.flows.running.execution import EXECUTORS, Execution
from ragone.flows.stages import STAGES
from ragone.pipelines.characterise.representativity import Target
from ragone.schemas import Candidate, Discharge, Microstructure, Stage
from ragone.schemas.field import Bounds
from ragone.schemas.kpi_stage import KpiStage
from ragone.schemas.parameter import Parameter

_LARGEST = 10**6
_LARGEST_SEED = 2**32 - 1
_SMALLEST_EDGE, _LARGEST_EDGE = 8, 2048
_GIVEN = ("recipe", "materials", "cell", f"{NEGATIVE}recipe", f"{NEGATIVE}materials")
_GOALS = ("objectives", "constraints")
_OTHERS = ("optimiser", "budget", "resolution", "fidelities", "storage", "executor")
_KEYS = ("name", "seed", *_GIVEN, "space", "steps", *_GOALS, *_OTHERS)
_OPTIMISER = {"start": "acquisition.sobol", "suggest": "acquisition.feasible_improvement"}
_OF_FIDELITIES = "acquisition.multi_fidelity"
_POLISHING = "acquisition.best_belief"
_POLISH = "polish"  # whether the last design of the budget is the best belief
_FIDELITIES = "fidelities"
_GIVEN_TO_OPTIMISER = ("space", "goals", "count", "context", _FIDELITIES, "budget")
_LEARN_FROM = "learn_from"
_SOURCES = "sources"  # input of a stage that learns from earlier campaigns
_WARM_INITIAL = 2  # designs at first, of a campaign that learns from others
_READ_OFF_DISCHARGES = ("kpi.delivered", "kpi.densities", "kpi.specific_capacity")


@dataclass(frozen=True)
class Proposer:
    """A stage that proposes candidates, and the parameters that differ from its defaults."""

    stage: Stage[Any, Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for the record of a campaign."""
        return {"stage": self.stage.name, "parameters": dict(self.parameters)}


@dataclass(frozen=True)
class Budget:
    """Designs drawn evenly at first, designs in all, and designs suggested at a time.

    Where a study has fidelities `total` is what all evaluations may cost, in evaluations at the target.

    A campaign ends before the total where two batches in turn promise a gain below `stop_below` [-], 0 for never.
    """

    initial: int
    total: int
    batch: int
    stop_below: float = 0.0

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for the record of a campaign."""
        stop = {"stop_below": self.stop_below} if self.stop_below else {}
        return {"initial": self.initial, "total": self.total, "batch": self.batch, **stop}


@dataclass(frozen=True)
class Resolution:
    """Voxels along an edge, their size [m], and volume elements per recipe: all of them, or until the target is met."""

    edge_voxels: int
    voxel_size_metre: float
    volume_elements: int
    target: Target | None = None

    @property
    def first_volume_elements(self) -> int:
        """Volume elements of a recipe that are measured before anything is known of it."""
        return self.volume_elements if self.target is None else self.target.least

    @property
    def size(self) -> dict[str, Any]:
        """The edge and voxel size that a step that draws is given."""
        return {"edge_voxels": self.edge_voxels, "voxel_size_metre": self.voxel_size_metre}

    @property
    def stated(self) -> dict[str, Any]:
        """The values that a cheaper fidelity can state otherwise: the number of volume elements only if it is fixed."""
        return {**self.size, **({"volume_elements": self.volume_elements} if self.target is None else {})}

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for the record of a campaign."""
        return {
            **self.size,
            "volume_elements": self.volume_elements if self.target is None else vars(self.target).copy(),
        }


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
        resolution = _resolution(root)
        fidelities = read_fidelities(root, chain, resolution.stated, space)
        if fidelities is not None:
            _require_simulated(trust)
            space = {**space, **fidelities.space()}
        optimiser = root.section("optimiser", (*_OPTIMISER, _POLISH), {})
        suggest, learn_from = _proposer(optimiser, "suggest", fidelities), _learn_from(optimiser, fidelities)
        return cls(
            name=root.text("name"),
            seed=root.integer("seed", 0, _LARGEST_SEED),
            given=given,
            space=space,
            chain=chain,
            goals=tuple(replace(goal, sources=sources_of(goal, chain)) for goal in goals),
            start=suggest if learn_from and not optimiser.has("start") else _proposer(optimiser, "start", fidelities),
            suggest=suggest,
            budget=_budget(root, space, fidelities, warm=bool(learn_from)),
            resolution=resolution,
            keep_voxels=root.section("storage", ["keep_voxels"], {}).flag("keep_voxels", False),
            execution=_execution(root),
            trust=trust,
            learn_from=learn_from,
            fidelities=fidelities,
            polish=_polish(optimiser, suggest, goals, fidelities),
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
                **({} if self.polish is None else {_POLISH: self.polish.definition()}),
            },
            "budget": self.budget.definition(),
            "resolution": self.resolution.definition(),
            **({} if self.trust is None else {"trust": self.trust.definition()}),
            **({} if self.fidelities is None else {_FIDELITIES: self.fidelities.definition()}),
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


def _proposer(section: Section, role: str, fidelities: Fidelities | None) -> Proposer:
    usual = _OPTIMISER[role] if fidelities is None else _OF_FIDELITIES
    written = section.raw(role, usual)
    inner = Section({"stage": written} if isinstance(written, str) else written, section.at(role), None)
    stage = choose_stage(inner, inner.text("stage", usual))
    if _FIDELITIES in stage.parameters and fidelities is None:
        raise StudyError(
            f"{inner.at('stage')} = {stage.name} chooses among fidelities, and the study has none. Add "
            "study.fidelities, for example [{resolution.volume_elements: 1, cost: 0.25}]."
        )
    if stage.room != "acquisition":
        raise StudyError(f"{inner.at('stage')} = {stage.name} proposes no candidates. Choose a stage of acquisition.")
    names = [name for name in inner if name not in ("stage", _LEARN_FROM)]
    for name in names:
        if name in _GIVEN_TO_OPTIMISER:
            raise StudyError(f"{inner.at(name)} is given by the study itself. Leave it out.")
    return Proposer(stage, stage_parameters(inner, stage, names))


def _polish(
    optimiser: Section, suggest: Proposer, goals: Sequence[Goal], fidelities: Fidelities | None
) -> Proposer | None:
    """The stage that proposes the last candidate, with what it shares with the other one; None if none is wanted."""
    if not optimiser.flag(_POLISH, False):
        return None
    if fidelities is not None or sum(goal.is_objective for goal in goals) > 1:
        why = "chooses its last one at the target by itself" if fidelities else "has several objectives, and no best"
        raise StudyError(f"{optimiser.at(_POLISH)}: the study {why}. Leave it out.")
    stage = choose_stage(optimiser, _POLISHING)
    return Proposer(stage, {name: value for name, value in suggest.parameters.items() if name in stage.parameters})


def _learn_from(optimiser: Section, fidelities: Fidelities | None) -> tuple[Any, ...]:
    """Ids, and conditions with their snapshots, that `learn_from` beside the stage lists."""
    written = optimiser.raw("suggest", None)
    if not isinstance(written, Mapping) or _LEARN_FROM not in written:
        return ()
    inner = Section(written, optimiser.at("suggest"), None)
    given, path = inner.raw(_LEARN_FROM), inner.at(_LEARN_FROM)
    entries = given if isinstance(given, list) else [given]
    usual = _OPTIMISER["suggest"] if fidelities is None else _OF_FIDELITIES
    stage = choose_stage(inner, inner.text("stage", usual))
    if _SOURCES not in stage.ports:
        raise StudyError(
            f"{path}: {stage.name} learns from no other campaign. Choose acquisition.feasible_improvement."
        )
    return tuple(_source(each, f"{path}[{number}]") for number, each in enumerate(entries))


def _source(entry: Any, path: str) -> Any:
    if isinstance(entry, str) and entry:
        return entry
    section = Section(entry, path, ("where", "at"))
    if not section.has("at"):
        raise StudyError(
            f"{section.at('at')} is missing. Name the snapshot in which `where` is asked, so that the study learns the "
            "same on another day; `ragone snapshot` makes one."
        )
    return {"where": section.text("where"), "at": section.text("at")}


def _budget(root: Section, space: Space, fidelities: Fidelities | None, *, warm: bool) -> Budget:
    section = root.section("budget", ["initial", "total", "batch", "stop_below"])
    usual = {"default": _WARM_INITIAL} if warm else {}
    initial = section.integer("initial", 1, _LARGEST, **usual)
    total = section.integer("total", initial, _LARGEST)
    if total > 1 and not any(variable.is_free for variable in space.values()):
        raise StudyError(
            f"{section.at('total')} = {total}, but every value of the space is fixed, so that there is one design. "
            "Set initial and total to 1, or give a value a low and a high."
        )
    stop_below = section.quantity("stop_below", "1", Bounds(low=0, high=1)) if section.has("stop_below") else 0.0
    if stop_below and fidelities is not None:
        raise StudyError(
            f"{section.at('stop_below')} is of designs that are all evaluated alike, and the study has fidelities. "
            "Remove one of them."
        )
    return Budget(initial, total, section.integer("batch", 1, _LARGEST, 1), stop_below)


def _resolution(root: Section) -> Resolution:
    section = root.section("resolution", ["edge_voxels", "voxel_size", "volume_elements"])
    bounds = Microstructure.fields()["voxel_edges_metre"].bounds
    return Resolution(
        section.integer("edge_voxels", _SMALLEST_EDGE, _LARGEST_EDGE),
        section.quantity("voxel_size", "m", bounds),
        *read_volume_elements(section),
    )


def _execution(root: Section) -> Execution:
    section = root.section("executor", ["kind", "workers", "address"], {})
    return Execution(
        section.choice("kind", EXECUTORS, "serial"),
        section.integer("workers", 1, 4096, os.cpu_count() or 1),
        section.text("address", ""),
    )
