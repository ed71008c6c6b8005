"""Why this design? What the optimiser's surrogates say of it: before it was evaluated, and with all that is known now.

Everything is computed from the records of a campaign by the surrogates of `acquisition.feasible_improvement`; what
another stage believed when it suggested the design may have differed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.space import UnitCube
from ragone.models.explanation.evaluated import Evaluated
from ragone.models.explanation.flatness import flat_ranges, tolerance_cost
from ragone.models.explanation.influences import indices_of, slopes_at
from ragone.models.explanation.ranking import rooms
from ragone.models.explanation.suggestion import believed, promise
from ragone.models.explanation.unexplained import UnexplainedError
from ragone.models.goals import goals_of, rows_of
from ragone.models.surrogate import repeatable
from ragone.schemas import Candidate, Explanation, Kpi, stage
from ragone.schemas.errors import StageError
from ragone.schemas.parameter import Share

_NOT_SUGGESTED = "no stored run suggested it: somebody gave it"
_SHARE_SEARCHED = 8  # one point in so many is where a further evaluation is looked for


@stage(
    "campaign.explain",
    libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy"),
    informed_by=("candidates", "kpis", "failed", "known_candidates", "known_kpis", "known_failed"),
)
def explain_design(
    candidate: Candidate,
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    failed: tuple[Candidate, ...] = (),
    known_candidates: tuple[Candidate, ...] = (),
    known_kpis: tuple[Kpi, ...] = (),
    known_failed: tuple[Candidate, ...] = (),
    *,
    space: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    tolerances: Mapping[str, Any] | None = None,
    earlier: Mapping[str, Any] | None = None,
    suggested_by: str = "",
    margin: Share = 0.01,
    point_count: int = 1024,
    seed: int,
) -> Explanation:
    """Explain a design.

    Parameters
    ----------
    candidate
        The design.
    candidates, kpis, failed
        All that was evaluated: KPI of each goal for each candidate in turn, and candidates whose evaluation failed.
    known_candidates, known_kpis, known_failed
        The part of it that was known when the design was suggested.
    space, goals, tolerances, earlier, seed
        As `acquisition.feasible_improvement` takes them.
    suggested_by
        Name of the stage that suggested the design; empty if none did.
    margin
        Share of the design's value that counts as equal [-]; its standard uncertainty does if that is larger.
    point_count
        Points of the Sobol indices, eight times a power of two that is 8 at least.

    Raises
    ------
    StageError
        If the space varies nothing.
    """
    if not UnitCube.of(space).axes:
        raise StageError("the space varies nothing, so that no design is better than another. Give a path a range.")
    rows = rows_of(goals_of(goals), kpis, len(candidates))
    row = next((row for one, row in zip(candidates, rows, strict=True) if one.id == candidate.id), ())
    filled = Candidate(values={**(earlier or {}), **candidate.values})

    def known(tried: tuple[Candidate, ...], values: tuple[Kpi, ...], without: tuple[Candidate, ...]) -> _Known:
        beliefs = Beliefs.of(tried, values, without, space=space, goals=goals, earlier=earlier, seed=seed)
        return _Known(beliefs, Evaluated.of(beliefs, tried, values))

    now, parts = known(candidates, kpis, failed), _Parts()
    before = known(known_candidates, known_kpis, known_failed) if suggested_by else None
    with repeatable(seed):
        parts.add_before(before, now, filled, row)
        parts.add_space(now, filled, row, margin, point_count, seed)
        parts.add("tolerance_cost", lambda: tolerance_cost(now.fitted, filled, tolerances or {}, seed))
        parts.add("rivals", lambda: now.evaluated.rivals(now.fitted, candidate.id, seed))
        parts.add("limits", lambda: rooms(now.fitted, now.beliefs.space.points([filled])[0]))
        searched = point_count // _SHARE_SEARCHED
        parts.add("next_evaluation", lambda: now.evaluated.next_evaluation(now.fitted, searched, seed))
    rivals = parts.found.pop("rivals", [])
    return Explanation(
        candidate_id=candidate.id,
        goals=[{**g.definition(), "unit": u} for g, u in zip(now.beliefs.goals, _units(goals, kpis), strict=True)],
        suggested_by=suggested_by,
        known_count=len(known_candidates) + len(known_failed),
        evaluated_count=len(candidates) + len(failed),
        chance_best=next((each["chance_best"] for each in rivals if each["candidate_id"] == candidate.id), None),
        rivals=[each for each in rivals if each["candidate_id"] != candidate.id],
        reasons=parts.reasons,
        method="Gaussian processes of acquisition.feasible_improvement; Sobol indices of their means at "
        f"{point_count} points of the space; rankings by draws from them at all evaluated designs",
        **parts.found,
    )


@dataclass(frozen=True)
class _Known:
    """The beliefs at some moment, and the designs that they rest on."""

    beliefs: Beliefs
    evaluated: Evaluated

    @property
    def fitted(self) -> Beliefs:
        """The beliefs, if they hold a surrogate.

        Raises
        ------
        UnexplainedError
            If they hold none.
        """
        if not self.beliefs.surrogates:
            raise UnexplainedError("fewer than two designs have a value for every goal")
        return self.beliefs


@dataclass
class _Parts:
    """The parts of an explanation that have a value, and the reasons of those that have none."""

    found: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, compute: Callable[[], Any]) -> None:
        """Compute a part, or keep the reason why it has no value."""
        try:
            self.found[name] = compute()
        except UnexplainedError as cause:
            self.reasons[name] = str(cause)

    def add_before(self, before: _Known | None, now: _Known, candidate: Candidate, row: Sequence[Kpi]) -> None:
        """Add what was believed when the design was suggested, and the records that it rests on: then, or else now."""
        if before is None:
            self.reasons |= {"believed": _NOT_SUGGESTED, "promise": _NOT_SUGGESTED}
        else:
            self.add("believed", lambda: believed(before.beliefs, candidate, row))
            self.add("promise", lambda: promise(before.beliefs, candidate))
        resting = before if before is not None and before.beliefs.surrogates else now
        self.add("rests_on", lambda: resting.evaluated.weights(resting.fitted, candidate))

    def add_space(
        self, now: _Known, candidate: Candidate, row: Sequence[Kpi], margin: float, count: int, seed: int
    ) -> None:
        """Add what matters over the space and at the design, and how flat it is around the design."""
        self.add("influences", lambda: _influences(now.fitted, count, seed))
        self.add("slopes", lambda: slopes_at(now.fitted, candidate))
        self.add("flatness", lambda: _flatness(now.fitted, candidate, row, margin))


def _influences(beliefs: Beliefs, count: int, seed: int) -> dict[str, Any]:
    return {goal.kpi: indices_of(beliefs, number, count, seed) for number, goal in enumerate(beliefs.goals)}


def _flatness(beliefs: Beliefs, candidate: Candidate, row: Sequence[Kpi], share: float) -> dict[str, Any]:
    """The ranges within a margin, and the margin, in the unit of the objective."""
    point = beliefs.space.points([candidate])
    if not beliefs.space.inside(point)[0]:
        raise UnexplainedError("the design lies outside of the present space")
    aim = next(number for number, goal in enumerate(beliefs.goals) if goal.is_objective)
    mean = abs(float(beliefs.predict(point)[0][0, aim]))
    margin = max(share * mean, (row[aim].standard_uncertainty if row else None) or 0.0)
    return {"margin": margin, "ranges": flat_ranges(beliefs, candidate, margin)}


def _units(goals: Sequence[Any], kpis: Sequence[Kpi]) -> list[str]:
    """The unit of each goal's KPI; empty as long as there is no KPI."""
    return [kpi.unit for kpi in kpis[: len(goals)]] or [""] * len(goals)
