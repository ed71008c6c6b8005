"""Cheap stages behind the Protocols of the loop, for testing the flows without the physics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from flows.engines import ENGINES
from schemas import (
    CellOutcome,
    CellParameters,
    Design,
    Discharge,
    DischargeOutcome,
    Kpi,
    Microstructure,
    Transport,
    TransportOutcome,
    stage,
)
from schemas.electrode import cubic_voxels

STUDY = {
    "study": {
        "name": "stand-in",
        "seed": 7,
        "space": {
            "active_material_weight_fraction": 0.95,
            "porosity": {"low": 0.2, "high": 0.6},
            "binder_adhesion": {"low": 0, "high": 1},
            "mass_loading": {"low": "10 mg/cm^2", "high": "30 mg/cm^2"},
        },
        "objective": {"kpi": "energy_density", "power": "40 W"},
        "budget": {"initial": 2, "total": 4, "batch": 1},
        "resolution": {"edge_voxels": 8, "voxel_size": "0.5 um", "cubes": 2},
        "stages": {
            **{part: {"engine": "stand_in"} for part in ("manufacture", "characterise", "cell", "discharge")},
            "suggest": {"engine": "sobol"},
        },
        "executor": {"kind": "serial"},
    }
}


@stage("stand_in.draw")
def draw(
    design: Design, *, edge_voxels: int, voxel_size_metre: float, seed: int, fail_above_porosity: float = 1.0
) -> Microstructure:
    """Uncorrelated voxels; raises for a porosity above the limit."""
    if design.porosity > fail_above_porosity:
        raise RuntimeError(f"porosity {design.porosity:.3f} is too much for this engine")
    solid = np.random.default_rng(seed).random((edge_voxels,) * 3) > design.porosity
    return Microstructure(
        labels=solid.astype(np.uint8),
        voxel_edges_metre=cubic_voxels(voxel_size_metre),
        phase_names=("pore", "active_material", "carbon_binder"),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="stand-in",
        licence="own",
    )


@stage("stand_in.measure")
def measure(microstructure: Microstructure) -> Transport:
    """Fractions by counting, tortuosity factor by Bruggeman's relation."""
    porosity = float((microstructure.labels == 0).mean())
    return Transport(
        pore_fraction=porosity,
        active_material_fraction=1 - porosity,
        carbon_binder_fraction=0.0,
        specific_surface_area_per_metre=1e6,
        surface_area_method="none",
        pore_tortuosity_factor=porosity**-0.5,
        pore_outcome=TransportOutcome.CONVERGED,
        solid_effective_conductivity_siemens_per_metre=1.0,
        solid_outcome=TransportOutcome.CONVERGED,
        active_material_conductivity_siemens_per_metre=1.0,
        carbon_binder_conductivity_siemens_per_metre=100.0,
        voxel_size_metre=microstructure.voxel_size_metre,
        edge_voxels=microstructure.labels.shape[0],
        cube_count=1,
        method="stand-in",
    )


@stage("stand_in.build")
def build(transport: Transport, *, mass_loading_kilogram_per_square_metre: float, varied: str = "") -> CellParameters:
    """A cell whose capacity is its solid fraction; a varied metric makes it 1 % smaller."""
    return CellParameters(
        outcome=CellOutcome.BUILT,
        parameter_set="stand-in",
        form_factor="stand-in",
        positive_thickness_metre=mass_loading_kilogram_per_square_metre * 1e-3,
        positive_porosity=transport.pore_fraction,
        positive_active_material_fraction=transport.active_material_fraction,
        positive_pore_tortuosity_factor=transport.pore_tortuosity_factor,
        positive_effective_conductivity_siemens_per_metre=1.0,
        positive_surface_area_ratio=1.0,
        positive_particle_radius_metre=1e-6,
        negative_thickness_metre=1e-4,
        negative_to_positive_capacity_ratio=1.1,
        electrode_area_square_metre=0.3,
        nominal_capacity_ampere_hour=20 * transport.active_material_fraction * (0.99 if varied else 1.0),
        cell_volume_cubic_metre=1.3e-4,
        cell_mass_kilogram=0.35,
        components={},
        varied=varied,
        method="stand-in",
    )


@stage("stand_in.discharge")
def discharge(cell: CellParameters, *, power_watt: float, infeasible_above_porosity: float = 1.0) -> Discharge:
    """Constant voltage until empty, less what a long tortuous electrode loses."""
    feasible = cell.positive_porosity <= infeasible_above_porosity
    lost = 0.1 * cell.positive_pore_tortuosity_factor**2 * (cell.positive_thickness_metre / 2e-4) ** 2
    hours = max(cell.nominal_capacity_ampere_hour * 3.6 / power_watt - lost, 0.01) if feasible else 0.0
    time = np.linspace(0.0, 3600 * hours, 5) if feasible else np.empty(0)
    return Discharge(
        outcome=DischargeOutcome.COMPLETED if feasible else DischargeOutcome.INFEASIBLE,
        power_watt=power_watt,
        lower_voltage_volt=2.5,
        ambient_temperature_kelvin=298.15,
        test_time_second=time,
        voltage_volt=np.full(time.shape, 3.6),
        current_ampere=np.full(time.shape, -power_watt / 3.6),
        varied=cell.varied,
        method="stand-in",
    )


@stage("stand_in.suggest")
def run_out_of_ideas(
    designs: tuple[Design, ...],
    objectives: tuple[Kpi, ...],
    failed: tuple[Design, ...] = (),
    *,
    space: Mapping[str, Any],
    count: int,
    maximise: bool,
    seed: int,
) -> Mapping[str, Design]:
    """Suggests nothing."""
    raise RuntimeError("out of ideas")


def register() -> None:
    """Make the stand-ins known as engines of that name."""
    for part, made in (("manufacture", draw), ("characterise", measure), ("cell", build), ("discharge", discharge)):
        ENGINES[part]["stand_in"] = made
