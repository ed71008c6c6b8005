"""What if a measured metric were larger by its standard error? For the uncertainty of what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, get_args

from ragone.schemas import Transport, stage
from ragone.schemas.electrode import raised
from ragone.schemas.errors import MissingFieldError, UnknownFieldError, did_you_mean

Metric = Literal[
    "pore_tortuosity_factor",
    "specific_surface_area_per_metre",
    "solid_effective_conductivity_siemens_per_metre",
    "particle_sauter_radius_metre",
    "materials_pore_tortuosity_factor",
    "materials_solid_effective_conductivity_siemens_per_metre",
]
_MATERIALS = "materials_"  # the standard error is that by the bulk properties
PERTURBED_METRICS: tuple[str, ...] = get_args(Metric)


@stage("characterise.perturb")
def perturb(transport: Transport, *, metric: Metric) -> Transport:
    """Raise one metric by its standard error; the others stay.

    Parameters
    ----------
    transport
        With the standard error of that metric.
    metric
        One of `PERTURBED_METRICS`; with `materials_` before it, the error is that by the bulk properties.

    Returns
    -------
    Transport
        Its method says at its end which metric was raised.

    Raises
    ------
    UnknownFieldError
        If there is no such metric.
    MissingFieldError
        If its standard error is unknown.
    """
    if metric not in PERTURBED_METRICS:
        raise UnknownFieldError(f"metric = {metric!r} is none of transport: {did_you_mean(metric, PERTURBED_METRICS)}")
    error = getattr(transport, f"{metric}_standard_error")
    if error is None:
        raise MissingFieldError(
            f"transport.{metric}_standard_error is null: a single volume has one only where that by "
            "its voxels was estimated. Average several volumes of the material, extrapolate them "
            "(homogenise_extrapolated), or leave this metric as it is."
            if not metric.startswith(_MATERIALS)
            else f"transport.{metric}_standard_error is null: the materials state no uncertainty. "
            "State the uncertainty factors of their conductivities, or leave this metric as it is."
        )
    name = metric.removeprefix(_MATERIALS)
    changed: dict[str, Any] = {name: getattr(transport, name) + error}
    return replace(transport, **changed, method=transport.method + raised(metric))
