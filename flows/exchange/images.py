"""A microstructure as OME-TIFF: voxels, their edges, and the names of the phases, for ImageJ, napari and the like.

Through-plane is Z. The labels are stored as they are, compressed without loss; which phase a label stands for is in the
description, and in a map annotation. The same record gives the same bytes.

References
----------
Open Microscopy Environment, OME data model, schema 2016-06.
"""

from __future__ import annotations

import io
from typing import Any

from ragone.dataset.exchange.description import plain_line, uuid_of
from ragone.schemas import Microstructure

MEDIA_TYPE, STANDARD = "image/tiff", "https://docs.openmicroscopy.org/ome-model/6.3.1/ome-tiff/specification.html"
_WRITER, _LONGEST = "Ragone", 10_000


def ome_tiff(volume: Microstructure) -> bytes:
    """Return the file of a volume."""
    import tifffile  # heavy

    phases = {str(label): plain_line(name) for name, label in volume.phase_map().items()}
    named = "; ".join(f"{label} = {name}" for label, name in phases.items())
    sizes = dict(zip("ZYX", volume.voxel_edges_metre, strict=True))
    about = {
        "axes": "ZYX",
        "Name": volume.id,
        "Description": plain_line(
            f"Labels: {named}. Z is through-plane. Source: {volume.source}. Licence: {volume.licence}.", _LONGEST
        ),
        "UUID": uuid_of(volume.id),
        "Creator": _WRITER,
        **{f"PhysicalSize{axis}": float(f"{edge * 1e6:.12g}") for axis, edge in sizes.items()},
        **{f"PhysicalSize{axis}Unit": "µm" for axis in sizes},
        "MapAnnotation": {"Namespace": "urn:x-ragone:phases", **{f"label {k}": name for k, name in phases.items()}},
    }
    # said to be grey, for a last axis of four voxels would be taken for colours
    how: dict[str, Any] = {"photometric": "minisblack", "compression": "zlib", "software": _WRITER}
    file = io.BytesIO()
    tifffile.imwrite(file, volume.labels, ome=True, metadata=about, **how)
    return file.getvalue()
