"""Transport records of synthetic volume elements whose bias, scatter and dependence on the voxel are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ragone.schemas import Transport, TransportOutcome

POROSITY = 0.4


def element(tau: float, edge: int, voxel: float = 4e-7, **changes: Any) -> Transport:
    """One volume element with a given tortuosity factor."""
    made = Transport(
        pore_fraction=POROSITY,
        active_material_fraction=1 - POROSITY,
        carbon_binder_fraction=0.0,
        specific_surface_area_per_metre=1e6,
        surface_area_method="none",
        pore_tortuosity_factor=tau,
        pore_outcome=TransportOutcome.CONVERGED,
        solid_effective_conductivity_siemens_per_metre=1.0,
        solid_outcome=TransportOutcome.CONVERGED,
        active_material_conductivity_siemens_per_metre=1.0,
        carbon_binder_conductivity_siemens_per_metre=100.0,
        voxel_size_metre=voxel,
        edge_voxels=edge,
        volume_element_count=1,
        method="synthetic",
    )
    return replace(made, **changes)


def elements(
    edges: tuple[int, ...],
    count: int,
    *,
    rng: np.random.Generator,
    value: float = 2.0,
    bias: float = 1.0,
    scatter: float = 1.0,
) -> tuple[Transport, ...]:
    """Normal volume elements with mean value (1 + bias / edge) and relative scatter scatter (8 / edge)^(3/2) / 10."""
    made = []
    for edge in edges:
        noise = rng.standard_normal(count) * scatter * (8 / edge) ** 1.5 / 10
        # 1 / tau is what is averaged: noise on it keeps the mean of the ratio where it should be
        made += [element(value * (1 + bias / edge) / (1 + float(n)), edge) for n in noise]
    return tuple(made)
