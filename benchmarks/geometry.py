"""How long does the geometry of a volume take, and how much memory, beside the libraries that do its parts?

Parts are measured at 128^3 against SciPy, scikit-image and the method that we had before, on the same volume and in
turns; the whole stage at 256^3 and 500^3, after compiling. The volume is the imaged electrode, mirrored where it is too
small, or Gaussian fields where its file is not at hand. CPU time is that of all threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import fft, ndimage

from benchmarks.measure import Line, in_turns, seconds, speed_at_least, tell
from benchmarks.peak_memory import peak_bytes
from benchmarks.volumes import Labels, electrode_record, gaussian_field, imaged_electrode
from ragone.pipelines.characterise.geometry import (
    measure_geometry,
    particle_sizes,
    percolating_fractions,
    pore_sizes,
    two_point_correlation,
)
from ragone.pipelines.characterise.geometry.distance import squared_distance
from ragone.pipelines.characterise.geometry.flooding import flood

Mask = npt.NDArray[np.bool_]

_ROUNDS = 3
_REACH = 64
_GOALS = {256: 10.0, 500: 90.0}  # seconds on two quiet cores
_MOST_BYTES = 6e9


def lines() -> list[Line]:
    """All figures; some minutes on a quiet machine."""
    volume = electrode(128)
    measure_geometry(electrode_record(volume[:32, :32, :32]))  # compiles
    return [*_parts(volume == 0), *(line for edge in _GOALS for line in _whole(edge))]


def electrode(edge: int) -> Labels:
    """0 pore, 85 active material, 170 carbon-binder; shape (edge, edge, edge)."""
    imaged = imaged_electrode()
    if imaged is None:
        tell("electrode.tiff is not at hand (RAGONE_SHARED_DATA): Gaussian fields in its place")
        pores, solids = gaussian_field(edge, 1), gaussian_field(edge, 2)
        return np.where(pores == 1, 0, np.where(solids == 1, 170, 85)).astype(np.uint8)
    beyond = max(0, edge - len(imaged))
    return np.ascontiguousarray(np.pad(imaged, (0, beyond), mode="symmetric")[:edge, :edge, :edge])


def _parts(phase: Mask) -> list[Line]:
    smooth = ndimage.gaussian_filter(np.sqrt(squared_distance(phase)), 1.0)
    markers, _ = ndimage.label((smooth == ndimage.maximum_filter(smooth, 9)) & phase, output=np.int32)
    peers: Mapping[str, tuple[str, Callable[[], Any], Callable[[], Any]]] = {
        "distances": ("SciPy", partial(squared_distance, phase), partial(ndimage.distance_transform_edt, phase)),
        "percolation, 26 neighbours": (
            "scipy.ndimage.label",
            partial(percolating_fractions, phase, connectivity=26),
            partial(_labelled, phase),
        ),
        "two-point correlation to 64 voxels": (
            "whole transforms",
            partial(two_point_correlation, phase, largest_distance_voxels=_REACH),
            partial(_autocorrelation, phase),
        ),
        "watershed": (
            "scikit-image",
            lambda: flood(smooth, markers.copy(), phase),
            partial(_watershed, smooth, markers, phase),
        ),
        "pore sizes": ("distances from every centre", partial(pore_sizes, phase), partial(_opened, phase)),
        "particles": ("scikit-image, SciPy", partial(particle_sizes, phase), partial(_segmented, phase)),
    }
    found = []
    for name, (peer, ours, theirs) in peers.items():
        times = in_turns({"ours": ours, "peer": theirs}, _ROUNDS)
        what = f"geometry, {name}, {len(phase)}^3"
        found.append(speed_at_least(what, times["ours"], times["peer"], peer, 1))
    return found


def _labelled(phase: Mask) -> npt.NDArray[Any]:
    return np.bincount(ndimage.label(phase, np.ones((3, 3, 3)))[0].reshape(-1))


def _autocorrelation(phase: Mask) -> npt.NDArray[Any]:
    shape = [fft.next_fast_len(length + _REACH, real=True) for length in phase.shape]
    return np.asarray(fft.irfftn(np.abs(fft.rfftn(phase.astype(np.float64), shape)) ** 2, shape))


def _watershed(values: npt.NDArray[Any], markers: npt.NDArray[Any], phase: Mask) -> npt.NDArray[Any]:
    from skimage.segmentation import watershed  # heavy

    return np.asarray(watershed(-values, markers, mask=phase))  # type: ignore[no-untyped-call]


def _segmented(phase: Mask) -> npt.NDArray[Any]:
    smooth = ndimage.gaussian_filter(ndimage.distance_transform_edt(phase), 1.0)
    highest = (smooth == ndimage.maximum_filter(smooth, 9)) & phase
    return _watershed(smooth, ndimage.label(highest, np.ones((3, 3, 3)))[0], phase)


def _opened(phase: Mask) -> list[int]:
    distance = ndimage.distance_transform_edt(phase)
    radii = np.unique(np.rint(np.geomspace(1, np.floor(distance.max()), 12)))
    return [int((ndimage.distance_transform_edt(distance < radius) < radius).sum()) for radius in radii]


def _whole(edge: int) -> list[Line]:
    volume = electrode_record(electrode(edge))
    start, before = time.perf_counter(), time.process_time()
    measure_geometry(volume)
    wall, processor = time.perf_counter() - start, time.process_time() - before
    goal = _GOALS[edge]
    cells = seconds(wall), "", f"{seconds(processor)} of CPU", f"<= {goal:g} s on two quiet cores"
    return [Line(f"geometry, {edge}^3", *cells, wall <= goal), *_memory(edge, volume.labels)]


def _memory(edge: int, labels: Labels) -> list[Line]:
    peak = peak_bytes("geometry", labels)
    if peak is None:
        return []
    cells = f"{peak / 1e9:.2f} GB", "", "", f"<= {_MOST_BYTES / 1e9:g} GB"
    return [Line(f"peak memory of geometry, {edge}^3", *cells, peak <= _MOST_BYTES)]
