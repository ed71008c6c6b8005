"""The chain of a study, read from its file: the usual steps, what is changed in them, and the steps that it adds.

    steps:
      manufacture: {stage: pack_particles, calendering_pressure: 100 MPa}
      discharge: {stage: discharge_at_constant_power, power: 200 W}

A step is a role and a stage of the registry, with parameters in their units. One that is added stands right after the
last step that gives a record which it takes, unless `after` names another. Steps that no goal needs are left out, but
for those that the study names itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ragone.flows.design.chain import (
    ASSEMBLE,
    AVERAGE,
    CHARACTERISE,
    GIVEN,
    MANUFACTURE,
    NEGATIVE,
    Chain,
    Step,
    for_negative,
    insert_step,
)
from ragone.flows.design.evaluation import Extraction, roles_of
from ragone.flows.design.goals import Goal
from ragone.flows.design.space import Space
from ragone.flows.errors import StudyError
from ragone.flows.generator.trust import TRUST_KEYS, Trust
from ragone.flows.parameter_files.parameters import Section
from ragone.flows.stages import STAGES, stage_named
from ragone.schemas import Stage
from ragone.schemas.errors import UnknownFieldError, did_you_mean
from ragone.schemas.kpi_stage import KpiStage
from ragone.schemas.stage import SEED

USUAL = {
    MANUFACTURE: "manufacture.pack_particles",
    CHARACTERISE: "characterise.homogenise_extrapolated",
    AVERAGE: "characterise.average_transport",
    ASSEMBLE: "cell.assemble_cell",
}
GENERATOR, DEFAULT = "generator", "default"

GIVEN_BY_FLOW = ("edge_voxels", "voxel_size_metre", SEED)


def read_chain(root: Section, goals: Sequence[Goal]) -> tuple[Chain, Trust | None]:
    """The steps of a study in order, and what is done about the errors of a generator that draws; None if none does.

    Raises
    ------
    StudyError
        For anything that cannot be used, named by its path.
    """
    section = root.section("steps", None, {})
    negative = root.has(f"{NEGATIVE}recipe")
    given = {role: kind for role, kind in GIVEN.items() if negative or not role.startswith(NEGATIVE)}
    steps = _usual(section, negative=negative)
    for role in section:
        if role in given:
            raise StudyError(
                f"{section.at(role)} is what the study calls a record that is given. Name the step otherwise."
            )
        if role not in [step.role for step in steps]:
            step, after = _read(section, role, "")
            known = [each.role for each in steps]
            if after and after not in known:
                raise StudyError(f"{section.at(role)}.after = {after!r} is no step: {did_you_mean(after, known)}")
            steps = insert_step(steps, step, given, after)
    chain = Chain(steps, given)
    roles = [role for goal in goals for role in sources_of(goal, chain)]
    needed = chain.needed([*roles, *(role for role in section if role not in USUAL)])
    return needed, _trust(section, needed)


def sources_of(goal: Goal, chain: Chain) -> tuple[str, ...]:
    """The roles of the steps that a goal is read off: those that it names, else the only one that gives such a record.

    Raises
    ------
    StudyError
        If a role is not known, or several steps, or none, give such a record.
    """
    known = [step.role for step in chain]
    for role in goal.sources:
        if role not in known:
            raise StudyError(f"study: {goal.kpi} is read from {role!r}, which is no step: {did_you_mean(role, known)}")
    if goal.sources:
        _require_readable(goal, chain)
        return goal.sources
    port = goal.stage.subject
    fitting = [s.role for s in chain if port.takes(s.gives) and not s.branch and s.role not in chain.repeated]
    last = [role for role in fitting if not any(step.role in fitting for step in chain.after(role))]
    if not last or (len(last) > 1 and not port.many):
        what = f"several steps give one: {', '.join(last)}" if last else f"no step gives one: {', '.join(known)}"
        raise StudyError(
            f"study: {goal.kpi} is read off a {port.wanted}, and {what}. Name a step with `from`, or add one."
        )
    return tuple(last)


def _require_readable(goal: Goal, chain: Chain) -> None:
    """Refuse steps whose record the KPI is not read off, and fewer of them than it compares."""
    roles = roles_of(chain, Extraction(goal.stage, goal.sources))
    read = [role for taken in roles.values() for role in taken]
    for role in goal.sources:
        if role not in read:
            raise StudyError(
                f"study: {goal.kpi} is read from {', '.join(goal.sources)}, but {role} gives a "
                f"{chain.step(role).gives.kind}; it is read off a {goal.stage.subject.wanted}"
                f"{'' if goal.stage.subject.many else ', one of them'}. Change `from`."
            )
    for port in goal.stage.ports.values():
        if port.name not in roles and not port.optional:
            raise StudyError(f"study: {goal.kpi} needs a {port.wanted} as its {port.name}, too. Name one in `from`.")


def choose_stage(section: Section, name: str) -> Stage[Any, Any]:
    """The stage of that name, whole or short, in the registry.

    Raises
    ------
    StudyError
        If there is none.
    """
    try:
        return stage_named(name)
    except UnknownFieldError as cause:
        raise StudyError(f"{section.at('stage')}: {cause}") from cause


def stage_parameters(section: Section, stage: Stage[Any, Any], names: Iterable[str]) -> dict[str, Any]:
    """The values that a section gives for parameters of a stage, in their units, by whole name.

    Raises
    ------
    StudyError
        If the stage has no such parameter, or the flow itself gives it, or a value cannot be read.
    """
    found = {}
    for name in names:
        try:
            parameter = stage.parameter(name)
        except UnknownFieldError as cause:
            raise StudyError(f"{section.at(name)}: {cause}") from cause
        if parameter.name in GIVEN_BY_FLOW:
            raise StudyError(f"{section.at(name)} is given by study.resolution. Change it there.")
        found[parameter.name] = section.value(name, parameter)
    return found


def require_parameters(chain: Chain, space: Space) -> None:
    """Refuse a step one of whose parameters has no value.

    Raises
    ------
    StudyError
        With the path of the parameter.
    """
    for step in chain:
        for name, parameter in step.stage.parameters.items():
            known = name in step.parameters or name in GIVEN_BY_FLOW or f"{step.role}.{name}" in space
            if parameter.required and not known:
                raise StudyError(
                    f"study.steps.{step.role}.{parameter.short} is missing. Give a value there, or a range in "
                    f"study.space.{step.role}.{parameter.short}."
                )


def _usual(section: Section, *, negative: bool) -> tuple[Step, ...]:
    """The usual steps, each as the study changes it; those of an electrode once more for the negative one."""
    steps = [_read(section, role, stage)[0] for role, stage in USUAL.items()]
    if not negative:
        return tuple(steps)
    *electrode, assemble = steps
    doubled = [
        _read(section, step.role, step.stage.name)[0] if step.role in section else step
        for step in for_negative(electrode)
    ]
    return (*electrode, *doubled, assemble)


def _read(section: Section, role: str, usual: str) -> tuple[Step, str]:
    """A step of the study, and the role that it stands after, if it says so."""
    written = section.raw(role, {})
    content = {"stage": written} if isinstance(written, str) else written
    inner = Section(content, section.at(role), None)
    stage = choose_stage(inner, inner.text("stage", usual) if usual else inner.text("stage"))
    _require_single(inner, stage)
    inputs = {GENERATOR: _id(inner)} if GENERATOR in stage.ports else {}
    own = ("stage", "after", *(((GENERATOR, *TRUST_KEYS)) if inputs else ()))
    parameters = stage_parameters(inner, stage, [name for name in inner if name not in own])
    step = Step(role, stage, parameters, inputs)
    return step, inner.text("after", "")


def _require_single(section: Section, stage: Stage[Any, Any]) -> None:
    """Refuse a stage that gives several records, of which the steps after it could not be given one."""
    if not stage.gives_many:
        return
    room, taken = stage.name.partition(".")[0], [port.kinds for port in stage.ports.values() if not port.optional]
    alike = [
        name
        for name, other in STAGES.items()
        if name.startswith(f"{room}.")
        and not (other.gives_many or isinstance(other, KpiStage))
        and [port.kinds for port in other.ports.values()] == taken
    ]
    advice = f"Name {' or '.join(alike)} instead" if alike else "Name a stage that gives one, or read a KPI off a step"
    raise StudyError(
        f"{section.at('stage')} = {stage.name} gives several records by name, and a step gives one. {advice}."
    )


def _id(section: Section) -> str:
    return section.text(GENERATOR, DEFAULT).strip()


def _trust(section: Section, chain: Chain) -> Trust | None:
    """Read how a generator's errors are treated, from the parameters of the step that draws."""
    step = next((step for step in chain if GENERATOR in step.inputs and not step.branch), None)
    if step is None:
        return None
    written = section.section(step.role, None)
    given = {name: written.raw(name) for name in written if name in TRUST_KEYS}
    simulators = [name.rpartition(".")[2] for name in STAGES if name.startswith("manufacture.")]
    return Trust.read(Section(given, section.at(step.role), TRUST_KEYS), simulators)
