"""Cheap stages in the roles of the loop, for testing the flows without the physics."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from ragone.flows import CampaignResult, Study
from ragone.flows.stages import STAGES
from ragone.schemas import (
    Candidate,
    CellDesign,
    CellOutcome,
    CellParameters,
    Discharge,
    DischargeOutcome,
    Kpi,
    Materials,
    Microstructure,
    Recipe,
    Transport,
    TransportOutcome,
    stage,
)
from ragone.schemas.electrode import cubic_voxels

STUDY: dict[str, Any] = {
    "study": {
        "name": "stand-in",
        "seed": 7,
        "space": {
            "recipe.active_material_weight_fraction": 0.95,
            "recipe.porosity": {"low": 0.2, "high": 0.6},
            "recipe.binder_adhesion": {"low": 0, "high": 1},
            "cell.mass_loading": {"low": "10 mg/cm^2", "high": "30 mg/cm^2"},
        },
        "steps": {
            "manufacture": {"stage": "stand_in.draw"},
            "characterise": {"stage": "stand_in.measure"},
            "assemble": {"stage": "stand_in.build"},
            "discharge": {"stage": "stand_in.discharge", "power": "40 W"},
        },
        "objectives": [{"kpi": "energy_density", "maximise": True}],
        "optimiser": {"suggest": "sobol"},
        "budget": {"initial": 2, "total": 4, "batch": 1},
        "resolution": {"edge_voxels": 8, "voxel_size": "0.5 um", "volume_elements": 2},
        "executor": {"kind": "serial"},
    }
}


def content(**changes: Any) -> dict[str, Any]:
    """The stand-in study; keyword arguments replace what its sections hold, or a section that is no map."""
    made = copy.deepcopy(STUDY)
    for section, value in changes.items():
        before = made["study"].get(section, {})
        made["study"][section] = {**before, **value} if isinstance(value, dict) else value
    return made


def study(**changes: Any) -> Study:
    """The stand-in study, read; see `content`."""
    return Study.read(content(**changes))


def with_parameters(role: str, **parameters: Any) -> Study:
    """The stand-in study with further parameters for one of its steps."""
    return study(steps={role: {**STUDY["study"]["steps"][role], **parameters}})


def told(result: CampaignResult) -> tuple[object, ...]:
    """What a campaign says, in ids and numbers that can be compared."""
    rows = [
        (
            t.number,
            t.candidate.id,
            t.outcome,
            tuple(k.id for k in t.kpis),
            dict(t.kpi_ids),
            t.volume_element_count,
            t.target_met,
        )
        for t in result.trials
    ]
    return result.campaign.id, rows, [trial.expected for trial in result.trials], result.generator_id


@stage("stand_in.draw")
def draw(
    recipe: Recipe,
    materials: Materials,
    *,
    edge_voxels: int,
    voxel_size_metre: float,
    seed: int,
    fail_above_porosity: float = 1.0,
) -> Microstructure:
    """Uncorrelated voxels; raises for a porosity above the limit."""
    if recipe.porosity > fail_above_porosity:
        raise RuntimeError(f"porosity {recipe.porosity:.3f} is too much for this stage")
    solid = np.random.default_rng(seed).random((edge_voxels,) * 3) > recipe.porosity
    return Microstructure(
        labels=solid.astype(np.uint8),
        voxel_edges_metre=cubic_voxels(voxel_size_metre),
        phase_names=("pore", "active_material", "carbon_binder"),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="stand-in",
        licence="own",
    )


@stage("stand_in.measure")
def measure(microstructure: Microstructure, materials: Materials) -> Transport:
    """Fractions, surface and conductivity by counting, tortuosity factor by Bruggeman's relation."""
    porosity = float((microstructure.labels == 0).mean())
    return Transport(
        pore_fraction=porosity,
        active_material_fraction=1 - porosity,
        carbon_binder_fraction=0.0,
        specific_surface_area_per_metre=4e6 * porosity * (1 - porosity),
        surface_area_method="none",
        pore_tortuosity_factor=porosity**-0.5,
        pore_outcome=TransportOutcome.CONVERGED,
        solid_effective_conductivity_siemens_per_metre=(1 - porosity) ** 1.5,
        solid_outcome=TransportOutcome.CONVERGED,
        active_material_conductivity_siemens_per_metre=materials.active_material_conductivity_siemens_per_metre,
        carbon_binder_conductivity_siemens_per_metre=materials.carbon_binder_conductivity_siemens_per_metre,
        voxel_size_metre=microstructure.voxel_size_metre,
        edge_voxels=microstructure.labels.shape[0],
        volume_element_count=1,
        method="stand-in",
    )


@stage("stand_in.build")
def build(
    transport: Transport,
    materials: Materials,
    design: CellDesign,
    negative_transport: Transport | None = None,
    negative_materials: Materials | None = None,
) -> CellParameters:
    """A cell whose capacity is its solid fraction, times what a negative electrode leaves of it, where one is given."""
    loading = design.mass_loading_kilogram_per_square_metre
    negative, opposite = 1.0, negative_transport
    if opposite is not None:
        negative -= 0.02 * opposite.pore_tortuosity_factor - 1e-8 * opposite.specific_surface_area_per_metre
        negative -= 0.03 / opposite.solid_effective_conductivity_siemens_per_metre
    return CellParameters(
        outcome=CellOutcome.BUILT,
        parameter_set="stand-in",
        form_factor=design.form_factor,
        positive_thickness_metre=loading * 1e-3,
        positive_porosity=transport.pore_fraction,
        positive_active_material_fraction=transport.active_material_fraction,
        positive_pore_tortuosity_factor=transport.pore_tortuosity_factor,
        positive_effective_conductivity_siemens_per_metre=transport.solid_effective_conductivity_siemens_per_metre,
        positive_surface_area_ratio=transport.specific_surface_area_per_metre * 1e-6,
        positive_particle_radius_metre=1e-6,
        negative_thickness_metre=1e-4,
        negative_to_positive_capacity_ratio=design.negative_to_positive_capacity_ratio,
        electrode_area_square_metre=0.3,
        nominal_capacity_ampere_hour=20 * transport.active_material_fraction * negative,
        cell_volume_cubic_metre=1.3e-4,
        cell_mass_kilogram=0.35,
        components={},
        method=transport.method + ("" if opposite is None else f"; opposite: {opposite.method}"),
    )


@stage("stand_in.discharge")
def discharge(cell: CellParameters, *, power_watt: float, infeasible_above_porosity: float = 1.0) -> Discharge:
    """Constant voltage until empty, less what a long tortuous, poorly conducting electrode loses."""
    feasible = cell.positive_porosity <= infeasible_above_porosity
    lost = 0.1 * cell.positive_pore_tortuosity_factor**2 * (cell.positive_thickness_metre / 2e-4) ** 2
    lost += 0.05 / cell.positive_effective_conductivity_siemens_per_metre + 0.02 / cell.positive_surface_area_ratio
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
        method=cell.method,
    )


@stage("acquisition.out_of_ideas")
def run_out_of_ideas(
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    failed: tuple[Candidate, ...] = (),
    *,
    space: Mapping[str, Any],
    goals: tuple[Any, ...],
    count: int,
    seed: int,
) -> Mapping[str, Candidate]:
    """Suggests nothing."""
    raise RuntimeError("out of ideas")


ALL = (draw, measure, build, discharge, run_out_of_ideas)


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the stand-ins known by their names until the patch is undone."""
    for made in ALL:
        monkeypatch.setitem(STAGES, made.name, made)  # type: ignore[arg-type]
