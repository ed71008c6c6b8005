"""What the comparison of volumes refuses."""

from ragone.schemas.errors import RagoneError


class FidelityInputError(RagoneError, ValueError):
    """Volumes, or a sorting of them, that cannot be compared."""
