"""The metrics of a material whose pores are taken by Bruggeman's relation instead of being measured.

tau = porosity^(1 - exponent), exponent 3/2 for a dilute random array of spheres; what a battery model assumes when
nobody has looked at the electrode. Fractions, area and the solids' conductivity stay as measured, for the relation
says nothing about them.

References
----------
Bruggeman 1935, doi 10.1002/andp.19354160705; Tjaden et al. 2016, doi 10.1016/j.coche.2016.02.006 (its limits).
"""

from __future__ import annotations

from dataclasses import replace

from ragone.pipelines.characterise.average import average_transport
from ragone.schemas import PredictedErrors, Transport, TransportOutcome, stage
from ragone.schemas.field import POSITIVE, Bounds


@stage("characterise.average_with_bruggeman")
def average_with_bruggeman(
    transports: tuple[Transport, ...], predicted: PredictedErrors | None = None, *, exponent: float = 1.5
) -> Transport:
    """Mean of several volume elements, but for the pores' tortuosity factor, which follows from their mean porosity.

    Parameters
    ----------
    transports, predicted
        The same as for `average_transport`.
    exponent
        Exponent of the relation D_eff / D = porosity^exponent [-], at least 1.

    Returns
    -------
    Transport
        Without standard error or bounds of the tortuosity factor; pores count as percolating.

    Raises
    ------
    MixedTransportsError
        As `average_transport`.
    BoundsError
        If the exponent is below 1 or there are no pores.
    """
    Bounds(low=1).require(exponent, "exponent", "1")
    mean = average_transport(transports, predicted)
    POSITIVE.require(mean.porosity, "transport.porosity", "1")
    return replace(
        mean,
        pore_tortuosity_factor=mean.porosity ** (1 - exponent),
        pore_tortuosity_factor_standard_error=None,
        materials_pore_tortuosity_factor_standard_error=None,
        pore_tortuosity_factor_lower=None,
        pore_tortuosity_factor_upper=None,
        pore_outcome=TransportOutcome.CONVERGED,
        method=f"{mean.method}; pores by Bruggeman's relation, exponent {exponent:g}",
    )
