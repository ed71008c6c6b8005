"""Which of very many designs are the most promising by a surrogate? Designs are drawn evenly and predicted in chunks.

Every design is predicted and judged by the applicability domain; intervals are computed for those that are kept. What
is kept are designs inside of the domain, since the best prediction of a million is else the largest error of
extrapolation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.surrogate.errors import SurrogateError
from ragone.models.surrogate.features import Feature, decoded
from ragone.models.surrogate.method import Floats
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas.errors import did_you_mean

CHUNK = 32_768  # designs of one unit of work
_PIECE = 2_048  # designs whose covariances with the training points stay in the processor's cache

Limits = Mapping[str, Any]  # name of a feature to (low, high), or to a list of options


@dataclass(frozen=True)
class Best:
    """The most promising designs of those screened: points, shape (n, axes), and means (n,), the best first."""

    points: Floats
    means: Floats
    screened: int = 0
    inside: int = 0

    @classmethod
    def none(cls, axes: int) -> Best:
        """None so far."""
        return cls(np.empty((0, axes)), np.empty(0))

    def joined(self, other: Best, top: int, sign: float) -> Best:
        """The best of both."""
        means = np.concatenate([self.means, other.means])
        order = np.argsort(-sign * means, kind="stable")[:top]
        points = np.vstack([self.points, other.points])[order]
        return Best(points, means[order], self.screened + other.screened, self.inside + other.inside)


def drawn_points(features: Sequence[Feature], limits: Limits, count: int, seed: int) -> Iterator[Floats]:
    """Chunks of points in the unit cube, by a scrambled Sobol sequence over the ranges of training or narrower ones.

    Raises
    ------
    SurrogateError
        If a limit is of no feature, or leaves nothing of its range.
    """
    from scipy.stats import qmc  # heavy

    unknown = next((name for name in limits if name not in {one.name for one in features}), None)
    if unknown is not None:
        hint = did_you_mean(unknown, [one.name for one in features])
        raise SurrogateError(f"the surrogate has no feature {unknown!r}: {hint}")
    spans = [_span(one, limits.get(one.name)) for one in features]
    sequence = qmc.Sobol(len(features), scramble=True, rng=seed)
    for begin in range(0, count, CHUNK):
        even = sequence.random(CHUNK)[: min(CHUNK, count - begin)]
        drawn = zip(features, spans, even.T, strict=True)
        yield np.hstack([_coordinates(one, span, column) for one, span, column in drawn])


def best_of(surrogate: TrainedSurrogate, points: Floats, top: int, sign: float, *, anywhere: bool = False) -> Best:
    """The best of some points, inside of the applicability domain unless `anywhere`; a sign of 1 takes the largest."""
    pieces = [slice(begin, begin + _PIECE) for begin in range(0, len(points), _PIECE)]
    means = np.concatenate([surrogate.fitted.predict_means(points[piece]) for piece in pieces])
    inside = np.concatenate([surrogate.domain.contains(points[piece]) for piece in pieces])
    rows = np.arange(len(points)) if anywhere else np.flatnonzero(inside)
    if len(rows) > top:
        rows = rows[np.argpartition(-sign * means[rows], top - 1)[:top]]
    order = rows[np.argsort(-sign * means[rows], kind="stable")]
    return Best(points[order], means[order], len(points), int(inside.sum()))


def rows_of(surrogate: TrainedSurrogate, best: Best, level: float) -> dict[str, list[Any]]:
    """Columns of the best: prediction, ends of its interval, whether it interpolates, and the features."""
    found = surrogate.predict_points(best.points, level)
    ends = {"low": found.low, "high": found.high}
    shown = {name: [None] * len(best.means) if one is None else one.tolist() for name, one in ends.items()}
    return {
        "prediction": best.means.tolist(),
        **shown,
        "inside_domain": found.inside.tolist(),
        **decoded(surrogate.features, best.points),
    }


def _span(feature: Feature, limit: Any) -> tuple[float, float] | tuple[int, ...]:
    """The part of a feature that is drawn: ends as coordinates, or places among its options."""
    if feature.options:
        wanted = feature.options if limit is None else tuple(limit)
        feature.encoded(wanted)  # refuses what is no option
        return tuple(feature.options.index(one) for one in wanted)
    low, high = (feature.low, feature.high) if limit is None else limit
    if not low <= high:
        raise SurrogateError(f"{feature.name} from {low:g} to {high:g} is no range. Exchange its ends.")
    first, last = feature.encoded([low, high])[:, 0].tolist()
    return first, last


def _coordinates(feature: Feature, span: Sequence[float], even: Floats) -> Floats:
    """Coordinates of numbers that are even in [0, 1), shape (n, width)."""
    if feature.options:
        places = np.array(span, dtype=np.int64)[(even * len(span)).astype(np.int64)]
        return np.eye(feature.width)[places]
    low, high = span
    inside = low + even * (high - low)
    if feature.whole:
        steps = feature.high - feature.low
        inside = np.round(inside * steps) / steps
    return np.asarray(inside[:, None])
