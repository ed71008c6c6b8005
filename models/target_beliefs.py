"""The beliefs in all that a target may be about: a campaign's goals, and what surrogates in use predict besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.changed_space import ChangedSpace
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.sources import Source
from ragone.models.acquisition.space import Floats
from ragone.models.goals import Goal, Sense
from ragone.schemas import Campaign, Candidate, Kpi, Surrogate
from ragone.schemas.errors import ParameterError

_POINTS = 256  # over which the spread of a surrogate's predictions is taken


@dataclass(frozen=True)
class TargetBeliefs:
    """The beliefs after a campaign, beside surrogates of other quantities; `spreads` are scales of each."""

    own: Beliefs
    sources: tuple[Source, ...]
    names: tuple[str, ...]
    spreads: tuple[float, ...]

    @classmethod
    def of(
        cls,
        campaign: Campaign,
        candidates: Sequence[Candidate],
        kpis: Sequence[Kpi],
        failed: Sequence[Candidate],
        surrogates: Sequence[Surrogate] = (),
        *,
        earlier: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
        seed: int,
    ) -> Self:
        """The beliefs after all trials; the arguments are those of `campaign.inverse`.

        Raises
        ------
        ParameterError
            If a surrogate predicts a goal, or from something that is not known.
        """
        space = campaign.definition["space"]
        own = Beliefs.of(candidates, kpis, failed, space=space, goals=campaign.goals, earlier=earlier, seed=seed)
        names = [goal.kpi for goal in own.goals]
        for record in surrogates:
            if record.target in names:
                raise ParameterError(f"{record.id[:30]} predicts {record.target}, a goal. The campaign's own is used.")
            names.append(record.target)
        sources = tuple(_source(record, own.space, context or {}) for record in surrogates)
        spreads = [own.spread(number) for number in range(len(own.surrogates))]
        return cls(own, sources, tuple(names), (*spreads, *(_spread(one, own.space, seed) for one in sources)))

    @property
    def space(self) -> ChangedSpace:
        """The space of the campaign."""
        return self.own.space

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means and standard deviations of each quantity without noise, in its unit, shape (n, names) each."""
        means, deviations = self.own.predict(points)
        further = [_moments(source, points) for source in self.sources]
        return (
            np.column_stack([means, *(mean for mean, _ in further)]),
            np.column_stack([deviations, *(deviation for _, deviation in further)]),
        )

    def chance_of_success(self, points: Floats) -> Floats:
        """The probability that a candidate at each of the points can be evaluated at all [-], shape (n,)."""
        return self.own.chance_of_success(points)


def _source(record: Surrogate, space: ChangedSpace, context: Mapping[str, Any]) -> Source:
    try:
        return Source.of(record, Goal(record.target, Sense.AT_LEAST, 0.0), space.known, context)
    except ParameterError as cause:
        why = str(cause).partition(". ")[0]
        raise ParameterError(
            f"{record.target} is no target here: {why}. Give the study file, or leave it out."
        ) from cause


def _moments(source: Source, points: Floats) -> tuple[Floats, Floats]:
    """Means and standard deviations at points of shape (n, axes), each on its own, shape (n,)."""
    import torch

    with torch.no_grad():
        means, covariances = source.moments(torch.from_numpy(points).unsqueeze(1))
    return means[:, 0].numpy(), np.sqrt(np.maximum(covariances[:, 0, 0].numpy(), 0.0))


def _spread(source: Source, space: ChangedSpace, seed: int) -> float:
    """The standard deviation of what a surrogate predicts over the present space; 1 if it is everywhere the same."""
    points = space.embedded(sobol_points(space.searched.axes, skip=0, count=_POINTS, seed=seed))
    return float(_moments(source, points)[0].std()) or 1.0
