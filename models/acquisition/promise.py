"""The first candidates of a campaign that learns from others: those that the sources expect to be the best.

Sources take turns, so that each is put to the test by its favourite. What is best of several objectives is their mean,
each in the source's own spread; a limit that the source expects to be broken counts against a candidate by as much.
Candidates near one that was tried are not promising any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ragone.models.acquisition.ascent import ascend_by_trial
from ragone.models.acquisition.changed_space import ChangedSpace
from ragone.models.acquisition.ranking import scale_over
from ragone.models.acquisition.sources import Source
from ragone.models.acquisition.space import Floats
from ragone.models.goals import Goal

if TYPE_CHECKING:
    import torch

_NEAR = 0.15  # distance in the unit cube, for each root of an axis, within which a candidate tells what another told
_BROKEN = 10.0  # weight of a limit that is expected to be broken by one spread


@dataclass(frozen=True)
class Promise:
    """The value that sources, one of each goal or none, expect of points of the searched cube; less near tried ones."""

    sources: Sequence[Source | None]
    goals: Sequence[Goal]
    changed: ChangedSpace
    tried: Floats

    def set_X_pending(self, _: torch.Tensor) -> None:  # noqa: N802 - BoTorch's
        """Nothing: a point is sought at a time."""

    def __call__(self, points: torch.Tensor) -> torch.Tensor:
        """Promise of points of shape (n, 1, axes), shape (n,), in spreads of the sources."""
        import torch

        at = self.changed.embedded(points.squeeze(1).numpy())
        promise = np.zeros(len(at))
        for goal, source in zip(self.goals, self.sources, strict=True):
            if source is not None:
                promise += self._of(goal, source, at)
        return torch.from_numpy(promise - self._known(at))

    def _of(self, goal: Goal, source: Source, at: Floats) -> Floats:
        import torch

        scale = scale_over(source, at[:0])
        means = source.moments(torch.from_numpy(at).unsqueeze(1))[0].squeeze(-1).numpy()
        if goal.limit is None:
            return scale.standardised(means)
        return -_BROKEN * np.maximum(goal.sign * goal.limit - means, 0.0) / scale.spread

    def _known(self, at: Floats) -> Floats:
        """The spreads that are taken off near candidates tried, shape (n,)."""
        if not len(self.tried):
            return np.zeros(len(at))
        squares = ((at[:, None, :] - self.tried[None]) ** 2).mean(axis=-1)
        return np.asarray(_BROKEN * np.exp(-squares / (2 * _NEAR**2)).max(axis=1))


def promising_points(
    changed: ChangedSpace,
    goals: Sequence[Goal],
    sources: Sequence[Sequence[Source]],
    tried: Floats,
    count: int,
    seed: int,
) -> Floats:
    """Points of the searched cube, shape (count, axes), beside those tried, shape (n, axes of the wider cube)."""
    cube, known = changed.searched, tried
    promise = Promise([], goals, changed, known)
    for _ in range(count):
        turn = len(known)
        promise = replace(promise, tried=known, sources=[each[turn % len(each)] if each else None for each in sources])
        chosen = ascend_by_trial(promise, cube, 1, seed + turn)
        known = np.vstack([known, changed.embedded(chosen)])
    return changed.searched_points(known[len(tried) :])
