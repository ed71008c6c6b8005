"""The surrogates that a study learns from: those that it names, and those of the campaigns that it names.

A campaign becomes one Gaussian process for each goal, trained on its evaluations of the same KPI; one whose data or
KPIs are of no use is refused by name. A condition on the evaluations stands beside the snapshot in which it is asked,
so that the same study learns the same on another day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.design.goals import Goal, share_a_kpi
from ragone.flows.design.study import Study
from ragone.flows.errors import CampaignError, RetrainingError
from ragone.flows.running.tracking import run_stage
from ragone.flows.surrogate.observations import Observations, find_observations
from ragone.models.acquisition.sources import is_feature_of
from ragone.models.surrogate.training import train_surrogate
from ragone.models.surrogate.training_set import FEWEST_DESIGNS
from ragone.schemas import Campaign, RagoneError, Surrogate

_METHODS = ("gaussian_process",)  # has a gradient, and says how sure it is


@dataclass(frozen=True)
class Learned:
    """Ids of surrogates, whence each comes by its id, and the values of the study that they need beside its space."""

    surrogate_ids: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)

    def given(self) -> dict[str, Any]:
        """The arguments of a stage that suggests; none without a source."""
        if not self.surrogate_ids:
            return {}
        return {"sources": list(self.surrogate_ids), "context": dict(self.context)}


def learn(lake: Lake, study: Study) -> Learned:
    """Return what a study learns from; campaigns are trained on where they were not yet.

    Raises
    ------
    CampaignError
        If a source is not known or of another kind, is of other KPIs or units, or holds nothing to learn from.
    """
    origins: dict[str, str] = {}
    for entry in study.learn_from:
        origins |= _surrogates(lake, study, entry)
    names = {feature["name"] for one in origins for feature in lake.get(one, Surrogate).features}
    context = {
        path: value
        for path, value in study.stated().items()
        if path not in study.space and any(is_feature_of(name, path) for name in names)
    }
    return Learned(tuple(origins), origins, context)


def _surrogates(lake: Lake, study: Study, entry: Any) -> dict[str, str]:
    """Ids of the surrogates that an entry stands for, with whence they come."""
    if not isinstance(entry, str):
        where, at = entry["where"], entry["at"]
        return dict.fromkeys(_trained(lake, study, where, at, f"where {where!r}"), f"evaluations where {where}")
    try:
        record = lake.get(lake.resolve(entry))
    except RagoneError as cause:
        raise CampaignError(f"study.optimiser.suggest.learn_from: {cause}") from cause
    if isinstance(record, Surrogate):
        _require_unit(study, record)
        return {record.id: record.id}
    if not isinstance(record, Campaign):
        raise CampaignError(
            f"study.optimiser.suggest.learn_from: {entry} is a {record.kind}; name campaigns or surrogates. "
            "A history becomes a campaign by: ragone tell --conclude"
        )
    where = f"campaign_id = '{record.id}'"
    return dict.fromkeys(_trained(lake, study, where, "", f"{record.name} ({record.id[:22]})"), record.id)


def _trained(lake: Lake, study: Study, where: str, at: str, named: str) -> list[str]:
    """A surrogate for each goal that the evaluations have enough values of."""
    found, reasons = [], []
    for goal in study.goals:
        try:
            found.append(_surrogate(lake, study, goal, where, at))
        except RagoneError as cause:
            reasons.append(f"of {goal.kpi}: {cause}")
    if not found:
        raise CampaignError(
            f"study.optimiser.suggest.learn_from: nothing can be learned from {named}. {' '.join(reasons)}"
        )
    return found


def _surrogate(lake: Lake, study: Study, goal: Goal, where: str, at: str) -> str:
    observations = _observed(lake, study, goal, where, at)
    names = [name for name in observations.columns if len(set(observations.columns[name])) > 1]
    if not names:
        raise RetrainingError("its designs do not differ in what this study varies.")
    made = run_stage(
        "train",
        lake,
        train_surrogate,
        targets=list(observations.ids),
        target=f"{goal.kpi} of {goal.step_name}" if share_a_kpi(study.goals) else goal.kpi,
        columns={name: observations.columns[name] for name in names},
        units={name: observations.units[name] for name in names},
        designs=observations.design_numbers,
        whole=[name for name in observations.whole if name in names],
        where=where,
        snapshot_id=observations.snapshot_id if at else "",
        methods=list(_METHODS),
        about=dict(observations.about),
        seed=study.seed,
    )
    surrogate = lake.get(completed(made)["result"], Surrogate)
    _require_unit(study, surrogate)
    return surrogate.id


def _observed(lake: Lake, study: Study, goal: Goal, where: str, at: str) -> Observations:
    """The evaluations of a goal's KPI with the columns of the study's space: those of its step, else of any."""
    types = lake.evaluations(at or None).collect_schema()
    free = [path for path, variable in study.space.items() if variable.is_free]
    features = [name for name in types if any(is_feature_of(name, path) for path in free)]
    targets = [name for name in (f"{goal.kpi} of {goal.step_name}", goal.kpi) if name in types]
    for number, target in enumerate(targets or [goal.kpi]):
        try:
            found = find_observations(lake, target, where=where, at=at, features=features)
        except RetrainingError:
            if number + 1 >= len(targets):
                raise
        else:
            return _complete(found)
    raise AssertionError


def _complete(found: Observations) -> Observations:
    """The rows that have a value of every feature that most of them have.

    Raises
    ------
    RetrainingError
        If too few do.
    """
    most = len(found.ids) / 2
    names = [name for name in found.columns if sum(value is not None for value in found.columns[name]) > most]
    kept = found.part(found.known(names))
    if len(set(kept.designs)) < FEWEST_DESIGNS:
        raise RetrainingError(f"it has {len(set(kept.designs))} designs with a value, {FEWEST_DESIGNS} are needed.")
    return Observations(**{**vars(kept), "columns": {name: kept.columns[name] for name in names}})


def _require_unit(study: Study, surrogate: Surrogate) -> None:
    quantity = surrogate.target.partition(" of ")[0]
    goals: Sequence[Goal] = [goal for goal in study.goals if goal.kpi == quantity]
    if not goals:
        wanted = ", ".join(goal.kpi for goal in study.goals)
        raise CampaignError(
            f"study.optimiser.suggest.learn_from: {surrogate.id[:30]} predicts {surrogate.target}, the goals are of "
            f"{wanted}. Name a surrogate of one of these."
        )
    if surrogate.target_unit not in ("", goals[0].unit):
        raise CampaignError(
            f"study.optimiser.suggest.learn_from: {surrogate.id[:30]} predicts {quantity} in {surrogate.target_unit}, "
            f"here it is in {goals[0].unit}. Name a surrogate of the same quantity."
        )
