"""The errors of survival analysis."""

from ragone.schemas.errors import RagoneError


class LifetimesError(RagoneError, ValueError):
    """Lives cannot be analysed as they are; the message says what can still be concluded."""
