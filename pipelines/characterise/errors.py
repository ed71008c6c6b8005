"""What the characterisation refuses."""

from schemas.errors import RagoneError


class MixedTransportsError(RagoneError, ValueError):
    """Transports that are not measurements of one material with one method cannot be averaged."""
