"""Small volumes written in every format that is read, by libraries or byte by byte."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import imagecodecs
import numpy as np
import scipy.io
import tifffile

Volume = np.ndarray[Any, Any]

VOLUME: Volume = np.random.default_rng(7).integers(0, 3, (6, 5, 7)).astype(np.uint8)
"""Labels 0, 1, 2; shape (6, 5, 7), no two axes of one length."""


def tiff(volume: Volume = VOLUME, **options: Any) -> bytes:
    """A TIFF file; grey unless told otherwise."""
    stream = io.BytesIO()
    tifffile.imwrite(stream, volume, **{"photometric": "minisblack", **options})
    return stream.getvalue()


def npy(volume: Volume = VOLUME) -> bytes:
    """A NPY file."""
    stream = io.BytesIO()
    np.save(stream, volume)
    return stream.getvalue()


def npz(**volumes: Volume) -> bytes:
    """A NPZ file of one volume, or of those given."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **(volumes or {"labels": VOLUME}))
    return stream.getvalue()


def hdf5(volume: Volume = VOLUME, **attributes: Any) -> bytes:
    """An HDF5 file with one volume inside of a group, beside a vector."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        dataset = file.create_dataset("scan/labels", data=volume, chunks=volume.shape, compression="gzip")
        dataset.attrs.update(attributes)
        file["scan/time"] = np.arange(4.0)
    return stream.getvalue()


def matlab(volume: Volume = VOLUME, *, compressed: bool = True) -> bytes:
    """A MATLAB file of version 5, with one volume beside a number."""
    stream = io.BytesIO()
    scipy.io.savemat(stream, {"labels": volume, "edge": 0.4}, do_compression=compressed)
    return stream.getvalue()


def nrrd(volume: Volume = VOLUME, *lines: str, coding: str = "raw") -> bytes:
    """A NRRD file; the header lists the axes in the order of the volume unless a space is among the lines."""
    named = any(line.startswith("space") for line in lines)
    sizes = " ".join(map(str, volume.shape[::-1] if named else volume.shape))
    head = ["NRRD0004", "type: uint8", f"dimension: {volume.ndim}", f"sizes: {sizes}", f"encoding: {coding}", *lines]
    content = volume.tobytes("C" if named else "F")
    if coding == "ascii":
        content = " ".join(map(str, content)).encode()
    return "\n".join(head).encode() + b"\n\n" + (gzip.compress(content) if coding == "gzip" else content)


def metaimage(volume: Volume = VOLUME, *lines: str, compressed: bool = False) -> bytes:
    """An MHA file."""
    head = [
        "ObjectType = Image", f"NDims = {volume.ndim}", f"CompressedData = {compressed}", *lines,
        f"DimSize = {' '.join(map(str, volume.shape[::-1]))}", "ElementType = MET_UCHAR", "ElementDataFile = LOCAL",
    ]  # fmt: skip
    return "\n".join(head).encode() + b"\n" + (zlib.compress(volume.tobytes()) if compressed else volume.tobytes())


def nifti(volume: Volume = VOLUME, *, edge: float = 4e-4, unit: int = 2, slope: float = 0.0) -> bytes:
    """A NIfTI-1 file."""
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, volume.ndim, *volume.shape[::-1], *[1] * (7 - volume.ndim))
    struct.pack_into("<hh", head, 70, 2, 8)
    struct.pack_into("<8f", head, 76, 1, *[edge] * 7)
    struct.pack_into("<3f", head, 108, 352, slope, 0)
    head[123] = unit
    head[344:348] = b"n+1\0"
    return bytes(head) + volume.tobytes()


def vti(volume: Volume = VOLUME, *, form: str = "binary", deflated: bool = True, spacing: str = "1 1 1") -> bytes:
    """A VTI file with cells, in text, in base64, or with raw bytes at its end."""
    content = volume.tobytes()
    if form == "ascii":
        body, deflated = " ".join(map(str, content)).encode(), False
    elif deflated:
        packed = zlib.compress(content)
        head = struct.pack("<4I", 1, len(content), len(content), len(packed))
        body = base64.b64encode(head) + base64.b64encode(packed) if form == "binary" else head + packed
    else:
        whole = struct.pack("<I", len(content)) + content
        body = base64.b64encode(whole) if form == "binary" else whole
    extent = " ".join(f"0 {edge}" for edge in volume.shape[::-1])
    compressor = ' compressor="vtkZLibDataCompressor"' if deflated else ""
    inline, appended = (b"", b'<AppendedData encoding="raw">_' + body + b"</AppendedData>")
    if form != "appended":
        inline, appended = body, b""
    return b"".join((
        f'<VTKFile type="ImageData" byte_order="LittleEndian" header_type="UInt32"{compressor}>'.encode(),
        f'<ImageData WholeExtent="{extent}" Spacing="{spacing}"><Piece Extent="{extent}"><CellData>'.encode(),
        f'<DataArray type="UInt8" Name="labels" format="{form}" offset="0">'.encode(),
        inline, b"</DataArray></CellData></Piece></ImageData>", appended, b"</VTKFile>",
    ))  # fmt: skip


def zarr_2(folder: Path, volume: Volume = VOLUME, **changed: Any) -> Path:
    """A Zarr folder of version 2, two slices a chunk, the last chunk half empty if their number is odd."""
    folder.mkdir(parents=True, exist_ok=True)
    chunk = (4, *volume.shape[1:])
    described = {
        "zarr_format": 2, "shape": volume.shape, "chunks": chunk, "dtype": "|u1", "order": "C", "fill_value": 0,
        "compressor": {"id": "zlib", "level": 1}, "filters": None, **changed,
    }  # fmt: skip
    (folder / ".zarray").write_text(json.dumps(described))
    for number in range(-(-len(volume) // 4)):
        part = np.zeros(chunk, np.uint8)
        piece = volume[4 * number : 4 * number + 4]
        part[: len(piece)] = piece
        (folder / f"{number}.0.0").write_bytes(zlib.compress(part.tobytes()))
    return folder


def zarr_3(folder: Path, volume: Volume = VOLUME, **changed: Any) -> Path:
    """A Zarr folder of version 3: one shard of two chunks, each with zstd."""
    part = folder / "c" / "0" / "0"
    part.mkdir(parents=True)
    half = volume.shape[0] // 2
    inner = [{"name": "bytes"}, {"name": "zstd", "configuration": {"level": 1, "checksum": False}}]
    sharding = {
        "chunk_shape": [half, *volume.shape[1:]], "codecs": inner, "index_location": "end",
        "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
    }  # fmt: skip
    described = {
        "zarr_format": 3, "node_type": "array", "shape": volume.shape, "data_type": "uint8", "fill_value": 0,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": volume.shape}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "codecs": [{"name": "sharding_indexed", "configuration": sharding}], **changed,
    }  # fmt: skip
    (folder / "zarr.json").write_text(json.dumps(described))
    pieces = [imagecodecs.zstd_encode(volume[k : k + half].tobytes()) for k in (0, half)]
    index = struct.pack("<4Q", 0, len(pieces[0]), len(pieces[0]), len(pieces[1]))
    (part / "0").write_bytes(b"".join(pieces) + index + b"crc!")
    return folder


FILES: dict[str, Callable[[], bytes]] = {
    "plain.tif": tiff,
    "deflate.tif": lambda: tiff(compression="zlib"),
    "lzw.tif": lambda: tiff(compression="lzw"),
    "lzw_predictor_tiles.tif": lambda: tiff(compression="lzw", predictor=2, tile=(16, 16)),
    "zstd.tif": lambda: tiff(compression="zstd"),
    "lzma.tif": lambda: tiff(compression="lzma"),
    "packbits.tif": lambda: tiff(compression="packbits"),
    "png.tif": lambda: tiff(compression="png"),
    "png_tiles.tif": lambda: tiff(compression="png", tile=(16, 16)),
    "jpegxl.tif": lambda: tiff(compression="jpegxl"),
    "big.tif": lambda: tiff(bigtiff=True),
    "big_endian.tif": lambda: tiff(VOLUME.astype(">u2"), byteorder=">"),
    "imagej.tif": lambda: tiff(imagej=True, metadata={"axes": "ZYX"}),
    "ome.tif": lambda: tiff(ome=True, metadata={"axes": "ZYX"}),
    "one_page.tif": lambda: tiff(truncate=True),
    "depth.tif": lambda: tiff(volumetric=True, tile=(16, 16, 16)),
    "labels.npy": npy,
    "labels.npz": npz,
    "labels.h5": hdf5,
    "labels.mat": matlab,
    "plain.mat": lambda: matlab(compressed=False),
    "listed.nrrd": nrrd,
    "deflated.nrrd": lambda: nrrd(coding="gzip"),
    "text.nrrd": lambda: nrrd(coding="ascii"),
    "space.nrrd": lambda: nrrd(VOLUME, "space: left-posterior-superior"),
    "labels.mha": metaimage,
    "deflated.mha": lambda: metaimage(compressed=True),
    "labels.nii": nifti,
    "labels.nii.gz": lambda: gzip.compress(nifti()),
    "text.vti": lambda: vti(form="ascii"),
    "base64.vti": lambda: vti(deflated=False),
    "deflated.vti": vti,
    "appended.vti": lambda: vti(form="appended"),
    "appended_plain.vti": lambda: vti(form="appended", deflated=False),
    "labels_6x5x7_uint8.raw": VOLUME.tobytes,
}
FOLDERS: dict[str, Callable[[Path], Path]] = {"two.zarr": zarr_2, "three.zarr": zarr_3}
