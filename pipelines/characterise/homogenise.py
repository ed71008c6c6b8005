"""How do ions and electrons cross this microstructure? By our own kernel, with certified intervals.

Volume fractions; wetted area of the active material by the Crofton formula; tortuosity factor of the pores and
effective conductivity of the solids along axis 0, between ends of fixed potential, other sides closed. Every pore voxel
counts in the fraction and the area, also those that no ion reaches; only spanning clusters conduct. What the factor
means stands in `carriers`.

What it does not do: conduction through point or edge contacts of voxels, contact resistance, sub-voxel structure. The
interval is that of these voxels, not of the electrode that they sample (see `representativity`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ragone.pipelines.characterise.carriers import (
    LABEL,
    Labels,
    area_method,
    canonical_labels,
    electronic,
    ionic,
    method_with_voxels,
    tortuosity_factor,
    voxel_edges,
    wetted_shares,
)
from ragone.pipelines.characterise.geometry import phase_fractions, specific_surface_areas
from ragone.pipelines.characterise.geometry.surface_area import CROFTON
from ragone.pipelines.characterise.kernel import EffectiveConductivity, conductivity_tensor, effective_conductivity
from ragone.pipelines.characterise.material_errors import ELECTRONIC, IONIC, material_error
from ragone.schemas import Boundary, Materials, Microstructure, Transport, TransportTensor, stage
from ragone.schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PORE
from ragone.schemas.parameter import Positive

LIBRARIES = ("numba", "numpy", "scipy", "torch")
KERNEL = "multigrid conjugate gradients on the voxels, certified interval within {:g} of the value"


@stage("characterise.homogenise", libraries=LIBRARIES)
def homogenise(
    microstructure: Microstructure,
    materials: Materials,
    *,
    relative_tolerance: Positive = 3e-4,
    largest_iteration_count: int = 500,
    device: str = "cpu",
) -> Transport:
    """Volume fractions, specific surface area, tortuosity factor and effective conductivity of one volume.

    Parameters
    ----------
    microstructure
        Axis 0 is through-plane. A phase may be absent.
    materials
        Conductivities of the bulk enter; nanoporosity too if the carbon-binder conducts ions.
    relative_tolerance
        Largest width of the certified interval over the value [-].
    largest_iteration_count
        After which the interval reached is stored [-].
    device
        "cpu" for the compiled kernel; "cuda", or another torch device, for the same iteration through torch.

    Returns
    -------
    Transport
        A phase that does not span the volume is an outcome: tortuosity factor +inf, conductivity 0.
    """
    limits = {
        "relative_tolerance": relative_tolerance,
        "largest_iteration_count": largest_iteration_count,
        "device": device,
    }
    method = method_with_voxels(KERNEL.format(relative_tolerance), microstructure)
    return transport_of(microstructure, canonical_labels(microstructure), materials, method, limits)


def transport_of(
    microstructure: Microstructure, labels: Labels, materials: Materials, method: str, limits: dict[str, Any]
) -> Transport:
    """Transport of the voxels of a volume, given their canonical labels; `limits` are the kernel's."""
    edges = voxel_edges(microstructure)
    fractions, areas = phase_fractions(labels), specific_surface_areas(labels, edges)

    def solve(conductivities: dict[int, float]) -> EffectiveConductivity:
        return effective_conductivity(labels, conductivities, voxel_size=edges, **limits)

    pore, solid = solve(ionic(materials)), solve(electronic(materials))
    pore_fraction, binder_fraction = (fractions.get(LABEL[phase], 0.0) for phase in (PORE, CARBON_BINDER))
    nanopores = materials.ion_conducting_nanopores(binder_fraction)
    porosity = pore_fraction + nanopores
    tau = tortuosity_factor(porosity, pore.value)
    return Transport(
        pore_fraction=pore_fraction,
        active_material_fraction=fractions.get(LABEL[ACTIVE_MATERIAL], 0.0),
        carbon_binder_fraction=binder_fraction,
        nanopore_fraction=nanopores,
        specific_surface_area_per_metre=sum(
            share * areas.get(_pair(phase, ACTIVE_MATERIAL), 0.0) for phase, share in wetted_shares(materials).items()
        ),
        surface_area_method=area_method(CROFTON, materials),
        pore_tortuosity_factor=tau,
        pore_tortuosity_factor_lower=tortuosity_factor(porosity, pore.upper),
        pore_tortuosity_factor_upper=tortuosity_factor(porosity, pore.lower),
        materials_pore_tortuosity_factor_standard_error=material_error(
            materials, IONIC, tau, lambda other: tortuosity_factor(porosity, solve(ionic(other)).value)
        ),
        pore_outcome=pore.outcome,
        solid_effective_conductivity_siemens_per_metre=solid.value,
        solid_effective_conductivity_siemens_per_metre_lower=max(solid.lower, 0.0),
        solid_effective_conductivity_siemens_per_metre_upper=solid.upper,
        materials_solid_effective_conductivity_siemens_per_metre_standard_error=material_error(
            materials, ELECTRONIC, solid.value, lambda other: solve(electronic(other)).value
        ),
        solid_outcome=solid.outcome,
        active_material_conductivity_siemens_per_metre=materials.active_material_conductivity_siemens_per_metre,
        carbon_binder_conductivity_siemens_per_metre=materials.carbon_binder_conductivity_siemens_per_metre,
        carbon_binder_ionic_conductivity_share=materials.carbon_binder_ionic_conductivity_share,
        voxel_size_metre=microstructure.equivalent_voxel_size_metre,
        edge_voxels=labels.shape[0],
        volume_element_count=1,
        method=method,
        particle_diffusion_radius_metre=microstructure.particle_diffusion_radius_metre,
        particle_sauter_radius_metre=microstructure.particle_sauter_radius_metre,
    )


