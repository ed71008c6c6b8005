"""Reads a file in a process of its own, with limits on memory and time.

The libraries that read HDF5 and MATLAB files are written in C, and a damaged file can end the process that uses them,
or keep it busy for ever. The child gets the open file, writes the voxels to another, and says the rest as JSON.
It does not look into the current folder for modules.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

import ragone
from ragone.pipelines.files.images import errors
from ragone.pipelines.files.images.budget import MEGABYTE, Budget
from ragone.pipelines.files.images.errors import UnreadableVolumeError, VolumeBudgetError
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.stored_image import Spacing, StoredImage
from ragone.schemas import RagoneError

_OWN_MEMORY = 600 * MEGABYTE  # address space of the interpreter and its libraries
_CHILD = "import sys; sys.path.append(sys.argv[1]); from ragone.pipelines.files.images.apart import serve; serve()"
_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def read_apart(decoder: str, reading: Reading) -> StoredImage:
    """Read the file with a decoder, in another process.

    Parameters
    ----------
    decoder
        A module with a function ``decode(file, reading)`` that returns a `StoredImage`.
    reading
        The import under way.

    Raises
    ------
    RagoneError
        What the decoder raised.
    UnreadableVolumeError
        If its process ended otherwise.
    VolumeBudgetError
        If it took too long or too much memory.
    """
    with reading.open() as file, tempfile.TemporaryFile() as voxels:
        request = {
            "decoder": decoder,
            "path": os.fspath(reading.path),
            "inside": reading.inside,
            "voxel_bytes": reading.budget.voxel_bytes,
            "seconds": reading.budget.seconds,
            "files": [file.fileno(), voxels.fileno()],
        }
        answer = _ask(request, reading)
        if "error" in answer:
            kind = getattr(errors, answer["error"], UnreadableVolumeError)
            raise kind(answer["message"])
        voxels.seek(0)
        found = np.lib.format.read_array(voxels, allow_pickle=False)
    spacing = Spacing(tuple(answer["edges"]), *answer["spacing"]) if answer["edges"] else None
    return StoredImage(found, answer["axes"], spacing, tuple(answer["notes"]))


def _ask(request: dict[str, Any], reading: Reading) -> dict[str, Any]:
    words = [sys.executable, "-I", "-c", _CHILD, str(Path(ragone.__file__).parents[1])]
    try:
        done = subprocess.run(
            words,
            input=json.dumps(request).encode(),
            capture_output=True,
            pass_fds=request["files"],
            timeout=reading.budget.seconds,
            env={**os.environ, **_THREADS},
            check=False,
        )
    except subprocess.TimeoutExpired as cause:
        raise VolumeBudgetError(
            f"{reading.path} is not read after {reading.budget.seconds:g} s, the time that an import has. "
            "Save it as .npy."
        ) from cause
    try:
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as cause:
        raise UnreadableVolumeError(
            f"{reading.path} is damaged: its reader ended with code {done.returncode}. Copy or export it again."
        ) from cause
    return answer


def _answered(request: dict[str, Any]) -> dict[str, Any]:
    """Decode, and say what was found or what was wrong."""
    limit = request["voxel_bytes"] + _OWN_MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    budget = Budget(voxel_bytes=request["voxel_bytes"], seconds=request["seconds"])
    reading = Reading(Path(request["path"]), budget, request["inside"])
    source, into = os.fdopen(request["files"][0], "rb"), os.fdopen(request["files"][1], "wb")
    try:
        return _decoded(import_module(request["decoder"]), source, into, reading)
    except RagoneError as refused:
        return {"error": type(refused).__name__, "message": str(refused)}
    except MemoryError:
        return {
            "error": "VolumeBudgetError",
            "message": f"{reading.path} needs more than the {limit // MEGABYTE} MB that an import may use. "
            "Save the volume alone, or allow more with --largest-size.",
        }
    except Exception as cause:  # noqa: BLE001 - libraries raise anything on damaged files
        return {
            "error": "UnreadableVolumeError",
            "message": f"{reading.path} cannot be read: {cause}. Export it again.",
        }


def _decoded(decoder: Any, source: BinaryIO, into: BinaryIO, reading: Reading) -> dict[str, Any]:
    image: StoredImage = decoder.decode(source, reading)
    np.lib.format.write_array(into, np.ascontiguousarray(image.voxels), allow_pickle=False)
    into.flush()
    spacing = image.spacing
    return {
        "axes": image.axes,
        "edges": list(spacing.edges) if spacing else [],
        "spacing": [spacing.origin, spacing.has_unit, spacing.assumed] if spacing else [],
        "notes": list(image.notes),
    }


def serve() -> None:
    """Answer the request on standard input: the life of the child."""
    sys.stdout.write(json.dumps(_answered(json.load(sys.stdin))) + "\n")
