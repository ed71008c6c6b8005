"""How is a chunk of a Zarr array decoded? A chain of codecs, each bounded by what the chunk can hold."""

from __future__ import annotations

import bz2
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import TruncatedVolumeError, UnreadableVolumeError

Decode = Callable[[bytes, int], bytes]

_MISSING = 2**64 - 1  # where a shard has no such chunk


@dataclass(slots=True)
class Chain:
    """The codecs that turn the bytes of one chunk into its voxels.

    Attributes
    ----------
    shape, dtype
        Of the chunk.
    steps
        From bytes to bytes, in the order of decoding.
    order
        C, or F where the first axis is the fastest.
    turn
        The axes as stored; empty if as they are.
    inner
        The chain of the chunks inside a shard, if it is one.
    index_first
        Whether a shard begins with its index.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    steps: tuple[Decode, ...] = ()
    order: Any = "C"
    turn: tuple[int, ...] = ()
    inner: Chain | None = None
    index_first: bool = False
    index_checked: bool = True

    def decode(self, content: bytes, fill: Any, path: Path) -> npt.NDArray[Any]:
        """The voxels of a chunk.

        Raises
        ------
        TruncatedVolumeError, UnreadableVolumeError
            If bytes are missing, or cannot be decoded.
        """
        size = math.prod(self.shape) * self.dtype.itemsize
        if self.inner:
            return self._shard(content, fill, path)
        for step in self.steps:
            try:
                content = step(content, size)
            except Exception as cause:  # codecs raise anything on damaged bytes
                raise UnreadableVolumeError(f"chunk {path} cannot be decoded: {cause}. Copy it again.") from cause
        if len(content) < size:
            raise TruncatedVolumeError(f"chunk {path} is cut short: {len(content)} of {size} bytes are there.")
        stored = tuple(self.shape[axis] for axis in self.turn) if self.turn else self.shape
        voxels = np.frombuffer(content, self.dtype, count=math.prod(self.shape)).reshape(stored, order=self.order)
        return voxels.transpose(np.argsort(self.turn)) if self.turn else voxels

    def _shard(self, content: bytes, fill: Any, path: Path) -> npt.NDArray[Any]:
        inner = self.inner
        assert inner
        counts = [edge // size for edge, size in zip(self.shape, inner.shape, strict=True)]
        length = 16 * math.prod(counts)
        whole = length + 4 * self.index_checked
        index = content[:length] if self.index_first else content[len(content) - whole : len(content) - whole + length]
        if len(content) < whole or len(index) < length:
            raise TruncatedVolumeError(f"shard {path} is cut short: its index is not there.")
        found = np.full(self.shape, fill, dtype=self.dtype.newbyteorder("="))
        for number, place in enumerate(product(*map(range, counts))):
            offset, count = struct.unpack_from("<QQ", index, 16 * number)
            if offset == count == _MISSING:
                continue
            if offset + count > len(content):
                raise TruncatedVolumeError(f"shard {path} is cut short: its chunk {number} is not there.")
            into = tuple(slice(n * size, (n + 1) * size) for n, size in zip(place, inner.shape, strict=True))
            found[into] = inner.decode(content[offset : offset + count], fill, path)
        return found


def chain_of(codecs: Sequence[Mapping[str, Any]], shape: tuple[int, ...], dtype: np.dtype[Any], path: Path) -> Chain:
    """The chain of codecs as the description of an array lists them, in the order of encoding.

    Raises
    ------
    UnreadableVolumeError
        If one is not known here.
    """
    chain = Chain(shape, dtype.newbyteorder("<") if dtype.byteorder == "=" else dtype)
    steps: list[Decode] = []
    for codec in codecs:
        name, options = str(codec["name"]).removeprefix("numcodecs."), codec.get("configuration") or {}
        if name in ("bytes", "endian"):
            chain.dtype = dtype.newbyteorder(">" if options.get("endian") == "big" else "<")
        elif name == "transpose":
            chain.turn = _turn(options.get("order"), len(shape), path)
        elif name == "sharding_indexed":
            inner = tuple(int(edge) for edge in options["chunk_shape"])
            if len(inner) != len(shape) or any(e < 1 or edge % e for e, edge in zip(inner, shape, strict=True)):
                raise UnreadableVolumeError(f"{path} has shards of {shape} with chunks of {inner}: they do not fit.")
            chain.inner = chain_of(options["codecs"], inner, dtype, path)
            chain.index_first = options.get("index_location") == "start"
            chain.index_checked = any(c.get("name") == "crc32c" for c in options.get("index_codecs", ()))
        else:
            steps.insert(0, _step(name, path))
    if chain.inner and (steps or chain.inner.inner):
        raise UnreadableVolumeError(f"{path} compresses its shards as a whole, which is not read here.")
    chain.steps = tuple(steps)
    return chain


def _turn(order: Any, axes: int, path: Path) -> tuple[int, ...]:
    if order == "F":
        return tuple(reversed(range(axes)))
    if order == "C":
        return ()
    if not isinstance(order, list) or sorted(order) != list(range(axes)):
        raise UnreadableVolumeError(
            f"{path} transposes its axes by {str(order)[:40]}, which is no order of {axes} axes."
        )
    return tuple(order)


def _step(name: str, path: Path) -> Decode:
    if name == "crc32c":
        return lambda content, _: content[:-4]
    if name == "bz2":
        return lambda content, size: bz2.BZ2Decompressor().decompress(content, size)
    codec = {"zlib": "zlib", "gzip": "gzip", "zstd": "zstd", "blosc": "blosc", "lz4": "lz4", "lzma": "lzma"}.get(name)
    if codec is None:
        raise UnreadableVolumeError(
            f"{path} is encoded with {name!r}, which is not read here. Save it with blosc, zstd, gzip or lz4."
        )
    return lambda content, size: _bounded(codec, content, size)


def _bounded(codec: str, content: bytes, size: int) -> bytes:
    import imagecodecs

    if codec == "lz4":  # numcodecs writes the length first
        content = content[4:]
    decoded = getattr(imagecodecs, f"{codec}_decode")(content, out=size)
    return bytes(decoded)
