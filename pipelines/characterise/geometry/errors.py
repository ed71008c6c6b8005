"""What the geometry metrics refuse."""

from ragone.schemas.errors import RagoneError


class GeometryInputError(RagoneError, ValueError):
    """A volume, voxel size or choice that no geometry can be measured with."""
