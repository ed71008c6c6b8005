"""Records and stages that cost next to nothing, so that what is measured is the lake."""

from __future__ import annotations

import numpy as np

from ragone.schemas import (
    CellOutcome,
    CellParameters,
    Design,
    Discharge,
    DischargeOutcome,
    Kpi,
    KpiOutcome,
    Microstructure,
    Transport,
    TransportOutcome,
    stage,
)
from ragone.schemas.electrode import cubic_voxels

_PHASES = np.array([0, 1, 2], np.uint8)


def design(number: int) -> Design:
    """A design of its own for each number."""
    return Design(
        active_material_weight_fraction=0.95,
        porosity=0.2 + 0.5 * (number + 0.5) / (number + 1_000_000.0),
        binder_adhesion=0.5,
        mass_loading_kilogram_per_square_metre=0.2,
    )


def kpi(value: float) -> Kpi:
    """A KPI of that value."""
    return Kpi(
        name="energy_density",
        value=value,
        unit="W.h/L",
        outcome=KpiOutcome.MEASURED,
        sample_count=1,
        definition="none",
        method="trivial",
    )


@stage("benchmark.scale")
def scale(of: Kpi, *, factor: float) -> Kpi:
    """The KPI times the factor."""
    return kpi(of.measured_value * factor)


@stage("benchmark.draw")
def draw(of: Design, *, seed: int) -> Microstructure:
    """Eight random voxels."""
    labels = np.random.default_rng([seed, int(of.porosity * 2**50)]).integers(0, 3, (2, 2, 2), dtype=np.uint8)
    return Microstructure(
        labels=labels, voxel_edges_metre=cubic_voxels(1e-6), phase_labels=_PHASES, source="random", licence="own"
    )


@stage("benchmark.measure")
def measure(design: Design, cube: Microstructure) -> Transport:
    """Made up from the design and the voxels."""
    return Transport(
        pore_fraction=design.porosity,
        active_material_fraction=float(cube.labels.mean()) / 10,
        carbon_binder_fraction=0.0,
        specific_surface_area_per_metre=1e5,
        surface_area_method="none",
        pore_tortuosity_factor=2.0,
        pore_outcome=TransportOutcome.CONVERGED,
        solid_effective_conductivity_siemens_per_metre=1.0,
        solid_outcome=TransportOutcome.CONVERGED,
        active_material_conductivity_siemens_per_metre=0.18,
        carbon_binder_conductivity_siemens_per_metre=375.0,
        voxel_size_metre=1e-6,
        edge_voxels=2,
        volume_element_count=1,
        method="trivial",
    )


@stage("benchmark.build")
def build(transport: Transport) -> CellParameters:
    """A cell that carries the porosity."""
    return CellParameters(
        outcome=CellOutcome.BUILT,
        parameter_set="none",
        form_factor="4680",
        positive_thickness_metre=8e-5,
        positive_porosity=transport.pore_fraction,
        positive_active_material_fraction=0.1,
        positive_pore_tortuosity_factor=2.0,
        positive_effective_conductivity_siemens_per_metre=1.0,
        positive_surface_area_ratio=0.9,
        positive_particle_radius_metre=5e-6,
        negative_thickness_metre=9e-5,
        negative_to_positive_capacity_ratio=1.1,
        electrode_area_square_metre=0.5,
        nominal_capacity_ampere_hour=25.0,
        cell_volume_cubic_metre=1.33e-4,
        cell_mass_kilogram=0.35,
        components={},
        method="trivial",
    )


@stage("benchmark.discharge")
def discharge(cell: CellParameters) -> Discharge:
    """Two points."""
    return Discharge(
        outcome=DischargeOutcome.COMPLETED,
        power_watt=40.0,
        lower_voltage_volt=2.5,
        ambient_temperature_kelvin=298.15,
        test_time_second=np.array([0.0, 1000.0 * cell.positive_porosity]),
        voltage_volt=np.array([4.0, 2.5]),
        current_ampere=np.array([-10.0, -16.0]),
        method="trivial",
    )


@stage("benchmark.extract")
def extract(discharge: Discharge) -> Kpi:
    """The last time as a KPI."""
    return kpi(float(discharge.test_time_second[-1]))
