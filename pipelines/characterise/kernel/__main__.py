"""Compile ahead what campaigns need: `python -m ragone.pipelines.characterise.kernel`; else it is done on first use."""

from __future__ import annotations

import numpy as np

from ragone.pipelines.characterise import homogenise, homogenise_extrapolated, measure_electrode_tortuosity
from ragone.schemas import Microstructure
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811

_TOLERANCES = (3e-4, 1e-9)  # reached in single and in double precision


def main() -> None:
    """Characterise a volume of a few voxels, large enough for coarse levels, in either precision."""
    labels = (np.indices((16, 16, 16)).sum(axis=0) // 2 % 3).astype(np.uint8)
    volume = Microstructure(
        labels=labels,
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="made to compile",
        licence="own",
    )
    for tolerance in _TOLERANCES:
        for characterise in (homogenise, homogenise_extrapolated):
            characterise(volume, NMC_811, relative_tolerance=tolerance)
        measure_electrode_tortuosity(volume, relative_tolerance=tolerance)


if __name__ == "__main__":
    main()
