"""What the assembly of a cell refuses."""

from schemas.errors import RagoneError


class ContradictionError(RagoneError, ValueError):
    """Two records that were given together say different things of one matter."""
