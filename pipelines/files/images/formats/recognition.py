"""Which format is a file of? Its first bytes say, then its name; each format is one module with one reader."""

from __future__ import annotations

from collections.abc import Callable

from ragone.pipelines.files.images.errors import UnreadableVolumeError
from ragone.pipelines.files.images.formats.folder import read_folder
from ragone.pipelines.files.images.formats.hdf5 import read_hdf5
from ragone.pipelines.files.images.formats.matlab import read_matlab
from ragone.pipelines.files.images.formats.metaimage import read_metaimage
from ragone.pipelines.files.images.formats.nifti import read_nifti
from ragone.pipelines.files.images.formats.npy import read_npy, read_npz
from ragone.pipelines.files.images.formats.nrrd import read_nrrd
from ragone.pipelines.files.images.formats.raw import read_raw
from ragone.pipelines.files.images.formats.tiff import read_tiff
from ragone.pipelines.files.images.formats.vtk_image import read_vti
from ragone.pipelines.files.images.formats.zarr import is_zarr, read_zarr
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import StoredImage

Reader = Callable[[Reading], StoredImage]

FORMATS = "TIFF, NPY, NPZ, HDF5, MATLAB, NRRD, MHA/MHD, NIfTI, VTI, Zarr, raw voxels, or a folder of slices"

_BY_START: tuple[tuple[bytes, Reader], ...] = (
    (b"II*\0", read_tiff),
    (b"MM\0*", read_tiff),
    (b"II+\0", read_tiff),
    (b"MM\0+", read_tiff),
    (b"\x93NUMPY", read_npy),
    (b"PK\x03\x04", read_npz),
    (b"\x89HDF\r\n\x1a\n", read_hdf5),
    (b"NRRD", read_nrrd),
    (b"MATLAB 5.0", read_matlab),
    (b"MATLAB 7.3", read_hdf5),
)
_BY_NAME: dict[str, Reader] = {
    **dict.fromkeys((".tif", ".tiff", ".btf", ".tf8", ".lsm"), read_tiff),
    ".npy": read_npy,
    ".npz": read_npz,
    **dict.fromkeys((".h5", ".hdf5", ".hdf", ".he5", ".nc", ".dream3d", ".nxs", ".ims"), read_hdf5),
    ".mat": read_matlab,
    **dict.fromkeys((".nrrd", ".nhdr"), read_nrrd),
    **dict.fromkeys((".mha", ".mhd"), read_metaimage),
    **dict.fromkeys((".nii", ".hdr", ".nii.gz"), read_nifti),
    ".vti": read_vti,
    **dict.fromkeys((".raw", ".bin", ".dat", ".vol"), read_raw),
}


def read_stored(reading: Reading) -> StoredImage:
    """Read whatever the path names.

    Raises
    ------
    VolumeNotFoundError, UnreadableVolumeError
        If there is nothing, or it is of no known format.
    """
    path = reading.path
    if reading.layout:
        return read_raw(reading)
    if path.is_dir():
        return read_zarr(reading) if is_zarr(path) else read_folder(reading)
    with reading.open() as file:
        start = file.read(16)
    for first, known in _BY_START:
        if start.startswith(first):
            return known(reading)
    name = path.name.lower()
    reader = read_nifti if name.endswith(".nii.gz") else _BY_NAME.get(path.suffix.lower())
    if reader is None and start.startswith(b"\x1f\x8b"):
        raise UnreadableVolumeError(f"{path} is compressed by gzip. Unpack it, and give the file that is in it.")
    if reader is None:
        raise UnreadableVolumeError(
            f"{path} is not a volume that is read here, by its ending {path.suffix!r} and its first bytes. "
            f"Give a segmented volume as {FORMATS}; single pictures are slices: put them into a folder and name that."
        )
    return reader(reading)
