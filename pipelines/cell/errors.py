"""What the assembly of a cell refuses."""

from ragone.schemas.errors import RagoneError


class ContradictionError(RagoneError, ValueError):
    """Two records that were given together say different things of one matter."""


class TemperatureLawError(RagoneError, ValueError):
    """A cell warms while its parameters are those of one temperature."""


class SensitivityError(RagoneError, ValueError):
    """The energy of a discharge cannot be differentiated."""
