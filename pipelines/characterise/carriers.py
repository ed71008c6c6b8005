"""What carries ions and electrons: labels, conductivities, and what tortuosity factor means, alike for all engines.

The tortuosity factor is defined by D_eff / D = porosity / tau with the *whole* porosity of the record, so that a cell
model that multiplies the two gets the computed effective diffusivity. Hence a dead end or a closed pore leaves D_eff as
it is and raises tau in proportion to the porosity. A phase name other than pore, active_material and carbon_binder
neither conducts nor counts.

A carbon-binder that conducts ions does so as one phase, with the share of the electrolyte's conductivity that its
materials state, and its nanopores are a part of the porosity. They wet the active material on that part of their common
area which they are of its volume, as plane sections of an isotropic structure show. One that does not, is dense: its
nanopores count in neither, and the cell rescales (`pipelines.cell.coating`).

References
----------
Delesse 1848 (parts of an area are parts of the volume); Underwood 1970, Quantitative Stereology.
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


def ionic(materials: Materials) -> dict[int, float]:
    """Diffusivity of each label relative to the electrolyte's [-]."""
    return {
        LABEL[PORE]: 1.0,
        LABEL[ACTIVE_MATERIAL]: 0.0,
        LABEL[CARBON_BINDER]: materials.carbon_binder_ionic_conductivity_share,
        UNKNOWN: 0.0,
    }


def wetted_shares(materials: Materials) -> dict[str, float]:
    """Part [-] of the area between active material and each other phase that the electrolyte wets."""
    return {PORE: 1.0, CARBON_BINDER: materials.ion_conducting_nanopores(1.0)}


def area_method(method: str, materials: Materials) -> str:
    """The method of the surface area, with the part under the carbon-binder where there is one."""
    under = materials.ion_conducting_nanopores(1.0)
    return f"{method}; with {under:g} of the area under the carbon-binder" if under else method


def electronic(materials: Materials) -> dict[int, float]:
    """Conductivity of each label [S/m]."""
    return {
        LABEL[PORE]: 0.0,
        LABEL[ACTIVE_MATERIAL]: materials.active_material_conductivity_siemens_per_metre,
        LABEL[CARBON_BINDER]: materials.carbon_binder_conductivity_siemens_per_metre,
        UNKNOWN: 0.0,
    }


def tortuosity_factor(porosity: float, relative_diffusivity: float) -> float:
    """Tau from D_eff / D = porosity / tau, >= 1 whatever the rounding; +inf if nothing gets through."""
    return max(1.0, porosity / relative_diffusivity) if relative_diffusivity > 0 else float("inf")
