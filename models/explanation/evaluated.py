"""The evaluated designs of the present space, beside which a design is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ragone.models.acquisition.belief import Beliefs, measured_of
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.space import Floats
from ragone.models.explanation.knowledge import knowledge_gradients
from ragone.models.explanation.objective import only_objective
from ragone.models.explanation.ranking import chances_best, leads
from ragone.models.explanation.unexplained import UnexplainedError
from ragone.models.explanation.weights import weights_at
from ragone.schemas import Candidate, Kpi

_SHOWN = 8
_LEAST_CHANCE = 0.5  # of success, of a further evaluation


@dataclass(frozen=True)
class Evaluated:
    """Distinct designs with a value for every goal.

    `points` has shape (n, axes), `inside` (n,): whether a design is of the present space.
    """

    candidates: tuple[Candidate, ...]
    points: Floats
    inside: np.ndarray[Any, np.dtype[np.bool_]]

    @classmethod
    def of(cls, beliefs: Beliefs, candidates: Sequence[Candidate], kpis: Sequence[Kpi]) -> Self:
        """Those of the candidates that are measured."""
        measured = measured_of(beliefs.goals, candidates, kpis)
        kept = {one.id: one for one, has in zip(candidates, measured, strict=True) if has}
        points = beliefs.space.points(list(kept.values()))
        return cls(tuple(kept.values()), points, beliefs.space.inside(points))

    def weights(self, beliefs: Beliefs, candidate: Candidate) -> dict[str, list[dict[str, Any]]]:
        """The designs of largest weight in what is believed of a candidate, by KPI.

        Raises
        ------
        UnexplainedError
            If there is no surrogate.
        """
        _require_surrogates(beliefs)
        point = beliefs.space.points([candidate])[0]
        found = {}
        for goal, surrogate in zip(beliefs.goals, beliefs.surrogates, strict=True):
            observed, weights, distances = weights_at(surrogate, point)
            largest = np.argsort(-np.abs(weights), kind="stable")[:_SHOWN].tolist()
            found[goal.kpi] = [
                {"candidate_id": self._named(observed[n]), "weight": float(weights[n]), "distance": float(distances[n])}
                for n in largest
            ]
        return found

    def rivals(self, beliefs: Beliefs, candidate_id: str, seed: int) -> list[dict[str, Any]]:
        """The designs most likely the best, the candidate among them, with its lead over each of one objective.

        Raises
        ------
        UnexplainedError
            If the candidate has no value, or is the only one that has.
        """
        _require_surrogates(beliefs)
        ids = [one.id for one, inside in zip(self.candidates, self.inside, strict=True) if inside]
        if candidate_id not in ids:
            raise UnexplainedError("the design has no value for every goal, or lies outside of the present space")
        points, own = self.points[self.inside], ids.index(candidate_id)
        chances = chances_best(beliefs, points, seed)
        rows = [
            {"candidate_id": name, "chance_best": chance} for name, chance in zip(ids, chances.tolist(), strict=True)
        ]
        if sum(goal.is_objective for goal in beliefs.goals) == 1:
            lead, deviation = (each.tolist() for each in leads(beliefs, points, own))
            rows = [{**row, "lead": lead[n], "deviation": deviation[n]} for n, row in enumerate(rows)]
        ranked = sorted(range(len(rows)), key=lambda n: (-rows[n]["chance_best"], abs(rows[n].get("lead", 0.0))))
        return [rows[n] for n in dict.fromkeys([own, *ranked[:_SHOWN]])]

    def next_evaluation(self, beliefs: Beliefs, count: int, seed: int) -> dict[str, Any]:
        """The evaluation from which the largest gain is expected, of an evaluated design again or of a new one.

        Raises
        ------
        UnexplainedError
            If there are several objectives, or no evaluated design is expected to keep every limit.
        """
        _require_surrogates(beliefs)
        aim = only_objective(beliefs.goals, "no single design is recommended")
        known = self.points[self.inside]
        known = known[_keeps_limits(beliefs, known)]
        if not len(known):
            raise UnexplainedError("no evaluated design is expected to keep every limit")
        cube = beliefs.space.searched
        fresh = beliefs.space.embedded(cube.snapped(sobol_points(cube.axes, skip=0, count=count, seed=seed)))
        fresh = fresh[_keeps_limits(beliefs, fresh) & (beliefs.chance_of_success(fresh) >= _LEAST_CHANCE)]
        points, surrogate = np.vstack([known, fresh]), beliefs.surrogates[aim]
        means, covariances = beliefs.predict_jointly(aim, points)
        model: Any = surrogate.differentiable
        noise = float(np.median(model.likelihood.noise.detach().numpy())) * beliefs.spread(aim) ** 2
        gains, chances = knowledge_gradients(means, covariances, noise, len(known))
        best = int(gains.argmax())
        chosen = cube.candidates(beliefs.space.searched_points(points[best : best + 1]))["0"]
        return {
            "values": dict(chosen.values),
            "candidate_id": self._named(points[best]) if best < len(known) else "",
            "gain": float(gains[best]),
            "chance_of_change": float(chances[best]),
            "recommended_id": self._named(known[int(means[: len(known)].argmax())]),
        }

    def _named(self, point: Floats) -> str:
        """The id of the design at a point."""
        return self.candidates[int(np.abs(self.points - point).max(axis=1).argmin())].id


def _keeps_limits(beliefs: Beliefs, points: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether the means at points keep every limit."""
    means = beliefs.predict(points)[0] if len(points) else np.empty((0, len(beliefs.goals)))
    return np.array([all(g.holds(v) for g, v in zip(beliefs.goals, row, strict=True)) for row in means.tolist()], bool)


def _require_surrogates(beliefs: Beliefs) -> None:
    if not beliefs.surrogates:
        raise UnexplainedError("fewer than two designs have a value for every goal")
