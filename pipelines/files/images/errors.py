"""What the import of an imaged volume refuses, one class per cause."""

from ragone.schemas.errors import RagoneError, UnknownFieldError


class VolumeNotFoundError(RagoneError, FileNotFoundError):
    """There is no file at the path."""


class UnreadableVolumeError(RagoneError, ValueError):
    """The file is not what its name says, is damaged, or needs something that we do not read."""


class TruncatedVolumeError(UnreadableVolumeError):
    """The file ends before its voxels do, or one of its files is missing."""


class PickledVolumeError(UnreadableVolumeError):
    """The file holds Python objects; reading them could run code, so they are never read."""


class VolumeBudgetError(UnreadableVolumeError):
    """The file asks for more voxels, bytes, pages or seconds than are granted to one import."""


class ManyVolumesError(UnreadableVolumeError):
    """The file holds several arrays, or none at the path that was chosen."""


class VolumeShapeError(RagoneError, ValueError):
    """The image is not one three-dimensional volume of single values."""


class NotSegmentedError(RagoneError, ValueError):
    """The voxels hold grey values or real numbers, not phase labels."""


class UnclaimedLabelError(UnknownFieldError):
    """Voxels hold a label that neither a phase nor the outside claims."""


class PhaseMapError(RagoneError, ValueError):
    """The map from labels to phases is malformed, ambiguous, or names an unknown phase."""


class VoxelSizeError(RagoneError, ValueError):
    """The size of a voxel is not known, or the file contradicts the one that was given."""


class SampleError(RagoneError, ValueError):
    """The part of the volume that was asked for does not exist, or nothing useful is left of it."""
