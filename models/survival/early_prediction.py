"""Do the first cycles say how long a cell will live, and how well do they say it of cells that were not learned from?

Sets of features compete with no feature at all. Cells of one design are held out together; the set is chosen within the
others, by holding out once more, so that the error said is that of the whole procedure. What is not better than no
feature by more than a standard error is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ragone.models.survival.lifetimes import Floats, Mask
from ragone.models.survival.log_normal_lives import LogNormalLives
from ragone.models.survival.passage_process import Whole

_FOLDS = 5
_WIDTH = 1.0
_LEVEL = 0.9
Columns = tuple[int, ...]


@dataclass(frozen=True)
class EarlyLives:
    """Lives beyond the first cycles: times, which of them are ends, features (n, p), number of the design."""

    lives: Floats
    dead: Mask
    features: Floats
    design: Whole
    cycles: float

    def chosen(self, rows: Mask, columns: Columns) -> Floats:
        """Some of the features of some of the lives."""
        return self.features[rows][:, list(columns)]

    def fitted(self, rows: Mask, columns: Columns) -> LogNormalLives:
        """A fit to some of the lives, by some of the features."""
        return LogNormalLives.fit(
            self.lives[rows], self.dead[rows], self.chosen(rows, columns), entry=self.cycles, width=_WIDTH
        )

    def scores(self, model: LogNormalLives, rows: Mask, columns: Columns) -> Floats:
        """Log-likelihood of some of the lives."""
        held = self.chosen(rows, columns)
        return model.log_likelihood(self.lives[rows], self.dead[rows], held, entry=self.cycles)


@dataclass(frozen=True)
class HeldOut:
    """Predictions of each cell by those of other designs, with the chosen features and with none."""

    score: Floats
    score_without: Floats
    median: Floats
    median_without: Floats
    low: Floats
    high: Floats

    @property
    def gain(self) -> tuple[float, float]:
        """Mean gain of the log-likelihood of a life, and its standard error."""
        gains = self.score - self.score_without
        return float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))

    @property
    def is_better(self) -> bool:
        """Whether features are better than none by more than a standard error."""
        mean, error = self.gain
        return mean > error


def choose_columns(given: EarlyLives, rows: Mask) -> Columns:
    """Return the set of features that predicts best what is held out of some lives; empty if none does."""
    count = given.features.shape[1]
    sets = [(), *((number,) for number in range(count)), tuple(range(count))]
    totals = dict.fromkeys(dict.fromkeys(sets), 0.0)
    for held in folds(given.design, rows):
        kept = rows & ~held
        for columns in totals:
            totals[columns] += float(given.scores(given.fitted(kept, columns), held, columns).sum())
    return max(totals, key=lambda columns: totals[columns])


def held_out(given: EarlyLives) -> HeldOut:
    """Predict each cell from cells of other designs, features chosen among these alone."""
    everyone = np.ones(len(given.lives), dtype=bool)
    found = {name: np.zeros(len(given.lives)) for name in HeldOut.__dataclass_fields__}
    beyond = np.full(len(given.lives), given.cycles)
    for held in folds(given.design, everyone):
        for suffix, columns in (("", choose_columns(given, ~held)), ("_without", ())):
            model = given.fitted(~held, columns)
            features = given.chosen(held, columns)
            found[f"score{suffix}"][held] = given.scores(model, held, columns)
            found[f"median{suffix}"][held] = model.quantiles(features, 0.5, beyond=beyond[held])
            if not suffix:
                found["low"][held] = model.quantiles(features, (1 - _LEVEL) / 2, beyond=beyond[held])
                found["high"][held] = model.quantiles(features, (1 + _LEVEL) / 2, beyond=beyond[held])
    return HeldOut(**found)


def folds(design: Whole, rows: Mask) -> Iterator[Mask]:
    """Yield the lives that are held out together: whole designs, in five folds, or one by one where there are fewer."""
    names = np.unique(design[rows])
    count = min(_FOLDS, len(names))
    for fold in range(count):
        yield rows & np.isin(design, names[fold::count])


def relative_error(medians: Floats, lives: Floats, dead: Mask) -> float:
    """Median, over the cells that died, of how far a predicted life lies from the true one, as a share of it."""
    return float(np.median(np.abs(medians[dead] / lives[dead] - 1))) if dead.any() else float("nan")


def names_of(columns: Columns, names: Sequence[str]) -> tuple[str, ...]:
    """Names of features by their numbers."""
    return tuple(names[number] for number in columns)
