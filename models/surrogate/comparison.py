"""Is a new surrogate better than the one in use? A paired test on designs that neither has seen.

For each held-out design the absolute error of one is taken from that of the other. If neither is better, the sign of
each difference is a coin's toss: the chance of so large a mean is that over all assignments of signs, counted where
they are few, drawn at random where they are many. The test is one-sided: a tie leaves the one in use in its place.

References
----------
Fisher 1935, The Design of Experiments, section 21 (the sign-flip test); Phipson and Smyth 2010, doi
10.2202/1544-6115.1585 (p values of drawn permutations); Dietterich 1998, doi 10.1162/089976698300017197 (why not by the
folds of a cross-validation).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.surrogate.errors import SurrogateError
from ragone.models.surrogate.method import Floats
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.models.surrogate.training_set import Target, definition_of, observed, quantity_of
from ragone.models.surrogate.validation import weights_of
from ragone.schemas import Kpi, Promotion, PromotionOutcome, Surrogate, Transport, stage

FEWEST = 6  # held-out designs: of fewer no assignment of signs is rarer than the significance level
SIGNIFICANCE = 0.025
_COUNTED, _DRAWN = 14, 9999  # designs up to which all assignments are counted; else so many are drawn
_METHOD = (
    "mean absolute error on designs that neither was trained on, paired by design; one-sided sign-flip test of the "
    "differences"
)
_REFERENCE = "Fisher 1935, The Design of Experiments; Phipson and Smyth 2010, doi 10.2202/1544-6115.1585"


@dataclass(frozen=True)
class Comparison:
    """Mean absolute errors on held-out designs, and the chance of such a gain if there is none; None if too few."""

    design_count: int
    challenger: float
    incumbent: float
    p_value: float | None

    @property
    def is_better(self) -> bool:
        """Whether the challenger is better by the test."""
        return self.p_value is not None and self.p_value <= SIGNIFICANCE


@stage("surrogate.compare", libraries=("numpy", "scipy"), informed_by=("held_out",))
def compare_surrogates(
    surrogate: Surrogate,
    incumbent: Surrogate | None = None,
    held_out: tuple[Kpi | Transport, ...] = (),
    *,
    columns: Mapping[str, Any],
    designs: Sequence[int],
    seed: int,
) -> Promotion:
    """Decide whether a surrogate takes the place of the one in use.

    Parameters
    ----------
    surrogate
        The new one.
    incumbent
        The one in use; None if there is none, and then the new one is promoted.
    held_out
        Observations that neither was trained on.
    columns
        Features of both, a value for each observation.
    designs
        Number of the design that each observation is of.
    seed
        Seed of the signs that are drawn.

    Raises
    ------
    SurrogateError
        If the two predict different things, or one has seen an observation.
    """
    said: dict[str, Any] = {
        "surrogate_id": surrogate.id,
        "target": surrogate.target,
        "target_unit": surrogate.target_unit,
    }
    said |= {"significance_level": SIGNIFICANCE, "method": _METHOD, "reference": _REFERENCE}
    if incumbent is None:
        return Promotion(promoted=True, outcome=PromotionOutcome.FIRST, design_count=0, **said)
    _require_comparable(surrogate, incumbent, held_out)
    said |= {"incumbent_id": incumbent.id, "held_out": tuple(one.id for one in held_out)}
    if not held_out:
        return Promotion(promoted=False, outcome=PromotionOutcome.TOO_FEW, design_count=0, **said)
    pair = (TrainedSurrogate.load(surrogate), TrainedSurrogate.load(incumbent))
    values = observed(held_out, quantity_of(surrogate.target))[0]
    challenger, other = (np.abs(values - one.predict_rows(columns).means) for one in pair)
    found = compared(challenger, other, designs, seed)
    enough, better = found.p_value is not None, PromotionOutcome.BETTER
    not_better = PromotionOutcome.NOT_BETTER if enough else PromotionOutcome.TOO_FEW
    return Promotion(
        promoted=found.is_better,
        outcome=better if found.is_better else not_better,
        design_count=found.design_count,
        mean_absolute_error=found.challenger,
        incumbent_mean_absolute_error=found.incumbent,
        p_value=found.p_value,
        **said,
    )


def compared(challenger: Floats, incumbent: Floats, designs: Sequence[int], seed: int) -> Comparison:
    """Compare absolute errors of observations, shape (n,), of the designs of those numbers."""
    numbers = np.unique(np.asarray(designs), return_inverse=True)[1]
    count = int(numbers.max()) + 1
    weights = weights_of(numbers) * count
    gains: Floats = np.bincount(numbers, weights * (incumbent - challenger)).astype(np.float64)
    p_value = _chance(gains, seed) if count >= FEWEST else None
    return Comparison(count, float(weights @ challenger) / count, float(weights @ incumbent) / count, p_value)


def _chance(gains: Floats, seed: int) -> float:
    """The share of assignments of signs whose mean gain is at least the one that was found."""
    if len(gains) <= _COUNTED:
        signs = np.array(list(itertools.product((1.0, -1.0), repeat=len(gains))))
        return float(np.mean(signs @ gains >= gains.sum() - _rounding(gains)))
    random = np.random.Generator(np.random.PCG64(seed))
    signs = random.choice((1.0, -1.0), size=(_DRAWN, len(gains)))
    reached = int(np.sum(signs @ gains >= gains.sum() - _rounding(gains)))
    return (1 + reached) / (1 + _DRAWN)


def _rounding(gains: Floats) -> float:
    return 1e-12 * float(np.abs(gains).sum())


def _require_comparable(surrogate: Surrogate, incumbent: Surrogate, held_out: Sequence[Target]) -> None:
    """Refuse two surrogates of different things, and observations that one has seen."""
    names = ("target", "target_unit", "target_definition")
    both = [tuple(getattr(one, name) for name in names) for one in (surrogate, incumbent)]
    if both[0] != both[1]:
        raise SurrogateError(
            f"{surrogate.id[:30]} predicts {both[0]} and {incumbent.id[:30]} predicts {both[1]}: they cannot be "
            "compared. Name another to compare with, or none."
        )
    if held_out:
        definition_of(held_out, quantity_of(surrogate.target))
    seen = {*surrogate.trained_on, *incumbent.trained_on} & {one.id for one in held_out}
    if seen:
        raise SurrogateError(
            f"{len(seen)} held-out observations, such as {min(seen)[:30]}, were trained on. Hold out others."
        )
