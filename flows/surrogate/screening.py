"""Predicts very many designs by a surrogate and keeps the most promising; cores take turns on chunks of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ragone.flows.errors import RetrainingError
from ragone.flows.running.progress import Progress, Silent
from ragone.models.surrogate.screening import CHUNK, Best, best_of, drawn_points, rows_of
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Surrogate


@dataclass(frozen=True)
class Screened:
    """The best designs as columns, of `screened` designs, of which `inside` were in the applicability domain."""

    columns: Mapping[str, list[Any]]
    screened: int
    inside: int


def screen(
    record: Surrogate,
    count: int,
    *,
    top: int = 10,
    minimise: bool = False,
    limits: Mapping[str, Any] | None = None,
    level: float = 0.9,
    anywhere: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> Screened:
    """Predict designs drawn evenly over the ranges of training, and keep the best.

    Parameters
    ----------
    record
        The surrogate.
    count
        Designs to predict.
    top
        Designs to keep.
    minimise
        Whether the smallest predictions are the best.
    limits
        Feature to a narrower range, (low, high), or to a list of options.
    level
        Share of new designs that the intervals are to hold.
    anywhere
        Whether designs outside of the applicability domain are kept too.
    seed
        Seed of the scrambled sequence.
    progress
        Receives every chunk.

    Raises
    ------
    RetrainingError
        If the numbers are not positive.
    SurrogateError, SurrogateFileError
        If a limit is of no feature, or the weights are damaged.
    """
    if count < 1 or top < 1:
        raise RetrainingError(f"--count {count} and --top {top} must be 1 or more. Change them.")
    surrogate, sign = TrainedSurrogate.load(record), -1.0 if minimise else 1.0
    watcher = progress or Silent()
    watcher.started(-(-count // CHUNK))
    watcher.step(f"predicting {count:,} designs")
    chunks = drawn_points(surrogate.features, limits or {}, count, seed)
    workers, best = os.cpu_count() or 1, Best.none(surrogate.axes)
    with ThreadPoolExecutor(workers) as pool:
        while some := list(islice(chunks, workers)):
            for found in pool.map(lambda points: best_of(surrogate, points, top, sign, anywhere=anywhere), some):
                best = best.joined(found, top, sign)
                watcher.advanced()
    return Screened(rows_of(surrogate, best, level), best.screened, best.inside)
