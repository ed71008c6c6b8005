"""A geometry in ten lines: name, value and unit of what a reader wants first."""

from __future__ import annotations

from ragone.schemas import Geometry

_PER_MICROMETRE = 1e6  # a length of one metre in micrometres


def geometry_summary(geometry: Geometry) -> tuple[tuple[str, float | None, str], ...]:
    """Rows of name, value and unit; lengths in micrometres. What has no value is None, with the reason for a unit.

    Areas are by the Crofton formula; percolating fractions are through-plane.
    """
    rows: list[tuple[str, float | None, str]] = [
        (f"{name} fraction", float(value), "-")
        for name, value in zip(geometry.phase_names, geometry.phase_fraction, strict=True)
    ]
    rows += [
        (f"area {name}", float(value) / _PER_MICROMETRE, "1/um")
        for name, value in zip(geometry.pair_names, geometry.pair_area_per_metre, strict=True)
    ]
    return (
        *rows,
        ("triple-phase boundary", geometry.triple_phase_boundary_per_square_metre / _PER_MICROMETRE**2, "1/um^2"),
        _row(geometry, "percolating part of the pores", "pore_percolating_fraction"),
        _row(geometry, "percolating part of the solids", "solid_percolating_fraction"),
        _row(geometry, "mean particle diameter", "mean_particle_diameter_metre"),
        _row(geometry, "median pore diameter", "median_pore_diameter_metre"),
    )


def _row(geometry: Geometry, name: str, field: str) -> tuple[str, float | None, str]:
    value: float | None = getattr(geometry, field)
    if value is None:
        return name, None, geometry.methods.get("without_value", {}).get(field, "")
    return (name, value * _PER_MICROMETRE, "um") if field.endswith("_metre") else (name, value, "-")
