"""How tortuous would impedance find these pores? The electrode tortuosity factor, beside that of ions that cross.

Impedance of a symmetric cell whose electrodes block gives the resistance R of ions that charge the walls of the pores,
and tau = 3 pore_fraction k A R / L, with the conductivity k of the electrolyte, the thickness L and the cross-section A
(Landesfeind et al. 2016). Dead ends are charged like all other pores and count; ions that cross (`homogenise`) never
see them. Where pores are alike along the thickness and have no dead ends the two factors are the same; a volume whose
walls lie near the separator has a smaller one.

The limit of low frequencies is solved, in which the walls of active material and of carbon-binder take up the same
current for their area (`kernel.blocking`). Charge enters at the first layer of axis 0.

What it does not do: the carbon-binder's own pores, whose walls are most of the area that a real cell charges, and a
pore's resistance at higher frequencies. Measured factors are higher than those of images without a carbon-binder
(Landesfeind et al. 2018).

References
----------
Nguyen et al. 2020, npj Comput. Mater. 6, 123, doi 10.1038/s41524-020-00386-4. Landesfeind et al. 2016, J. Electrochem.
Soc. 163, A1373, doi 10.1149/2.1141607jes; 2018, J. Electrochem. Soc. 165, A469, doi 10.1149/2.0231803jes.
"""

from __future__ import annotations

import math

from ragone.pipelines.characterise.carriers import LABEL, UNKNOWN, canonical_labels, method_with_voxels, voxel_edges
from ragone.pipelines.characterise.geometry import phase_fractions
from ragone.pipelines.characterise.homogenise import KERNEL, LIBRARIES
from ragone.pipelines.characterise.kernel.blocking import blocked_conductivity
from ragone.schemas import ElectrodeTortuosity, Microstructure, stage
from ragone.schemas.electrode import PORE
from ragone.schemas.parameter import Positive

_IN_THE_PORES = {label: float(label == LABEL[PORE]) for label in range(UNKNOWN + 1)}
_METHOD = "blocked at the last layer, walls charged evenly by area of voxel faces, low frequency; {}"


@stage("characterise.measure_electrode_tortuosity", libraries=LIBRARIES)
def measure_electrode_tortuosity(
    microstructure: Microstructure, *, relative_tolerance: Positive = 3e-4, largest_iteration_count: int = 500
) -> ElectrodeTortuosity:
    """Electrode tortuosity factor of one volume, as a symmetric cell of it with blocking electrodes has.

    Parameters
    ----------
    microstructure
        Axis 0 is through-plane; its first layer is the separator's side.
    relative_tolerance
        Largest width of the certified interval over the value [-].
    largest_iteration_count
        After which the interval reached is stored [-].

    Returns
    -------
    ElectrodeTortuosity
        Pores that charge cannot enter, or that have no walls, are an outcome: tortuosity factor +inf.
    """
    labels = canonical_labels(microstructure)
    found = blocked_conductivity(
        labels,
        _IN_THE_PORES,
        voxel_size=voxel_edges(microstructure),
        relative_tolerance=relative_tolerance,
        largest_iteration_count=largest_iteration_count,
    )
    pores = phase_fractions(labels).get(LABEL[PORE], 0.0)
    return ElectrodeTortuosity(
        pore_fraction=pores,
        electrode_tortuosity_factor=_over(pores, found.value),
        electrode_tortuosity_factor_lower=_over(pores, found.upper),
        electrode_tortuosity_factor_upper=_over(pores, found.lower),
        outcome=found.outcome,
        voxel_size_metre=microstructure.equivalent_voxel_size_metre,
        method=method_with_voxels(_METHOD.format(KERNEL.format(relative_tolerance)), microstructure),
    )


def _over(pores: float, conductivity: float) -> float:
    return pores / conductivity if conductivity > 0 else math.inf
