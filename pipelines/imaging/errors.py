"""What the import of an imaged volume refuses, one class per cause."""

from schemas.errors import RagoneError


class VolumeNotFoundError(RagoneError, FileNotFoundError):
    """There is no file at the path."""


class UnreadableVolumeError(RagoneError, ValueError):
    """The file is not what its name says, is damaged, or needs something that we do not read."""


class TruncatedVolumeError(UnreadableVolumeError):
    """The file ends before its voxels do."""


class PickledVolumeError(UnreadableVolumeError):
    """The file holds Python objects; reading them could run code, so they are never read."""


class VolumeShapeError(RagoneError, ValueError):
    """The image is not one three-dimensional volume of single values."""


class NotSegmentedError(RagoneError, ValueError):
    """The voxels hold grey values or real numbers, not phase labels."""


class LabelRangeError(RagoneError, ValueError):
    """A label does not fit into 0 to 255."""


class PhaseMapError(RagoneError, ValueError):
    """The map from labels to phases is malformed, ambiguous, or names an unknown phase."""
