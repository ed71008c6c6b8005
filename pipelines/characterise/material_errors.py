"""By how much may the metrics of a volume be off, because bulk properties are known within a factor only?

Conductivities of bulk materials scatter by decades, so that their uncertainty is a factor: one standard deviation of
the logarithm. Each is divided by its factor in turn and the volume solved again; what that changes is its share of the
standard error, to first order and with the properties uncorrelated. All volumes of a material have it in common.

What it does not do: densities and the nanoporosity, which decide where a voxel is solid, have none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ragone.schemas import Materials

_FACTOR = "uncertainty_factor"
IONIC: Mapping[str, str] = {
    "carbon_binder_ionic_conductivity_share": f"carbon_binder_ionic_conductivity_share_{_FACTOR}"
}
ELECTRONIC: Mapping[str, str] = {
    f"{phase}_conductivity_siemens_per_metre": f"{phase}_conductivity_{_FACTOR}"
    for phase in ("active_material", "carbon_binder")
}


def material_error(
    materials: Materials, factors: Mapping[str, str], value: float, solve: Callable[[Materials], float]
) -> float | None:
    """Standard error of a metric by the materials, in its unit; null where none is stated, or nothing crosses.

    Parameters
    ----------
    materials
        With which the metric is `value`.
    factors
        The field of the uncertainty factor of each property that enters the metric, by the property's.
    value
        The metric.
    solve
        Returns it for other materials.
    """
    known = {name: getattr(materials, field) for name, field in factors.items() if getattr(materials, name)}
    changed: list[dict[str, Any]] = [{name: getattr(materials, name) / by} for name, by in known.items() if by]
    if not changed or value in (0, math.inf):
        return None
    return math.hypot(*(solve(replace(materials, **one)) - value for one in changed))
