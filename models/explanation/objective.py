"""The one objective by which designs can be put in order."""

from __future__ import annotations

from collections.abc import Sequence

from ragone.models.explanation.unexplained import UnexplainedError
from ragone.models.goals import Goal


def only_objective(goals: Sequence[Goal], otherwise: str) -> int:
    """The place of the only objective among the goals.

    Raises
    ------
    UnexplainedError
        If there are several, for the reason given.
    """
    aims = [place for place, goal in enumerate(goals) if goal.is_objective]
    if len(aims) != 1:
        raise UnexplainedError(f"with several objectives {otherwise}")
    return aims[0]
