"""A data file that a header names: it lies in the same folder, whatever the name says."""

from __future__ import annotations

from pathlib import Path

from ragone.pipelines.files.images.errors import TruncatedVolumeError, UnreadableVolumeError
from ragone.pipelines.files.images.reading import Reading


def beside(name: str, reading: Reading) -> Path:
    """The path of the data file.

    Raises
    ------
    UnreadableVolumeError
        If the name leads out of the folder, or stands for a file of each slice.
    TruncatedVolumeError
        If there is no such file.
    """
    if name.upper().startswith("LIST") or "%" in name:
        raise UnreadableVolumeError(
            f"{reading.path} lists a file for each slice ({name[:40]!r}); one with all voxels is expected. "
            "Save the volume as one file, or import the folder of slices."
        )
    if not name or Path(name).name != name or "\0" in name:
        raise UnreadableVolumeError(
            f"{reading.path} says that its voxels are in {name!r}, which is not beside it. "
            "Put both files into one folder, and name the file alone in the header."
        )
    path = reading.path.parent / name
    if not path.is_file():
        raise TruncatedVolumeError(f"{reading.path} says that its voxels are in {name!r}, which is missing beside it.")
    return path
