"""The errors of ageing."""

from ragone.schemas.errors import RagoneError


class AgeingError(RagoneError, ValueError):
    """What is asked of a fade, a life or a cell's ageing cannot be answered."""
