"""How do ions and electrons cross this microstructure? The four metrics of a volume, by TauFactor.

Volume fractions; area between active material and pore; tortuosity factor of the pores; effective conductivity of
the solids. Transport is along axis 0, sides are closed. Every pore voxel counts in the fraction and the area, also
those that no ion reaches; only spanning clusters conduct.

The tortuosity factor is defined by D_eff / D = pore_fraction / tau with the *whole* pore fraction of the record, so
that a cell model that multiplies the two gets the computed effective diffusivity. Hence a dead end or a closed pore
leaves D_eff as it is and raises tau in proportion to the pore fraction.

What it does not do: conduction through point or edge contacts of voxels, contact resistance, transport inside the
carbon-binder (it is dense to ions), sub-voxel structure. A phase name other than pore, active_material and
carbon_binder neither conducts nor counts.
"""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from pipelines.characterise.conduction import Conduction, Labels, effective_conductivity
from pipelines.characterise.surface import METHOD, specific_surface_area
from schemas import Microstructure, Transport, stage
from schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PHASES, PORE

_LABEL = {phase: label for label, phase in enumerate(PHASES)}
_UNKNOWN = len(PHASES)


@stage("characterise.characterise_with_taufactor", libraries=("taufactor", "torch", "numpy", "scipy"))
def characterise_with_taufactor(
    microstructure: Microstructure,
    *,
    active_material_conductivity_siemens_per_metre: float = 0.1,
    carbon_binder_conductivity_siemens_per_metre: float = 100.0,
    relative_tolerance: float = 1e-4,
    largest_step_count: int = 10_000,
) -> Transport:
    """Volume fractions, specific surface area, tortuosity factor and effective conductivity of one volume.

    Parameters
    ----------
    microstructure
        Axis 0 is through-plane. A phase may be absent.
    active_material_conductivity_siemens_per_metre
        Electronic, bulk [S/m], >= 0. NMC spans 1e-5 (lithiated) to 1 (three quarters charged); one number stands for
        all states, the default for a well charged particle.
    carbon_binder_conductivity_siemens_per_metre
        Electronic, bulk [S/m], >= 0. Default: order of magnitude of dense carbon-black-filled PVDF.
    relative_tolerance
        Largest spread of the flux from layer to layer, and largest change over 100 sweeps [-].
    largest_step_count
        Sweeps after which the value so far is stored [-].

    Returns
    -------
    Transport
        A phase that does not span the volume is an outcome: tortuosity factor +inf, conductivity 0.

    References
    ----------
    Amin and Chiang 2016, J. Electrochem. Soc. 163, A1512, doi 10.1149/2.0131608jes (NMC333 and NMC523 against lithium
    content). Grillet et al. 2016, J. Electrochem. Soc. 163, A1859, doi 10.1149/2.0341609jes (carbon-black-filled PVDF;
    it depends on carbon content and on wear).
    """
    labels = _canonical(microstructure)
    fractions = np.bincount(labels.reshape(-1), minlength=_UNKNOWN + 1) / labels.size
    solid_conductivities = {
        _LABEL[ACTIVE_MATERIAL]: active_material_conductivity_siemens_per_metre,
        _LABEL[CARBON_BINDER]: carbon_binder_conductivity_siemens_per_metre,
    }
    pore, solid = (
        effective_conductivity(
            labels, conductivities, relative_tolerance=relative_tolerance, largest_step_count=largest_step_count
        )
        for conductivities in ({_LABEL[PORE]: 1.0}, solid_conductivities)
    )
    pore_fraction = float(fractions[_LABEL[PORE]])
    return Transport(
        pore_fraction=pore_fraction,
        active_material_fraction=float(fractions[_LABEL[ACTIVE_MATERIAL]]),
        carbon_binder_fraction=float(fractions[_LABEL[CARBON_BINDER]]),
        specific_surface_area_per_metre=specific_surface_area(
            labels, (_LABEL[PORE], _LABEL[ACTIVE_MATERIAL]), microstructure.voxel_size_metre
        ),
        surface_area_method=METHOD,
        pore_tortuosity_factor=_tortuosity_factor(pore_fraction, pore),
        pore_outcome=pore.outcome,
        solid_effective_conductivity_siemens_per_metre=max(solid.conductivity, 0.0),
        solid_outcome=solid.outcome,
        active_material_conductivity_siemens_per_metre=active_material_conductivity_siemens_per_metre,
        carbon_binder_conductivity_siemens_per_metre=carbon_binder_conductivity_siemens_per_metre,
        voxel_size_metre=microstructure.voxel_size_metre,
        edge_voxels=labels.shape[0],
        cube_count=1,
        method=f"TauFactor {version('taufactor')} SOR from an aggregation-preconditioned conjugate gradient field, "
        f"float64, layer fluxes within {relative_tolerance:g}",
    )


def _canonical(microstructure: Microstructure) -> Labels:
    """Labels 0 pore, 1 active material, 2 carbon-binder, 3 anything else."""
    table = np.full(256, _UNKNOWN, dtype=np.uint8)
    for phase, label in microstructure.phase_map().items():
        table[label] = _LABEL.get(phase, _UNKNOWN)
    return np.asarray(table[microstructure.labels])


def _tortuosity_factor(pore_fraction: float, pore: Conduction) -> float:
    """From D_eff / D = pore_fraction / tau; rounding may not bring a straight pore below one."""
    return max(1.0, pore_fraction / pore.conductivity) if pore.conductivity > 0 else float("inf")
