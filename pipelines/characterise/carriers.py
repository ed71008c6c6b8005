"""What carries ions and electrons: labels, conductivities, and what tortuosity factor means, alike for all engines.

The tortuosity factor is defined by D_eff / D = pore_fraction / tau with the *whole* pore fraction of the record, so
that a cell model that multiplies the two gets the computed effective diffusivity. Hence a dead end or a closed pore
leaves D_eff as it is and raises tau in proportion to the pore fraction. A phase name other than pore, active_material
and carbon_binder neither conducts nor counts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ragone.schemas import Materials, Microstructure
from ragone.schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PHASES, PORE

Labels = npt.NDArray[np.uint8]

LABEL = {phase: label for label, phase in enumerate(PHASES)}
UNKNOWN = len(PHASES)


def canonical_labels(microstructure: Microstructure) -> Labels:
    """Labels 0 pore, 1 active material, 2 carbon-binder, 3 anything else; shape as given."""
    table = np.full(256, UNKNOWN, dtype=np.uint8)
    for phase, label in microstructure.phase_map().items():
        table[label] = LABEL.get(phase, UNKNOWN)
    canonical = np.empty_like(microstructure.labels)
    for layer, given in zip(canonical, microstructure.labels, strict=True):
        layer[...] = table[given]  # looking up widens labels to eight bytes: a layer's, not the volume's
    return canonical


def voxel_edges(microstructure: Microstructure) -> tuple[float, float, float]:
    """Edges of a voxel along the three axes [m]."""
    x, y, z = microstructure.voxel_edges_metre.tolist()
    return x, y, z


def method_with_voxels(method: str, microstructure: Microstructure) -> str:
    """The method with the shape of the voxels, unless they are cubes: results of other shapes are not averaged."""
    return method if microstructure.has_cubic_voxels else f"{method}; voxels of {microstructure.voxel_text()}"


def ionic() -> dict[int, float]:
    """Diffusivity of each label relative to the electrolyte's [-]: ions move in the pores only."""
    return {LABEL[PORE]: 1.0, LABEL[ACTIVE_MATERIAL]: 0.0, LABEL[CARBON_BINDER]: 0.0, UNKNOWN: 0.0}


def electronic(materials: Materials) -> dict[int, float]:
    """Conductivity of each label [S/m]."""
    return {
        LABEL[PORE]: 0.0,
        LABEL[ACTIVE_MATERIAL]: materials.active_material_conductivity_siemens_per_metre,
        LABEL[CARBON_BINDER]: materials.carbon_binder_conductivity_siemens_per_metre,
        UNKNOWN: 0.0,
    }


def tortuosity_factor(pore_fraction: float, relative_diffusivity: float) -> float:
    """Tau from D_eff / D = pore_fraction / tau, >= 1 whatever the rounding; +inf if nothing gets through."""
    return max(1.0, pore_fraction / relative_diffusivity) if relative_diffusivity > 0 else float("inf")
