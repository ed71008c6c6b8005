"""The errors of ageing."""

from ragone.schemas.errors import RagoneError


class AgeingError(RagoneError, ValueError):
    """A question about a fade, a life or a cell's ageing cannot be answered."""
