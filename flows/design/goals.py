"""What a study wants: KPIs to make large or small, and limits to keep, each read off the record of a step.

In the parameter file an objective is ``{kpi: energy_density, maximise: true, from: discharge}``, a constraint
``{kpi: maximum_temperature, at_most: 45 degC, from: fast_charge}``. With several objectives each may say from which
value on a design is of interest: ``better_than: 400 W.h/L``. The surrogate takes the logarithm of a KPI with
``scale: log``, as it does of a life unless ``scale: linear`` is given. `from` names the step, or several where the KPI
compares curves; it may be left out where one step gives a record that the KPI is read off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section
from ragone.flows.stages import kpi_stage_of
from ragone.models import goals
from ragone.models.goals import GoalScale, Sense
from ragone.schemas.errors import RagoneError, UnknownFieldError, did_you_mean
from ragone.schemas.kpi_stage import KpiStage
from ragone.schemas.units import parse_quantity

_OBJECTIVES = (Sense.MAXIMISE, Sense.MINIMISE)
_CONSTRAINTS = (Sense.AT_LEAST, Sense.AT_MOST)
_SHARED = ("kpi", "from", "settings", "scale")
_LOGARITHMIC = ("cycle_life",)  # positive, and spread over orders of magnitude
_REFERENCE = "better_than"


@dataclass(frozen=True)
class Goal(goals.Goal):
    """A goal of a study: the KPI, what is wanted of it, and where it is read.

    `sources` are the roles of the steps that it is read off; `settings` are parameters of its KPI stage.
    """

    sources: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stage(self) -> KpiStage[Any, Any]:
        """The stage that gives the KPI."""
        return kpi_stage_of(self.kpi)

    @property
    def unit(self) -> str:
        """The unit of the KPI; "1" if it is dimensionless."""
        return self.stage.unit_given(self.kpi) or "1"

    @property
    def key(self) -> str:
        """The key of the KPI in an evaluation: ``role.name``."""
        return f"{self.step_name}.{self.kpi}"

    @property
    def step_name(self) -> str:
        """The step that the KPI is read off, or several, as columns of the evaluations name them."""
        return "+".join(self.sources)

    @property
    def name(self) -> str:
        """The KPI and where it is read, for example ``energy_density of discharge``."""
        return f"{self.kpi} of {', '.join(self.sources)}" if self.sources else self.kpi

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for the record of a campaign."""
        return {**self.wanted(), "from": list(self.sources), "settings": dict(self.settings)}

    def wanted(self) -> dict[str, Any]:
        """The goal as the optimiser takes it."""
        return super().definition()


def share_a_kpi(wanted: Sequence[Goal]) -> bool:
    """Whether several goals are of one KPI, read off different steps."""
    return len({goal.kpi for goal in wanted}) < len(wanted)


def read_goals(root: Section) -> tuple[Goal, ...]:
    """The objectives of a study, then its constraints.

    Raises
    ------
    StudyError
        For anything that cannot be used, named by its path.
    """
    objectives = [
        _goal(each, _OBJECTIVES) for each in root.sections("objectives", (*_SHARED, _REFERENCE, *_OBJECTIVES))
    ]
    if not objectives:
        raise StudyError(f"{root.at('objectives')} is empty. Name at least one KPI to maximise or minimise.")
    if len(objectives) == 1 and objectives[0].reference is not None:
        raise StudyError(
            f"{root.at('objectives')}: {_REFERENCE} says from where a front is measured, and one objective has none. "
            "Remove it, or name a constraint: at_least or at_most."
        )
    constraints = [_goal(each, _CONSTRAINTS) for each in root.sections("constraints", (*_SHARED, *_CONSTRAINTS), [])]
    return (*objectives, *constraints)


def _goal(section: Section, senses: Sequence[Sense]) -> Goal:
    kpi = section.text("kpi")
    try:
        stage = kpi_stage_of(kpi)
    except RagoneError as cause:
        raise StudyError(f"{section.at('kpi')}: {cause}") from cause
    given = [sense for sense in senses if section.has(sense)]
    if len(given) != 1:
        raise StudyError(
            f"{section.path} gives {' and '.join(given) or 'none'} of {', '.join(senses)}. Give one of them."
        )
    (sense,) = given
    unit = stage.unit_given(kpi) or "1"
    read: dict[str, Any] = {
        "sources": _sources(section),
        "settings": _settings(section, stage),
        "scale": _scale(section, kpi),
    }
    if sense in _CONSTRAINTS:
        return _with_logarithm(section, Goal(kpi, sense, _quantity(section, sense, unit), **read))
    if not section.flag(sense):
        other = _OBJECTIVES[1 - _OBJECTIVES.index(sense)]
        raise StudyError(f"{section.at(sense)} = false says nothing. Write '{other}: true', or make it true.")
    reference = _quantity(section, _REFERENCE, unit) if section.has(_REFERENCE) else None
    return _with_logarithm(section, Goal(kpi, sense, None, reference, **read))


def _with_logarithm(section: Section, goal: Goal) -> Goal:
    """The goal, refused if its scale is logarithmic and one of its numbers has no logarithm."""
    for number in (goal.limit, goal.reference):
        if goal.is_logarithmic and number is not None and number <= 0:
            raise StudyError(
                f"{section.path}: {number:g} has no logarithm. Give a positive number, or 'scale: linear'."
            )
    return goal


def _scale(section: Section, kpi: str) -> GoalScale:
    usual = GoalScale.LOGARITHMIC if kpi in _LOGARITHMIC else GoalScale.LINEAR
    name, known = section.raw("scale", str(usual)), [str(scale) for scale in GoalScale]
    if name not in known:
        raise StudyError(f"{section.at('scale')} = {name!r} is not known: {did_you_mean(str(name), known)}")
    return GoalScale(name)


def _quantity(section: Section, name: str, unit: str) -> float:
    try:
        return parse_quantity(section.raw(name), unit, section.at(name))
    except RagoneError as cause:
        raise StudyError(str(cause)) from cause


def _sources(section: Section) -> tuple[str, ...]:
    given = section.raw("from", ())
    roles = (given,) if isinstance(given, str) else given
    if not isinstance(roles, Sequence) or not all(isinstance(role, str) and role for role in roles):
        raise StudyError(f"{section.at('from')} = {given!r} must be the role of a step, or a list of roles. Change it.")
    return tuple(roles)


def _settings(section: Section, stage: KpiStage[Any, Any]) -> dict[str, Any]:
    given = section.section("settings", None, {})
    found = {}
    for name in given:
        try:
            parameter = stage.parameter(name)
        except UnknownFieldError as cause:
            raise StudyError(f"{given.at(name)}: {cause}") from cause
        found[parameter.name] = given.value(name, parameter)
    for parameter in stage.parameters.values():
        if parameter.required and parameter.name not in found:
            raise StudyError(f"{section.at('settings')}.{parameter.short} is missing. Add it: {parameter.expected}.")
    return found
