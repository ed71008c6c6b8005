"""Volumes as labels or records, measured and compared in one call: for prototypes, without a lake.

The stages do the same on records: `characterise.homogenise_along_all_axes`, `characterise.measure_geometry` and
`fidelity.compare_volumes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise import homogenise_along_all_axes, measure_geometry
from ragone.pipelines.fidelity.compare import compare_volumes
from ragone.pipelines.fidelity.metrics import METRIC_NAMES, numbers_of
from ragone.schemas import Fidelity, Geometry, Materials, Microstructure, TransportTensor
from ragone.schemas.electrode import PHASES, cubic_voxels
from ragone.schemas.materials import NMC_811


@dataclass(frozen=True, slots=True)
class VolumeMeasures:
    """The measures of one volume."""

    tensor: TransportTensor
    geometry: Geometry

    def numbers(self) -> dict[str, float]:
        """Return every number that is compared, by name and in the units of METRICS; NaN where the volume has none."""
        return dict(zip(METRIC_NAMES, numbers_of([self.tensor], [self.geometry])[0].tolist(), strict=True))


def measure_labels(
    labels: npt.NDArray[np.uint8], voxel_size_metre: float, *, periodic: bool = True, materials: Materials = NMC_811
) -> VolumeMeasures:
    """Measure transport between the ends of each axis, and geometry.

    Parameters
    ----------
    labels
        Shape (x, y, z): 0 pore, 1 active material, 2 carbon-binder; axis 0 is through-plane.
    voxel_size_metre
        Edge of a voxel [m].
    periodic
        Whether opposite faces touch, for areas and correlation.
    materials
        The bulk properties of the solids.
    """
    volume = Microstructure(
        labels=labels,
        voxel_edges_metre=cubic_voxels(voxel_size_metre),
        phase_labels=np.arange(len(PHASES), dtype=np.uint8),
        source="labels",
        licence="own",
    )
    return VolumeMeasures(homogenise_along_all_axes(volume, materials), measure_geometry(volume, periodic=periodic))


def compare_measures(
    real: Sequence[Sequence[VolumeMeasures]], sample: Sequence[Sequence[VolumeMeasures]], **parameters: Any
) -> Fidelity:
    """Compare volumes that are sorted by condition, with one sequence for each condition.

    `parameters` are those of `compare_volumes`, for example `recipe_names` and `recipes`.
    """
    return compare_volumes(
        [one.tensor for group in real for one in group],
        [one.geometry for group in real for one in group],
        [one.tensor for group in sample for one in group],
        [one.geometry for group in sample for one in group],
        real_conditions=tuple(number for number, group in enumerate(real) for _ in group),
        conditions=tuple(number for number, group in enumerate(sample) for _ in group),
        **parameters,
    )
