"""Measurements of a microstructure as lines for the eye: name, value, unit, and what bounds it."""

from __future__ import annotations

import numpy as np

from ragone.app.tables.answers import number
from ragone.pipelines.characterise.extrapolate import is_extrapolated
from ragone.pipelines.characterise.geometry import geometry_summary
from ragone.schemas import ElectrodeTortuosity, Geometry, RandomWalk, Record, Transport, TransportTensor
from ragone.schemas.electrode import PHASES

_AREA, _TAU = "specific_surface_area_per_metre", "pore_tortuosity_factor"
_SIGMA = "solid_effective_conductivity_siemens_per_metre"
_AXES = ("through-plane", "in-plane", "in-plane")


def measured_lines(record: Record) -> list[str]:
    """Lines that say what was measured; none for another kind of record."""
    if isinstance(record, Transport):
        return transport_lines(record)
    if isinstance(record, TransportTensor):
        return _tensor_lines(record)
    if isinstance(record, Geometry):
        return [_line(name, value, unit) for name, value, unit in geometry_summary(record)]
    if isinstance(record, ElectrodeTortuosity):
        return [_electrode_line(record)]
    return _walk_lines(record) if isinstance(record, RandomWalk) else []


def transport_lines(transport: Transport) -> list[str]:
    """Fractions, area, tortuosity factor and conductivity, with certified intervals or standard errors if there are."""
    solid, pore = transport.solid_effective_conductivity_siemens_per_metre, transport.pore_tortuosity_factor
    area, voxel = transport.specific_surface_area_per_metre, transport.voxel_size_metre * 1e6
    shares = {name: getattr(transport, f"{name}_fraction") for name in PHASES}
    tau = _interval(transport.pore_tortuosity_factor_lower, transport.pore_tortuosity_factor_upper)
    sigma = _interval(
        transport.solid_effective_conductivity_siemens_per_metre_lower,
        transport.solid_effective_conductivity_siemens_per_metre_upper,
    )
    return [
        "volume fractions: " + ", ".join(f"{name} {share:.4f}" for name, share in shares.items()),
        f"specific surface area {area:.4g}{_error(transport, _AREA)} 1/m ({transport.surface_area_method})",
        f"pore tortuosity factor {pore:.4g}{tau}{_error(transport, _TAU)} [-]{_resolved(transport)} {voxel:.4g} um "
        f"({transport.pore_outcome})",
        f"solid effective conductivity {solid:.4g}{sigma}{_error(transport, _SIGMA)} S/m ({transport.solid_outcome})",
    ]


def _tensor_lines(tensor: TransportTensor) -> list[str]:
    taus = tensor.pore_tortuosity_factors()
    sigmas = np.diag(tensor.solid_conductivity_siemens_per_metre)
    lines = [
        f"axis {axis} ({name}): tau {taus[axis]:.4g} [-] ({tensor.pore_outcomes[axis]}), "
        f"solids {sigmas[axis]:.4g} S/m ({tensor.solid_outcomes[axis]})"
        for axis, name in enumerate(_AXES)
    ]
    lines.append(
        f"in-plane over through-plane: pores {_ratio(tensor.pore_anisotropy)}, "
        f"solids {_ratio(tensor.solid_anisotropy)} ({tensor.boundary})"
    )
    for carrier, values, axes, unit in (
        ("pores", tensor.pore_principal_values, tensor.pore_principal_axes, "-"),
        ("solids", tensor.solid_principal_values_siemens_per_metre, tensor.solid_principal_axes, "S/m"),
    ):
        listed = ", ".join(
            f"{number(float(value))} along ({', '.join(f'{part:.2f}' for part in axis)})"
            for value, axis in zip(values[0], axes.T, strict=True)
        )
        lines.append(f"principal values of the {carrier} [{unit}]: {listed}")
    return lines


def _ratio(anisotropy: float | None) -> str:
    return "none, since nothing crosses" if anisotropy is None else f"{anisotropy:.4g} [-]"


def _electrode_line(found: ElectrodeTortuosity) -> str:
    interval = _interval(found.electrode_tortuosity_factor_lower, found.electrode_tortuosity_factor_upper)
    return (
        f"electrode tortuosity factor {found.electrode_tortuosity_factor:.4g}{interval} [-] at voxels of "
        f"{found.voxel_size_metre * 1e6:.4g} um ({found.outcome})"
    )


def _walk_lines(walk: RandomWalk) -> list[str]:
    lines = []
    for axis, name in enumerate(_AXES):
        tau = getattr(walk, f"tortuosity_factor_axis_{axis}")
        error = getattr(walk, f"tortuosity_factor_axis_{axis}_standard_error")
        spread = "" if error is None else f" ± {error:.2g}"
        outcome = getattr(walk, f"outcome_axis_{axis}")
        lines.append(f"axis {axis} ({name}): tau of the {walk.phase} by walkers {tau:.4g}{spread} [-] ({outcome})")
    return [*lines, f"{walk.walker_count} walkers, {walk.step_count} steps each"]


def _line(name: str, value: float | None, unit: str) -> str:
    """One row; of what has no value, the unit is the reason."""
    if value is None:
        return f"{name}: none ({unit})" if unit else f"{name}: none"
    return f"{name}: {value:.4g} {unit}"


def _resolved(transport: Transport) -> str:
    return ", extrapolated from voxels of" if is_extrapolated(transport) else " at voxels of"


def _error(transport: Transport, metric: str) -> str:
    error = getattr(transport, f"{metric}_standard_error")
    return "" if error is None else f" ± {error:.2g}"


def _interval(lower: float | None, upper: float | None) -> str:
    return "" if lower is None or upper is None else f" [{lower:.5g}, {upper:.5g}]"
