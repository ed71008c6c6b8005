"""The transport metrics whose uncertainty is carried to the KPIs, and how one of them is shifted."""

from __future__ import annotations

from dataclasses import replace

from schemas.electrode import Transport
from schemas.errors import MissingFieldError, UnknownFieldError, did_you_mean

VARIED_METRICS = (
    "pore_tortuosity_factor",
    "specific_surface_area_per_metre",
    "solid_effective_conductivity_siemens_per_metre",
)


def shifted(transport: Transport, varied: str) -> Transport:
    """The transport with one metric raised by its standard error; unchanged if `varied` is empty.

    Raises
    ------
    UnknownFieldError
        If it is not one of `VARIED_METRICS`.
    MissingFieldError
        If the standard error is unknown.
    """
    if not varied:
        return transport
    if varied not in VARIED_METRICS:
        raise UnknownFieldError(
            f"varied = {varied!r} is not a metric of transport: {did_you_mean(varied, VARIED_METRICS)}"
        )
    error = getattr(transport, f"{varied}_standard_error")
    if error is None:
        raise MissingFieldError(
            f"transport.{varied}_standard_error is null: a single volume has none. "
            "Average several volumes of the material, or leave `varied` empty."
        )
    return replace(transport, **{varied: getattr(transport, varied) + error})
