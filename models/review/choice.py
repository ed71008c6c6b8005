"""Which design of a front is looked at first? One is chosen by a stated rule; all others remain as good.

Every objective is scaled from 0, the worst of the front, to 1, its best. `ideal` takes the design nearest to the point
that is best in all; `knee` the one farthest beyond the plane through the ends of the front, where a little more of one
objective begins to cost much of another (Das, 1999, doi 10.1007/s001580050111). Both depend on the front's ends, and
neither on uncertainties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragone.models.acquisition.space import Floats
from ragone.models.review.trials import ReviewedTrials
from ragone.schemas import RagoneError

IDEAL, KNEE = "ideal", "knee"
_WORDS = {
    IDEAL: "nearest to the best of all objectives at once, each scaled to the front's extent",
    KNEE: "the knee: farthest beyond the plane through the front's ends, each objective scaled to the front's extent",
}


class ChoiceError(RagoneError, ValueError):
    """No design of the front is meant."""


@dataclass(frozen=True)
class Chosen:
    """A design of a front, counted from 0, and why it was chosen."""

    number: int
    reason: str


def chosen_of(trials: ReviewedTrials, front: Sequence[int], rule: str = IDEAL) -> Chosen:
    """The design of a front that a rule chooses, the earlier one of equals.

    Parameters
    ----------
    trials
        Of a campaign.
    front
        Numbers of its trials, at least one.
    rule
        `ideal`, `knee`, or the number of a design of the front, counted from 1.

    Raises
    ------
    ChoiceError
        If the rule is none of these.
    """
    if rule in _WORDS:
        scaled = _scaled(trials.gains[list(front)])
        merit = scaled.sum(axis=1) if rule == KNEE else -np.linalg.norm(1 - scaled, axis=1)
        return Chosen(front[int(np.argmax(merit))], _WORDS[rule])
    number = int(rule) - 1 if rule.isdecimal() else -1
    if number not in front:
        known = ", ".join(str(one + 1) for one in front)
        raise ChoiceError(f"{rule!r} is no design of the front. Name {known}, or a rule: {IDEAL} or {KNEE}.")
    return Chosen(number, "the one asked for")


def _scaled(gains: Floats) -> Floats:
    """Every column from 0 to 1; one without extent is 1 throughout."""
    low, high = gains.min(axis=0), gains.max(axis=0)
    return np.where(high > low, (gains - low) / np.where(high > low, high - low, 1.0), 1.0)
