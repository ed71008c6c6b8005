"""The errors of ageing."""

from ragone.schemas import FadeOutcome
from ragone.schemas.errors import RagoneError


class AgeingError(RagoneError, ValueError):
    """A question about a fade, a life or a cell's ageing that cannot be answered."""


class CycleFailedError(AgeingError):
    """A cycle cannot be done; `outcome` says why there is no further one, `reason` what happened."""

    def __init__(self, outcome: FadeOutcome, reason: str) -> None:
        super().__init__(f"{outcome}: {reason}")
        self.outcome, self.reason = outcome, reason
