"""How do ions and electrons cross this microstructure? The four metrics of a volume, by TauFactor.

Volume fractions; wetted area of the active material; tortuosity factor of the pores; effective conductivity of
the solids. Transport is along axis 0, sides are closed. Every pore voxel counts in the fraction and the area, also
those that no ion reaches; only spanning clusters conduct.

What the factor means stands in `carriers`.

What it does not do: conduction through point or edge contacts of voxels, contact resistance, sub-voxel structure.
"""

from __future__ import annotations

from importlib.metadata import version

from ragone.pipelines.characterise.carriers import (
    LABEL,
    area_method,
    canonical_labels,
    electronic,
    ionic,
    tortuosity_factor,
    wetted_shares,
)
from ragone.pipelines.characterise.conduction import effective_conductivity
from ragone.pipelines.characterise.surface import METHOD, specific_surface_area
from ragone.schemas import Materials, Microstructure, Transport, stage
from ragone.schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PORE, label_counts
from ragone.schemas.parameter import Positive


@stage("characterise.characterise_with_taufactor", libraries=("taufactor", "torch", "numpy", "scipy"))
def characterise_with_taufactor(
    microstructure: Microstructure,
    materials: Materials,
    *,
    relative_tolerance: Positive = 1e-4,
    largest_step_count: int = 10_000,
) -> Transport:
    """Volume fractions, specific surface area, tortuosity factor and effective conductivity of one volume.

    Parameters
    ----------
    microstructure
        Volume of cubic voxels; axis 0 is through-plane. A phase may be absent.
    materials
        Conductivities of the bulk enter; nanoporosity too if the carbon-binder conducts ions.
    relative_tolerance
        Largest spread of the flux from layer to layer, and largest change over 100 sweeps [-].
    largest_step_count
        Sweeps after which the value so far is stored [-].

    Returns
    -------
    Transport
        A phase that does not span the volume is an outcome: tortuosity factor +inf, conductivity 0.

    Raises
    ------
    AnisotropicVoxelError
        If the voxels are no cubes; `homogenise` takes boxes.
    """
    microstructure.require_cubic_voxels("TauFactor")
    labels = canonical_labels(microstructure)
    fractions = label_counts(labels) / labels.size
    solids = electronic(materials)
    pore, solid = (
        effective_conductivity(
            labels, conductivities, relative_tolerance=relative_tolerance, largest_step_count=largest_step_count
        )
        for conductivities in (ionic(materials), solids)
    )
    pore_fraction, binder_fraction = (float(fractions[LABEL[phase]]) for phase in (PORE, CARBON_BINDER))
    nanopores = materials.ion_conducting_nanopores(binder_fraction)
    return Transport(
        pore_fraction=pore_fraction,
        active_material_fraction=float(fractions[LABEL[ACTIVE_MATERIAL]]),
        carbon_binder_fraction=binder_fraction,
        nanopore_fraction=nanopores,
        specific_surface_area_per_metre=sum(
            share
            * specific_surface_area(labels, (LABEL[phase], LABEL[ACTIVE_MATERIAL]), microstructure.voxel_size_metre)
            for phase, share in wetted_shares(materials).items()
            if share
        ),
        surface_area_method=area_method(METHOD, materials),
        pore_tortuosity_factor=tortuosity_factor(pore_fraction + nanopores, pore.conductivity),
        pore_outcome=pore.outcome,
        solid_effective_conductivity_siemens_per_metre=max(solid.conductivity, 0.0),
        solid_outcome=solid.outcome,
        active_material_conductivity_siemens_per_metre=materials.active_material_conductivity_siemens_per_metre,
        carbon_binder_conductivity_siemens_per_metre=materials.carbon_binder_conductivity_siemens_per_metre,
        carbon_binder_ionic_conductivity_share=materials.carbon_binder_ionic_conductivity_share,
        voxel_size_metre=microstructure.voxel_size_metre,
        edge_voxels=labels.shape[0],
        volume_element_count=1,
        method=f"TauFactor {version('taufactor')} SOR from an aggregation-preconditioned conjugate gradient field, "
        f"float64, layer fluxes within {relative_tolerance:g}",
        particle_diffusion_radius_metre=microstructure.particle_diffusion_radius_metre,
        particle_sauter_radius_metre=microstructure.particle_sauter_radius_metre,
    )
