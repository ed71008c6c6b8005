"""What are the metrics of the material, given several volume elements of it? Means with standard errors.

Fractions, area and effective transport coefficients are averaged arithmetically: the volume elements stand side by side
and conduct in parallel, so one that does not percolate counts with zero. The tortuosity factor follows from the means,
tau = mean(porosity) / mean(porosity / tau_i); it is infinite only if no volume element percolates. Sums are
exact, so the order of the volume elements does not matter.

Radii of the particles are averaged as those of one powder: the square of the diffusion radius, and the inverse of the
Sauter radius, each weighted by the volume of active material.

Volume elements have in common how far their voxels are off, where that was estimated (`extrapolate`), and those that a
generator drew how far it is. Both enter the standard errors in quadrature; no number of volume elements makes them
smaller. How far single volume elements scatter is not known from one: its error by the voxels alone would be far too
small for the material, so that the mean of one has none. What uncertain bulk properties do (`material_errors`) stays
apart.

What it does not do: volume elements stacked in series would conduct less; a bound from below is not given.

References
----------
Cochran 1977, Sampling Techniques, 3rd ed., section 2.11 (standard error of a ratio of means).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ragone.pipelines.characterise.carriers import tortuosity_factor
from ragone.pipelines.characterise.errors import MixedTransportsError
from ragone.schemas import PredictedErrors, Transport, TransportOutcome, stage

_ALIKE = (
    "surface_area_method",
    "active_material_conductivity_siemens_per_metre",
    "carbon_binder_conductivity_siemens_per_metre",
    "carbon_binder_ionic_conductivity_share",
    "voxel_size_metre",
    "edge_voxels",
    "method",
)
_STANDARD_ERROR = "_standard_error"
_METRICS = (
    "specific_surface_area_per_metre",
    "pore_tortuosity_factor",
    "solid_effective_conductivity_siemens_per_metre",
)
_BY_MATERIALS = _METRICS[1:]
_RADIUS = "particle_sauter_radius_metre"
_PORE_BOUND = "pore_tortuosity_factor_"
_SOLID_BOUND = "solid_effective_conductivity_siemens_per_metre_"


@stage("characterise.average_transport")
def average_transport(transports: tuple[Transport, ...], predicted: PredictedErrors | None = None) -> Transport:
    """Mean of the metrics of several single volume elements, measured alike.

    Parameters
    ----------
    transports
        Metrics of single volume elements, at least one, with equal voxel size, edge, bulk conductivities and methods.
    predicted
        Expected errors of the generator that drew them; none if they were simulated or imaged.

    Returns
    -------
    Transport
        Standard errors are those of the mean, with those by the voxels and by the generator in quadrature; null for one
        volume element unless a generator's are known, and for a quantity that is infinite. The outcome is not
        percolating if no volume element percolates, else step limit if a volume element met it, else converged.

    Raises
    ------
    MixedTransportsError
        If there is none, or they are not alike.
    """
    _require_alike(transports)
    count = len(transports)
    diffusivities = [t.porosity / t.pore_tortuosity_factor for t in transports]
    porosities = [t.porosity for t in transports]
    areas = [t.specific_surface_area_per_metre for t in transports]
    conductivities = [t.solid_effective_conductivity_siemens_per_metre for t in transports]
    tau, tau_error = _ratio_of_means(porosities, diffusivities)
    mean = replace(
        transports[0],
        pore_fraction=_mean([t.pore_fraction for t in transports]),
        nanopore_fraction=_mean([t.nanopore_fraction for t in transports]),
        active_material_fraction=_mean([t.active_material_fraction for t in transports]),
        carbon_binder_fraction=_mean([t.carbon_binder_fraction for t in transports]),
        specific_surface_area_per_metre=_mean(areas),
        specific_surface_area_per_metre_standard_error=_standard_error(areas),
        pore_tortuosity_factor=tau,
        pore_tortuosity_factor_standard_error=tau_error,
        pore_outcome=_outcome([t.pore_outcome for t in transports]),
        solid_effective_conductivity_siemens_per_metre=_mean(conductivities),
        solid_effective_conductivity_siemens_per_metre_standard_error=_standard_error(conductivities),
        solid_outcome=_outcome([t.solid_outcome for t in transports]),
        volume_element_count=count,
        **_bounds(transports),
        **_radii(transports),
    )
    mean = replace(mean, **_with_voxel_errors(mean, transports), **_with_material_errors(mean, transports))
    return mean if predicted is None else replace(mean, **_with_errors(mean, predicted))


def _with_voxel_errors(mean: Transport, transports: Sequence[Transport]) -> dict[str, Any]:
    """The standard errors of a mean together with the relative ones of its volume elements, averaged."""
    found: dict[str, Any] = {}
    for name in _METRICS:
        value, scatter = getattr(mean, name), getattr(mean, f"{name}{_STANDARD_ERROR}")
        pairs = [(getattr(t, name), getattr(t, f"{name}{_STANDARD_ERROR}")) for t in transports]
        relative = [error / single for single, error in pairs if error is not None and single > 0]
        if scatter is not None and relative and math.isfinite(value):
            found[f"{name}{_STANDARD_ERROR}"] = math.hypot(value * _mean(relative), scatter)
    return found


def _with_material_errors(mean: Transport, transports: Sequence[Transport]) -> dict[str, Any]:
    """The standard errors by the materials: the relative ones of the volume elements that conduct, averaged."""
    found: dict[str, Any] = {}
    for name in _BY_MATERIALS:
        value, field = getattr(mean, name), f"materials_{name}{_STANDARD_ERROR}"
        pairs = [(getattr(t, name), getattr(t, field)) for t in transports]
        relative = [error / single for single, error in pairs if error is not None and single > 0]
        found[field] = value * _mean(relative) if relative and math.isfinite(value) else None
    return found


def _with_errors(mean: Transport, predicted: PredictedErrors) -> dict[str, Any]:
    """The standard errors of a mean together with what a generator adds; and that it did."""
    found: dict[str, Any] = {"method": f"{mean.method}; standard errors with the generator's own"}
    for name, relative in zip(predicted.metric_names, predicted.relative_standard_error, strict=True):
        value, scatter = getattr(mean, name), getattr(mean, f"{name}{_STANDARD_ERROR}")
        if math.isfinite(value):
            found[f"{name}{_STANDARD_ERROR}"] = math.hypot(value * float(relative), scatter or 0.0)
    return found


def _bounds(transports: Sequence[Transport]) -> dict[str, Any]:
    """Certified bounds of the means: those of each volume element, averaged alike; null if one has none."""
    found: dict[str, float | None] = {}
    porosities = [t.porosity for t in transports]
    for side in ("lower", "upper"):
        conductivities = [getattr(t, _SOLID_BOUND + side) for t in transports]
        factors = [getattr(t, _PORE_BOUND + side) for t in transports]
        found[_SOLID_BOUND + side] = None if None in conductivities else _mean(conductivities)
        if None in factors:
            found[_PORE_BOUND + side] = None
        else:
            diffusivity = _mean([share / factor for share, factor in zip(porosities, factors, strict=True)])
            found[_PORE_BOUND + side] = tortuosity_factor(_mean(porosities), diffusivity)
    return found


def _radii(transports: Sequence[Transport]) -> dict[str, Any]:
    """Radii of the particles of all volume elements together, and the standard error; null if one has none."""
    volumes = [t.active_material_fraction for t in transports]
    squares = [None if (radius := t.particle_diffusion_radius_metre) is None else radius**2 for t in transports]
    areas = [None if (radius := t.particle_sauter_radius_metre) is None else 1 / radius for t in transports]
    square, _ = _weighted(squares, volumes)
    area, error = _weighted(areas, volumes)
    radius = None if area is None else 1 / area
    return {
        "particle_diffusion_radius_metre": None if square is None else math.sqrt(square),
        _RADIUS: radius,
        f"{_RADIUS}{_STANDARD_ERROR}": None if radius is None or error is None else error * radius**2,
    }


def _weighted(values: Sequence[float | None], weights: Sequence[float]) -> tuple[float | None, float | None]:
    """Weighted mean with its standard error; nulls where a value is null or there is no weight.

    Values that are all the same are a property of the material, not samples of it: without a standard error.
    """
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not any(weights):
        return None, None
    if len(set(known)) == 1:
        return known[0], None
    mean = math.fsum(w * v for w, v in zip(weights, known, strict=True)) / math.fsum(weights)
    error = _standard_error([w * (v - mean) for w, v in zip(weights, known, strict=True)])
    return mean, None if error is None else error / _mean(weights)


def _require_alike(transports: Sequence[Transport]) -> None:
    if not transports:
        raise MixedTransportsError("there is no transport to average. Give at least one.")
    for transport in transports:
        if transport.volume_element_count != 1:
            raise MixedTransportsError(
                f"a transport is already a mean of {transport.volume_element_count} volume elements. "
                "Average the single ones together."
            )
        for field in _ALIKE:
            values = (getattr(transports[0], field), getattr(transport, field))
            if values[0] != values[1]:
                raise MixedTransportsError(
                    f"{field} is {values[0]} in one transport and {values[1]} in another. "
                    "Average volume elements measured alike."
                )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _standard_error(values: Sequence[float]) -> float | None:
    """Standard error of the mean; null for a single value."""
    if len(values) < 2:
        return None
    mean = _mean(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))


def _ratio_of_means(numerators: Sequence[float], denominators: Sequence[float]) -> tuple[float, float | None]:
    """mean(numerators) / mean(denominators) with its standard error; (+inf, null) if the denominators are all zero."""
    denominator = _mean(denominators)
    if denominator == 0:
        return math.inf, None
    ratio = _mean(numerators) / denominator
    error = _standard_error([n - ratio * d for n, d in zip(numerators, denominators, strict=True)])
    return max(1.0, ratio), None if error is None else error / denominator


def _outcome(outcomes: Sequence[TransportOutcome]) -> TransportOutcome:
    if all(o is TransportOutcome.NOT_PERCOLATING for o in outcomes):
        return TransportOutcome.NOT_PERCOLATING
    return TransportOutcome.MAX_STEPS if TransportOutcome.MAX_STEPS in outcomes else TransportOutcome.CONVERGED
