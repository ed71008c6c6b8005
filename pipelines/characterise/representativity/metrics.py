"""Which numbers of a transport record can be studied, and what does each volume element add to their mean?

The metric of several volume elements is the one that `average_transport` gives. For most metrics that is the arithmetic
mean. A tortuosity factor is a ratio of means, mean(porosity) / mean(porosity / tau); each volume element then
stands with its linearised value, whose mean is the ratio and whose scatter is that of the ratio. So a volume element
that does not percolate (tau = +inf, no effective diffusivity) is a finite value like any other.

What it does not do: nothing beyond first order in the scatter of the denominators.

References
----------
Cochran 1977, Sampling Techniques, 3rd ed., section 2.11.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ragone.schemas import Transport

Floats = npt.NDArray[np.float64]

TORTUOSITY_FACTOR = "pore_tortuosity_factor"
_GIVEN = (
    "active_material_conductivity_siemens_per_metre",
    "carbon_binder_conductivity_siemens_per_metre",
    "carbon_binder_ionic_conductivity_share",
    "nanopore_fraction",  # in proportion to that of the carbon-binder
)

METRICS: Mapping[str, str] = {
    name: spec.unit
    for name, spec in Transport.fields().items()
    if spec.dtype == "float64" and not spec.optional and name not in (*_GIVEN, "voxel_size_metre")
}


def linearised(transports: Sequence[Transport], metric: str) -> Floats:
    """Contributions of the volume elements to the mean of a metric.

    Parameters
    ----------
    transports
        Of single volume elements, measured alike; at least one.
    metric
        One of `METRICS`.

    Returns
    -------
    array
        Shape (n,), in the metric's unit. Its mean is the metric of all volume elements; all +inf if none percolates.
    """
    values = np.array([getattr(transport, metric) for transport in transports], dtype=np.float64)
    if metric != TORTUOSITY_FACTOR:
        return values
    fractions = np.array([transport.porosity for transport in transports])
    diffusivities = fractions / values
    mean_diffusivity = math.fsum(diffusivities) / len(values)
    if mean_diffusivity == 0:
        return np.full(len(values), np.inf)
    ratio = math.fsum(fractions) / math.fsum(diffusivities)
    return np.asarray(ratio + (fractions - ratio * diffusivities) / mean_diffusivity)
