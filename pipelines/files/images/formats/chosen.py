"""Which of several arrays in one file is meant?"""

from __future__ import annotations

from collections.abc import Mapping

from ragone.pipelines.files.images.errors import ManyVolumesError
from ragone.pipelines.files.images.reading import Reading
from ragone.schemas.errors import did_you_mean


def chosen(arrays: Mapping[str, tuple[int, ...]], reading: Reading) -> str:
    """The name of the array that was named, or of the one that is a volume.

    Parameters
    ----------
    arrays
        Shape of each array by its name.
    reading
        With the name, or an end of it that only one array has; may be empty.

    Raises
    ------
    ManyVolumesError
        If none or several fit.
    """
    inside = reading.inside.strip("/")
    if inside:
        return _named(arrays, inside, reading)
    volumes = [name for name, shape in arrays.items() if _is_volume(shape)]
    if len(volumes) == 1:
        return volumes[0]
    if len(arrays) == 1 and not volumes:
        return next(iter(arrays))  # its shape says what is wrong with it
    listing = ", ".join(f"{name} {arrays[name]}" for name in (volumes or list(arrays))[:20])
    if not arrays:
        raise ManyVolumesError(f"{reading.path} holds no array of numbers. Save the volume as one.")
    raise ManyVolumesError(
        f"{reading.path} holds {len(volumes)} volumes among {len(arrays)} arrays: {listing}. Choose one with --path."
    )


def _is_volume(shape: tuple[int, ...]) -> bool:
    return len([edge for edge in shape if edge > 1]) == 3


def _named(arrays: Mapping[str, tuple[int, ...]], inside: str, reading: Reading) -> str:
    names = [name for name in arrays if name.strip("/") == inside]
    names = names or [name for name in arrays if name.endswith((f"/{inside}", f".{inside}"))]
    if len(names) == 1:
        return names[0]
    if names:
        raise ManyVolumesError(f"--path {inside} fits {', '.join(names)} of {reading.path}. Give more of it.")
    raise ManyVolumesError(f"{reading.path} holds no array {inside!r}: {did_you_mean(inside, arrays)}")
