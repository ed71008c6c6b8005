"""What the characterisation refuses."""

from ragone.schemas.errors import RagoneError


class EmptyPhaseError(RagoneError, ValueError):
    """A phase of which there is no voxel has no transport to measure."""


class MixedTransportsError(RagoneError, ValueError):
    """Transports that are not measurements of one material with one method cannot be averaged."""


class SampleError(RagoneError, ValueError):
    """Volume elements that teach nothing about the material: too few, not alike, or outside of their volume."""


class VolumeError(RagoneError, ValueError):
    """A volume that cannot be solved: its shape, type, axis or voxel size."""


class ConductivityError(RagoneError, ValueError):
    """A conductivity that is missing, negative or not finite."""


class DeviceError(RagoneError, ValueError):
    """A device on which nothing can be computed here."""
