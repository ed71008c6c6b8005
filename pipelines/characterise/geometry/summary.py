"""A geometry in ten lines: name, value and unit of what a reader wants first."""

from __future__ import annotations

from schemas import Geometry

_PER_MICROMETRE = 1e6  # a length of one metre in micrometres


def geometry_summary(geometry: Geometry) -> tuple[tuple[str, float | None, str], ...]:
    """Rows of name, value and unit; lengths in micrometres, None for what the volume does not show.

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
        ("percolating part of the pores", geometry.pore_percolating_fraction, "-"),
        ("percolating part of the solids", geometry.solid_percolating_fraction, "-"),
        ("mean particle diameter", _micrometres(geometry.mean_particle_diameter_metre), "um"),
        ("median pore diameter", _micrometres(geometry.median_pore_diameter_metre), "um"),
    )


def _micrometres(length_metre: float | None) -> float | None:
    return None if length_metre is None else length_metre * _PER_MICROMETRE