def _pair(one: str, other: str) -> tuple[int, int]:
    low, high = sorted((LABEL[one], LABEL[other]))
    return low, high


@stage("characterise.homogenise_along_all_axes", libraries=LIBRARIES)
def homogenise_along_all_axes(
    microstructure: Microstructure,
    materials: Materials,
    *,
    periodic: bool = False,
    relative_tolerance: Positive = 3e-4,
    largest_iteration_count: int = 500,
) -> TransportTensor:
    """Relative diffusivity of the pores and conductivity of the solids along the three axes.

    Parameters
    ----------
    microstructure
        Axis 0 is through-plane.
    materials
        Conductivities of the bulk enter; nanoporosity too if the carbon-binder conducts ions.
    periodic
        Whether opposite sides are joined, which defines the full tensor; else each axis is solved between fixed ends.
        Join them only where the volume repeats itself, as a packing does and an image does not.
    relative_tolerance
        Largest width of the certified interval of each diagonal entry over its value [-].
    largest_iteration_count
        Iterations along each axis after which the interval reached is stored [-].
    """
    labels = canonical_labels(microstructure)
    limits: dict[str, Any] = {
        "voxel_size": voxel_edges(microstructure),
        "relative_tolerance": relative_tolerance,
        "largest_iteration_count": largest_iteration_count,
    }
    solids, fractions = electronic(materials), phase_fractions(labels)
    solve = _periodic if periodic else _between_ends
    pore, solid = (solve(labels, conductivities, limits) for conductivities in (ionic(materials), solids))
    return TransportTensor(
        boundary=Boundary.PERIODIC if periodic else Boundary.FIXED,
        pore_relative_diffusivity=pore[0],
        pore_relative_diffusivity_half_width=pore[1],
        pore_principal_values=pore[2],
        pore_principal_axes=pore[3],
        pore_anisotropy=_anisotropy(pore[0]),
        pore_outcomes=pore[4],
        solid_conductivity_siemens_per_metre=solid[0],
        solid_conductivity_siemens_per_metre_half_width=solid[1],
        solid_principal_values_siemens_per_metre=solid[2],
        solid_principal_axes=solid[3],
        solid_anisotropy=_anisotropy(solid[0]),
        solid_outcomes=solid[4],
        pore_fraction=fractions.get(LABEL[PORE], 0.0),
        nanopore_fraction=materials.ion_conducting_nanopores(fractions.get(LABEL[CARBON_BINDER], 0.0)),
        active_material_conductivity_siemens_per_metre=materials.active_material_conductivity_siemens_per_metre,
        carbon_binder_conductivity_siemens_per_metre=materials.carbon_binder_conductivity_siemens_per_metre,
        carbon_binder_ionic_conductivity_share=materials.carbon_binder_ionic_conductivity_share,
        voxel_size_metre=microstructure.equivalent_voxel_size_metre,
        method=method_with_voxels(KERNEL.format(relative_tolerance), microstructure),
    )


def _periodic(labels: Labels, conductivities: dict[int, float], limits: dict[str, Any]) -> tuple[Any, ...]:
    """Tensor, half widths, principal values and axes, outcomes."""
    found = conductivity_tensor(labels, conductivities, **limits)
    values, axes = found.principal()
    return found.value, found.half_width, values[None, :], axes, found.outcomes


def _between_ends(labels: Labels, conductivities: dict[int, float], limits: dict[str, Any]) -> tuple[Any, ...]:
    """The same with what each axis alone says; the principal axes are those of the volume."""
    along: list[EffectiveConductivity] = [
        effective_conductivity(labels, conductivities, axis=axis, **limits) for axis in range(3)
    ]
    values = np.array([one.value for one in along])
    half_widths = [max(one.upper - one.value, one.value - one.lower) for one in along]
    order = np.argsort(values, kind="stable")
    outcomes = tuple(one.outcome for one in along)
    return np.diag(values), np.diag(half_widths), values[order][None, :], np.eye(3)[:, order], outcomes


def _anisotropy(tensor: Any) -> float | None:
    """Ratio of in-plane to through-plane; none if a phase crosses along no axis."""
    through, *in_plane = np.diag(tensor).tolist()
    mean = sum(in_plane) / 2
    if through > 0:
        return float(mean / through)
    return float("inf") if mean > 0 else None
