"""Why this design? What the optimiser's surrogates say of it: before it was evaluated, and with all that is known now.

Everything is computed from the records of a campaign by the surrogates of `acquisition.feasible_improvement`; what
another stage believed when it suggested the design may have differed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ragone.models.acquisition.belief import Beliefs
from ragone.models.explanation.evaluated import Evaluated
from ragone.models.explanation.flatness import flat_ranges, tolerance_cost
from ragone.models.explanation.influences import indices_of
from ragone.models.explanation.ranking import rooms
from ragone.models.explanation.suggestion import believed, promise
from ragone.models.explanation.unexplained import UnexplainedError
from ragone.models.goals import goals_of, rows_of
from ragone.models.surrogate import repeatable
from ragone.schemas import Candidate, Explanation, Kpi, stage
from ragone.schemas.parameter import Share

_NOT_SUGGESTED = "no stored run suggested it: somebody gave it"


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
        What of it was known when the design was suggested.
    space, goals, tolerances, earlier, seed
        As `acquisition.feasible_improvement` takes them.
    suggested_by
        Name of the stage that suggested the design; empty if none did.
    margin
        Share of the design's value that counts as equal [-]; its standard uncertainty does if that is larger.
    point_count
        Points of the Sobol indices; an eighth of them, a power of two, is where a further evaluation is looked for.
    """
    given = {"space": space, "goals": goals, "earlier": earlier, "seed": seed}
    now = Beliefs.of(candidates, kpis, failed, **given)  # type: ignore[arg-type]
    rows = dict(zip([one.id for one in candidates], rows_of(goals_of(goals), kpis, len(candidates)), strict=True))
    row = rows.get(candidate.id, ())
    filled = Candidate(values={**(earlier or {}), **candidate.values})
    parts = _Parts()

    with repeatable(seed):
        before = None
        if suggested_by:
            before = Beliefs.of(known_candidates, known_kpis, known_failed, **given)  # type: ignore[arg-type]
            parts.add("believed", lambda: believed(before, filled, row))
            parts.add("promise", lambda: promise(before, filled))
        else:
            parts.reasons |= {"believed": _NOT_SUGGESTED, "promise": _NOT_SUGGESTED}
        evaluated = Evaluated.of(now, candidates, kpis)
        resting, among = (now, evaluated) if before is None or not before.surrogates else (
            before, Evaluated.of(before, known_candidates, known_kpis)
        )
        parts.add("rests_on", lambda: among.weights(resting, filled))
        parts.add("influences", lambda: _influences(now, point_count, seed))
        parts.add("flatness", lambda: _flatness(now, filled, row, margin))
        parts.add("tolerance_cost", lambda: tolerance_cost(_fitted(now), filled, tolerances or {}, seed))
        parts.add("rivals", lambda: evaluated.rivals(now, candidate.id, seed))
        parts.add("limits", lambda: rooms(_fitted(now), now.space.points([filled])[0]))
        parts.add("next_evaluation", lambda: evaluated.next_evaluation(now, point_count // 8, seed))
    rivals = parts.found.pop("rivals", [])
    return Explanation(
        candidate_id=candidate.id,
        goals=[{**g.definition(), "unit": u} for g, u in zip(now.goals, _units(now, kpis), strict=True)],
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


class _Parts:
    """The parts of an explanation that have a value, and the reasons of those that have none."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.reasons: dict[str, str] = {}

    def add(self, name: str, compute: Callable[[], Any]) -> None:
        try:
            self.found[name] = compute()
        except UnexplainedError as cause:
            self.reasons[name] = str(cause)


def _fitted(beliefs: Beliefs) -> Beliefs:
    """The beliefs, if they hold a surrogate."""
    if not beliefs.surrogates:
        raise UnexplainedError("fewer than two designs have a value for every goal")
    return beliefs


def _influences(beliefs: Beliefs, count: int, seed: int) -> dict[str, Any]:
    goals = enumerate(_fitted(beliefs).goals)
    return {goal.kpi: indices_of(beliefs, number, count, seed) for number, goal in goals}


def _flatness(beliefs: Beliefs, candidate: Candidate, row: Sequence[Kpi], share: float) -> dict[str, Any]:
    aim = next(number for number, goal in enumerate(_fitted(beliefs).goals) if goal.is_objective)
    if not beliefs.space.inside(beliefs.space.points([candidate]))[0]:
        raise UnexplainedError("the design lies outside of the present space")
    mean = abs(float(beliefs.predict(beliefs.space.points([candidate]))[0][0, aim]))
    margin = max(share * mean, (row[aim].standard_uncertainty if row else None) or 0.0)
    return {"margin": margin, "ranges": flat_ranges(beliefs, candidate, margin)}


def _units(beliefs: Beliefs, kpis: Sequence[Kpi]) -> list[str]:
    """The unit of each goal's KPI; empty as long as there is no KPI."""
    width = len(beliefs.goals)
    return [kpi.unit for kpi in kpis[:width]] or [""] * width
