"""The trials of a campaign in numbers, and the optimiser's surrogates after the last of them.

A KPI without a value is NaN. The surrogates are fitted anew, to all trials at once: they are not those of any moment
of the campaign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.space import Floats, UnitCube
from ragone.models.goals import Goal, goals_of, least_of, value_of
from ragone.schemas import Campaign, Candidate, Kpi, RagoneError

MOST_TRIALS = 1000  # an exact Gaussian process takes their number cubed

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class ReviewError(RagoneError, ValueError):
    """Something cannot be said of a campaign; the message is the reason."""


@dataclass(frozen=True)
class ReviewedTrials:
    """Candidates, and the KPIs of each goal: none where the evaluation failed.

    `values` and `deviations` have shape (trials, goals), in the units of the KPIs; NaN where there is none, and a
    standard uncertainty of 0 where it is not known. `feasible`, and `cheaper` of those evaluated at a cheaper fidelity,
    have shape (trials,).
    """

    goals: tuple[Goal, ...]
    units: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    kpis: tuple[tuple[Kpi, ...], ...]
    values: Floats
    deviations: Floats
    feasible: Mask
    cheaper: Mask
    definition: Mapping[str, Any]

    @classmethod
    def of(cls, campaign: Campaign, candidates: Sequence[Candidate], kpis: Sequence[Sequence[Kpi]]) -> Self:
        """The trials of a campaign: its candidates, and a row of KPIs for each of them.

        Raises
        ------
        ReviewError
            If the goals cannot be read, or a row has KPIs of some goals only.
        """
        goals = _goals(campaign)
        if any(len(row) not in (0, len(goals)) for row in kpis):
            raise ReviewError("some trials have KPIs of a part of the goals only.")
        none = (np.nan,) * len(goals)
        values = [[least_of(goal, kpi) for goal, kpi in zip(goals, row, strict=True)] if row else none for row in kpis]
        deviations = [[kpi.standard_uncertainty or 0.0 for kpi in row] or none for row in kpis]
        units = next((tuple(kpi.unit for kpi in row) for row in kpis if row), ("",) * len(goals))
        shape = (len(candidates), len(goals))
        return cls(
            goals,
            tuple("-" if unit == "1" else unit for unit in units),
            tuple(candidates),
            tuple(map(tuple, kpis)),
            np.array(values, dtype=np.float64).reshape(shape),
            np.array(deviations, dtype=np.float64).reshape(shape),
            np.asarray(campaign.feasible, dtype=bool),
            np.array([not campaign.is_at_target(one.values) for one in candidates], dtype=bool),
            campaign.definition if isinstance(campaign.definition, Mapping) else {},
        )

    @property
    def aims(self) -> list[int]:
        """Places of the objectives among the goals."""
        return [place for place, goal in enumerate(self.goals) if goal.is_objective]

    @property
    def gains(self) -> Floats:
        """Values of the objectives by sign such that larger is better, shape (trials, objectives)."""
        return self.values[:, self.aims] * self.signs

    @property
    def signs(self) -> Floats:
        """The factor by which larger is better of each objective, shape (objectives,)."""
        return np.array([self.goals[place].sign for place in self.aims])

    def is_bound(self, trial: int, goal: int) -> bool:
        """Whether a value is a bound, than which the KPI of the goal is larger, both counted from 0."""
        return (
            bool(self.kpis[trial])
            and value_of(self.kpis[trial][goal]) is None
            and bool(np.isfinite(self.values[trial, goal]))
        )

    @property
    def shortcomings(self) -> dict[str, int]:
        """Counts of trials that failed, had no value of a KPI, or broke a limit; a trial may count several times."""
        known = np.isfinite(self.values)
        whole = np.array([bool(row) for row in self.kpis], dtype=bool)
        found = {"failed": int((~whole).sum()), "evaluated at a cheaper fidelity": int((whole & self.cheaper).sum())}
        for place, goal in enumerate(self.goals):
            name = goal.kpi.replace("_", " ")
            found[f"without a value of {name}"] = int((whole & ~known[:, place]).sum())
            if goal.limit is not None:
                kept = np.array([goal.holds(value) for value in self.values[:, place]], dtype=bool)
                words = f"with {name} not {str(goal.sense).replace('_', ' ')} {goal.limit:g} {self.units[place]}"
                found[words] = int((known[:, place] & ~kept).sum())
        return {words: count for words, count in found.items() if count}

    def beliefs(self, seed: int = 0) -> Beliefs:
        """The optimiser's surrogates of every goal.

        Raises
        ------
        ReviewError
            If there is no surrogate, with the reason.
        """
        space = self._space()
        if not space:
            raise ReviewError("the campaign does not state its space.")
        if len(self.candidates) > MOST_TRIALS:
            raise ReviewError(f"it has more than {MOST_TRIALS} trials.")
        whole = [number for number, row in enumerate(self.kpis) if row]
        try:
            if not UnitCube.of(space).variables:
                raise ReviewError("its space varies nothing")
            found = Beliefs.of(
                [self.candidates[number] for number in whole],
                [kpi for number in whole for kpi in self.kpis[number]],
                [one for one, row in zip(self.candidates, self.kpis, strict=True) if not row],
                space=space,
                goals=[goal.definition() for goal in self.goals],
                earlier=self._earlier(),
                seed=seed,
            )
        except (RagoneError, TypeError, ValueError) as cause:
            raise ReviewError(f"no surrogate can be fitted to its trials: {cause}") from cause
        if not found.surrogates:
            raise ReviewError("fewer than two trials have a value of every goal.")
        return found

    def _space(self) -> dict[str, Any]:
        """The space by the paths of the candidates; earlier versions have names, and pairs for ranges."""
        space = self.definition.get("space")
        paths = {path.rpartition(".")[2]: path for one in self.candidates for path in one.values}
        return {
            path if "." in path else str(paths.get(path, path)): _entry(one)
            for path, one in (space.items() if isinstance(space, Mapping) else ())
        }

    def _earlier(self) -> dict[str, Any]:
        """Values that candidates of before the space was changed do not name."""
        found: Any = self.definition
        for name in ("optimiser", "suggest", "parameters", "earlier"):
            found = found.get(name) if isinstance(found, Mapping) else None
        return dict(found) if isinstance(found, Mapping) else {}


def _entry(given: Any) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    if isinstance(given, list) and len(given) == 2:
        return {"low": given[0], "high": given[1]}
    return {"value": given}


def _goals(campaign: Campaign) -> tuple[Goal, ...]:
    try:
        return goals_of(campaign.goals)
    except (RagoneError, TypeError, ValueError, AttributeError) as cause:
        raise ReviewError(f"its goals cannot be read: {cause}") from cause
