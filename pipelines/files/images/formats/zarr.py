"""Zarr folders, version 2 and 3, and OME-Zarr: an array cut into chunks, one file each, or into shards.

Chunks that are missing hold the fill value, as the format has it. Names of chunks are made here, never read.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import TruncatedVolumeError, UnreadableVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats.chosen import chosen
from ragone.pipelines.files.images.formats.zarr_codecs import Chain, chain_of
from ragone.pipelines.files.images.length_units import metres
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import Spacing, StoredImage

_MARKS = ("zarr.json", ".zarray", ".zgroup")
_DEEPEST, _MOST_NODES = 6, 1000


@dataclass(frozen=True, slots=True)
class _Array:
    shape: tuple[int, ...]
    chunk: tuple[int, ...]
    dtype: np.dtype[Any]
    fill: Any
    prefix: str
    separator: str
    chain: Chain
    names: tuple[str, ...]


def is_zarr(folder: Path) -> bool:
    """Whether a folder is a Zarr array or group."""
    return any((folder / mark).is_file() for mark in _MARKS)


def read_zarr(reading: Reading) -> StoredImage:
    """Read the one array of a folder that is a volume, the finest level of an OME-Zarr image, or the one named.

    Raises
    ------
    UnreadableVolumeError, VolumeShapeError, VolumeBudgetError
        If the description is none, of what is not read here, or of too much.
    """
    folder = reading.path
    ome = None if _description(folder, reading)[0] else _multiscale(_attributes(folder, reading))
    if ome and not reading.inside:
        place = _beneath(folder, str(ome["datasets"][0].get("path", "")), reading)
    elif _description(folder, reading)[0]:
        place, ome = folder, None
    else:
        found = dict(_arrays(folder, folder, reading, _DEEPEST))
        shapes = {name: _shape(text, folder) for name, text in found.items()}
        place = _beneath(folder, chosen(shapes, reading), reading)
        ome = None
    array = _array(place, reading)
    voxels = _voxels(place, array, reading)
    axes, spacing = _ome_axes(ome, voxels.ndim) if ome else (_single(array.names), None)
    return StoredImage(voxels, axes, spacing)


def _beneath(folder: Path, name: str, reading: Reading) -> Path:
    parts = [part for part in name.split("/") if part]
    if any(part in ("..", ".") or "\\" in part or "\0" in part for part in parts):
        raise UnreadableVolumeError(f"{reading.path} names an array outside of itself: {name!r}.")
    return folder.joinpath(*parts)


def _json(path: Path, reading: Reading) -> Any:
    text = reading.read(path, largest=reading.budget.header_bytes)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise UnreadableVolumeError(f"{path} is no JSON: {cause}. Export the volume again.") from cause


def _description(folder: Path, reading: Reading) -> tuple[Mapping[str, Any] | None, int]:
    """The description of an array and its format version; None for a group."""
    if (folder / "zarr.json").is_file():
        text = _json(folder / "zarr.json", reading)
        return (text if isinstance(text, dict) and text.get("node_type") == "array" else None), 3
    if (folder / ".zarray").is_file():
        text = _json(folder / ".zarray", reading)
        return (text if isinstance(text, dict) else None), 2
    return None, 0


def _attributes(folder: Path, reading: Reading) -> Mapping[str, Any]:
    if (folder / "zarr.json").is_file():
        text = _json(folder / "zarr.json", reading)
        found = text.get("attributes", {}) if isinstance(text, dict) else {}
        return found.get("ome", found) if isinstance(found, dict) else {}
    text = _json(folder / ".zattrs", reading) if (folder / ".zattrs").is_file() else {}
    return text if isinstance(text, dict) else {}


def _arrays(folder: Path, root: Path, reading: Reading, depth: int) -> list[tuple[str, Mapping[str, Any]]]:
    found: list[tuple[str, Mapping[str, Any]]] = []
    for path in itertools.islice(sorted(folder.iterdir()), _MOST_NODES):
        reading.budget.require_time(reading.path)
        if path.is_symlink() or not path.is_dir() or not (is_zarr(path) or depth == _DEEPEST):
            continue
        text, _ = _description(path, reading)
        if text is not None:
            found.append((path.relative_to(root).as_posix(), text))
        elif depth:
            found += _arrays(path, root, reading, depth - 1)
    return found


def _shape(text: Mapping[str, Any], path: Path, key: str = "shape") -> tuple[int, ...]:
    shape = text.get(key)
    if not isinstance(shape, list) or not all(type(edge) is int and edge > 0 for edge in shape):
        raise VolumeShapeError(f"{path} states {key} {str(shape)[:60]}. Edges are whole numbers above 0.")
    return tuple(shape)


def _array(folder: Path, reading: Reading) -> _Array:
    text, version = _description(folder, reading)
    if text is None:
        raise UnreadableVolumeError(f"{folder} is no Zarr array. Name one with --path.")
    shape = _shape(text, folder)
    try:
        return _version_2(text, shape, folder) if version == 2 else _version_3(text, shape, folder)
    except (KeyError, TypeError, AttributeError, IndexError) as cause:
        raise UnreadableVolumeError(
            f"{folder} has a description that lacks or garbles {cause}. Export it again."
        ) from cause


def _version_2(text: Mapping[str, Any], shape: tuple[int, ...], folder: Path) -> _Array:
    chunk = _shape(text, folder, "chunks")
    dtype = np.dtype(str(text["dtype"]))
    codecs = [*(text.get("filters") or []), *([text["compressor"]] if text.get("compressor") else [])]
    chain = chain_of([{"name": str(c["id"]), "configuration": c} for c in codecs], chunk, dtype, folder)
    chain.order = "F" if text.get("order") == "F" else "C"
    return _Array(
        shape, chunk, dtype, text.get("fill_value"), "", str(text.get("dimension_separator", "."))[:1], chain, ()
    )


def _version_3(text: Mapping[str, Any], shape: tuple[int, ...], folder: Path) -> _Array:
    grid, keys = text["chunk_grid"], text.get("chunk_key_encoding", {"name": "default"})
    chunk = _shape(grid["configuration"], folder, "chunk_shape")
    dtype = np.dtype(str(text["data_type"]))
    default = keys.get("name") != "v2"
    separator = str((keys.get("configuration") or {}).get("separator", "/" if default else "."))[:1]
    chain = chain_of(text["codecs"], chunk, dtype, folder)
    names = tuple(str(name or "") for name in text.get("dimension_names") or ())
    return _Array(shape, chunk, dtype, text.get("fill_value"), "c" if default else "", separator, chain, names)


def _voxels(folder: Path, array: _Array, reading: Reading) -> npt.NDArray[Any]:
    path, budget = reading.path, reading.budget
    if array.dtype.kind not in "buif" or len(array.chunk) != len(array.shape):
        raise UnreadableVolumeError(f"{folder} holds {array.dtype} values in chunks {array.chunk}: no labels.")
    budget.require_voxels(array.shape, array.dtype, path)
    budget.require_voxels(array.chunk, array.dtype, path)
    counts = [-(-edge // size) for edge, size in zip(array.shape, array.chunk, strict=True)]
    inner = array.chain.inner.shape if array.chain.inner else array.chunk
    budget.require_pages(math.prod(-(-edge // e) for edge, e in zip(array.shape, inner, strict=True)), path, "chunks")
    fill = array.fill if isinstance(array.fill, int | float) else 0
    found = np.full(array.shape, fill, dtype=array.dtype.newbyteorder("="))
    missing = 0
    for place in itertools.product(*map(range, counts)):
        budget.require_time(path)
        file = folder / _name(array, place)
        if not file.is_file():
            missing += 1
            continue
        start = [number * size for number, size in zip(place, array.chunk, strict=True)]
        into = tuple(
            slice(s, min(s + size, edge)) for s, size, edge in zip(start, array.chunk, array.shape, strict=True)
        )
        chunk = array.chain.decode(reading.read(file), fill, file)
        found[into] = chunk[tuple(slice(0, part.stop - part.start) for part in into)]
    if missing == math.prod(counts):
        raise TruncatedVolumeError(f"{folder} has none of its {missing} chunks. Copy the whole folder.")
    return found


def _name(array: _Array, place: tuple[int, ...]) -> str:
    parts = [array.prefix, *map(str, place)] if array.prefix else list(map(str, place))
    return (array.separator if array.separator in "./" else ".").join(parts)


def _single(names: tuple[str, ...]) -> str:
    letters = "".join(name.lower() for name in names)
    return letters if len(letters) == len(names) == len(set(letters)) else ""


def _multiscale(attributes: Mapping[str, Any]) -> dict[str, Any] | None:
    scales = attributes.get("multiscales")
    first = scales[0] if isinstance(scales, list) and scales and isinstance(scales[0], dict) else None
    levels = first.get("datasets") if first else None
    return first if isinstance(levels, list) and levels and isinstance(levels[0], dict) else None


def _ome_axes(ome: Mapping[str, Any], count: int) -> tuple[str, Spacing | None]:
    """Letters of the axes, and the edges of a voxel, from the scale of the finest level and of all levels."""
    axes = ome.get("axes") or list("tczyx"[-count:])
    names = [str(axis.get("name", "") if isinstance(axis, dict) else axis).lower() for axis in axes]
    letters = "".join(names) if all(len(name) == 1 for name in names) and len(names) == count else ""
    scale = np.ones(count)
    known = False
    for steps in (ome["datasets"][0].get("coordinateTransformations"), ome.get("coordinateTransformations")):
        for step in steps if isinstance(steps, list) else []:
            values = step.get("scale") if isinstance(step, dict) else None
            if isinstance(values, list) and len(values) == count and all(isinstance(v, int | float) for v in values):
                scale, known = scale * np.array(values, dtype=float), True
    units = [metres(str(axis.get("unit", ""))) if isinstance(axis, dict) else None for axis in axes]
    if not known or not np.all(np.isfinite(scale) & (scale > 0)) or len(units) != count:
        return letters, None
    spatial = [letters[k] in "xyz" if letters else True for k in range(count)]
    if all(unit for unit, space in zip(units, spatial, strict=True) if space):
        edges = tuple(float(s) * (u or 1.0) for s, u in zip(scale, units, strict=True))
        return letters, Spacing(edges, "the scale of OME-Zarr")
    return letters, None if np.all(scale == 1) else Spacing(
        tuple(scale.tolist()), "the scale of OME-Zarr", has_unit=False
    )
