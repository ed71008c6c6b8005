"""What every test may use: one valid example of each kind of record, and where the shared data are."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from schemas import KINDS, Record

_NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
_ID = "design-" + "0" * 64
_MODEL: dict[str, Any] = {
    "architecture": "gaussian-process",
    "weights": b"\x00\x01",
    "settings": {"kernel": "matern", "nu": 2.5},
    "trained_on": (_ID,),
}
_EXAMPLES: dict[str, dict[str, Any]] = {
    "design": {
        "active_material_weight_fraction": 0.94,
        "porosity": 0.3,
        "binder_adhesion": 0.5,
        "mass_loading_kilogram_per_square_metre": 0.2,
    },
    "microstructure": {
        "labels": np.arange(24, dtype=np.uint8).reshape(2, 3, 4) % 3,
        "voxel_size_metre": 4e-7,
        "phase_labels": np.array([0, 1, 2], np.uint8),
        "source": "packing of spheres",
        "licence": "own",
    },
    "transport": {
        "pore_fraction": 0.45,
        "active_material_fraction": 0.4,
        "carbon_binder_fraction": 0.15,
        "specific_surface_area_per_metre": 3.74e5,
        "surface_area_method": "face counting",
        "pore_tortuosity_factor": 1.9,
        "pore_outcome": "converged",
        "solid_effective_conductivity_siemens_per_metre": 2.0,
        "solid_outcome": "converged",
        "active_material_conductivity_siemens_per_metre": 0.18,
        "carbon_binder_conductivity_siemens_per_metre": 375.0,
        "voxel_size_metre": 4e-7,
        "edge_voxels": 64,
        "cube_count": 3,
        "method": "finite differences",
    },
    "transport_tensor": {
        "boundary": "periodic",
        "pore_relative_diffusivity": np.diag([0.2, 0.25, 0.3]),
        "pore_relative_diffusivity_half_width": np.full((3, 3), 1e-5),
        "pore_principal_values": np.array([[0.2, 0.25, 0.3]]),
        "pore_principal_axes": np.eye(3),
        "pore_anisotropy": 1.375,
        "pore_outcomes": ("converged",) * 3,
        "solid_conductivity_siemens_per_metre": np.diag([1.0, 1.5, 2.0]),
        "solid_conductivity_siemens_per_metre_half_width": np.full((3, 3), 1e-4),
        "solid_principal_values_siemens_per_metre": np.array([[1.0, 1.5, 2.0]]),
        "solid_principal_axes": np.eye(3),
        "solid_anisotropy": 1.75,
        "solid_outcomes": ("converged", "converged", "not percolating"),
        "pore_fraction": 0.45,
        "active_material_conductivity_siemens_per_metre": 0.18,
        "carbon_binder_conductivity_siemens_per_metre": 375.0,
        "voxel_size_metre": 4e-7,
        "method": "conjugate gradients",
    },
    "geometry": {
        "pore_fraction": 0.45,
        "active_material_fraction": 0.4,
        "carbon_binder_fraction": 0.15,
        "specific_surface_area_per_metre": 1e5,
        "specific_surface_area_method": "Crofton formula",
        "triple_phase_boundary_per_square_metre": 2.6e11,
        "pore_percolating_fraction": 0.999,
        "solid_percolating_fraction": 0.997,
        "mean_particle_diameter_metre": 8e-6,
        "median_pore_diameter_metre": None,
        "phase_names": ("pore", "active_material", "carbon_binder"),
        "phase_fraction": np.array([0.45, 0.4, 0.15]),
        "phase_percolating_fraction": np.array([[1.0, 1.0, 1.0], [0.9, 0.9, 0.9], [0.8, 0.8, 0.0]]),
        "union_percolating_fraction": np.array([0.997, 0.998, 0.999]),
        "pair_names": ("pore/active_material", "pore/carbon_binder", "active_material/carbon_binder"),
        "pair_area_per_metre": np.array([1e5, 4e5, 1.5e5]),
        "pair_face_area_per_metre": np.array([1.4e5, 6.5e5, 2.3e5]),
        "correlation_distance_metre": np.array([0.0, 5e-7]),
        "two_point_correlation": np.array([[0.45, 0.3], [0.4, 0.2], [0.15, 0.05]]),
        "chord_length_metre": np.array([4e-7, 8e-7]),
        "chord_probability": np.full((3, 3, 2), 0.5),
        "mean_chord_length_metre": np.full((3, 3), 6e-7),
        "chord_count": np.full((3, 3), 20),
        "cut_chord_count": np.full((3, 3), 10),
        "particle_diameter_metre": np.array([7e-6, 9e-6]),
        "particle_weight": np.array([0.5, 0.5]),
        "cut_particle_count": 4,
        "pore_diameter_metre": np.array([4e-7, 1.2e-6]),
        "pore_fraction_at_least": np.array([1.0, 0.6]),
        "voxel_size_metre": 4e-7,
        "edge_voxels": 64,
        "pore_connectivity": 26,
        "solid_connectivity": 6,
        "periodic": False,
        "methods": {"pair_area": "Crofton formula"},
    },
    "random_walk": {
        "phase": "pore",
        "phase_fraction": 0.45,
        "tortuosity_factor_axis_0": 1.9,
        "tortuosity_factor_axis_0_standard_error": 0.02,
        "outcome_axis_0": "converged",
        "tortuosity_factor_axis_1": 1.8,
        "tortuosity_factor_axis_1_standard_error": 0.02,
        "outcome_axis_1": "converged",
        "tortuosity_factor_axis_2": math.inf,
        "outcome_axis_2": "not percolating",
        "first_fitted_step_count": np.array([24576, 24576, 0]),
        "voxel_size_metre": 4e-7,
        "walker_count": 8192,
        "step_count": 196608,
        "method": "blind-ant walk",
    },
    "cell_parameters": {
        "outcome": "built",
        "parameter_set": "Chen2020",
        "form_factor": "4680",
        "positive_thickness_metre": 8e-5,
        "positive_porosity": 0.3,
        "positive_active_material_fraction": 0.6,
        "positive_pore_tortuosity_factor": 2.4,
        "positive_effective_conductivity_siemens_per_metre": 1.0,
        "positive_surface_area_ratio": 0.9,
        "positive_particle_radius_metre": 5e-6,
        "negative_thickness_metre": 9e-5,
        "negative_to_positive_capacity_ratio": 1.1,
        "electrode_area_square_metre": 0.5,
        "nominal_capacity_ampere_hour": 25.0,
        "cell_volume_cubic_metre": 1.33e-4,
        "cell_mass_kilogram": 0.35,
        "components": {"can": {"mass_kilogram": 0.05, "volume_cubic_metre": 7e-6}},
        "method": "jelly roll",
    },
    "discharge": {
        "outcome": "lower voltage limit reached",
        "power_watt": 40.0,
        "lower_voltage_volt": 2.5,
        "ambient_temperature_kelvin": 298.15,
        "test_time_second": np.array([0.0, 10.0, 20.0]),
        "voltage_volt": np.array([4.1, 3.7, 2.5]),
        "current_ampere": np.array([-9.8, -10.8, -16.0]),
        "method": "DFN",
    },
    "cycling": {
        "outcome": "all steps done",
        "protocol": ("Discharge at 1C until 2.5 V",),
        "nominal_capacity_ampere_hour": 5.0,
        "ambient_temperature_kelvin": 298.15,
        "test_time_second": np.array([0.0, 10.0, 20.0]),
        "voltage_volt": np.array([4.1, 3.7, 2.5]),
        "current_ampere": np.array([-5.0, -5.0, -5.0]),
        "step_count": np.array([1, 1, 1]),
        "cycle_count": np.array([1, 1, 1]),
        "temperature_kelvin": np.array([298.15, 298.2, 298.3]),
        "variable_names": ("Ohmic heating [W]", "Reversible heating [W]"),
        "variables": np.array([[0.1, 0.2, 0.3], [0.0, -0.1, -0.2]]),
        "method": "DFN",
    },
    "measurement": {
        "cell_name": "LG M50",
        "test_time_second": np.array([0.0, 10.0, 20.0]),
        "voltage_volt": np.array([4.1, 3.7, 2.5]),
        "current_ampere": np.array([-5.0, -5.0, -5.0]),
        "step_count": np.array([1, 1, 1]),
        "cycle_count": np.array([1, 1, 1]),
        "temperature_kelvin": np.array([298.15, 298.2, 298.3]),
        "source": "rate test",
        "licence": "BSD-3-Clause",
        "source_sha256": "0" * 64,
        "source_format": "bdf",
        "method": "read as CSV",
    },
    "impedance": {
        "outcome": "every frequency computed or measured",
        "frequency_hertz": np.array([1e3, 1.0, 1e-3]),
        "real_ohm": np.array([0.01, 0.02, 0.05]),
        "imaginary_ohm": np.array([0.0, -0.01, -0.03]),
        "source": "simulation",
        "licence": "own",
        "method": "DFN",
    },
    "kpi": {
        "name": "energy_density",
        "value": 640.0,
        "unit": "W.h/L",
        "outcome": "measured",
        "standard_uncertainty": 3.0,
        "sample_count": 3,
        "definition": "energy over the can's volume",
        "method": "trapezoidal rule",
    },
    "campaign": {
        "name": "demo",
        "definition": {"budget": 12},
        "objective_name": "energy_density",
        "objective_unit": "W.h/L",
        "design_ids": (_ID, _ID),
        "kpi_ids": ("kpi-" + "0" * 64, "kpi-" + "1" * 64),
        "objective": np.array([640.0, 0.0]),
        "feasible": np.array([1, 0], np.uint8),
    },
    "representativity": {
        "metric": "pore_tortuosity_factor",
        "metric_unit": "1",
        "target": 0.01,
        "confidence": 0.95,
        "voxel_size_metre": 4e-7,
        "drawn": np.array([1, 1], np.uint8),
        "edge_voxels": np.array([32, 64]),
        "cube_count": np.array([8, 8]),
        "mean": np.array([2.1, 2.0]),
        "mean_standard_error": np.array([0.04, 0.02]),
        "bias": np.array([0.1, 0.05]),
        "bias_low": np.array([0.05, 0.02]),
        "bias_high": np.array([0.15, 0.08]),
        "bias_to_largest": np.array([0.05, 0.0]),
        "bias_to_largest_low": np.array([0.01, 0.0]),
        "bias_to_largest_high": np.array([0.09, 0.0]),
        "scatter": np.array([0.05, 0.02]),
        "scatter_low": np.array([0.03, 0.01]),
        "scatter_high": np.array([0.09, 0.04]),
        "cubes_for_scatter": np.array([98, 9]),
        "cubes_needed": np.array([0, 12]),
        "cubes_needed_high": np.array([0, 0]),
        "fit_from_edge_voxels": 32,
        "infinite_size_value": 1.9,
        "infinite_size_value_standard_error": 0.03,
        "bias_length_metre": 1.3e-6,
        "bias_misfit": 0.0,
        "resolution_voxel_size_metre": np.array([2e-7, 4e-7]),
        "resolution_structure_count": 4,
        "resolution_mean": np.array([1.95, 2.0]),
        "resolution_standard_error": np.array([0.02, 0.02]),
        "resolution_order": 1.0,
        "cost_exponent": 3.0,
        "outcome": "target within reach",
        "method": "weighted least squares",
    },
    "generator": _MODEL,
    "surrogate": _MODEL,
    "code": {"stage": "manufacture", "modules": {"pipelines.manufacture": "ab"}, "libraries": {"numpy": "2.4.6"}},
    "environment": {
        "python": "3.11.7",
        "platform": "Linux",
        "processor": "x86_64",
        "processor_features": ("avx2", "fma"),
        "threads": {"cores": 2},
        "packages": {"numpy": "2.4.6"},
    },
    "run": {
        "stage": "manufacture",
        "entry_point": "pipelines.manufacture:manufacture",
        "recipe_id": "recipe-" + "0" * 64,
        "code_id": "code-" + "0" * 64,
        "environment_id": "environment-" + "0" * 64,
        "parameters": {"edge_voxels": 64},
        "seed": 7,
        "input_roles": ("design",),
        "input_ids": (_ID,),
        "output_roles": ("result",),
        "output_ids": ("microstructure-" + "0" * 64,),
        "outcome": "completed",
        "started": _NOW,
        "ended": _NOW,
    },
    "verification": {
        "subject_id": _ID,
        "run_id": "run-" + "0" * 64,
        "verdict": "bitwise equal",
        "verified": _NOW,
    },
    "snapshot": {
        "name": "before",
        "artifact_ids": (_ID,),
        "merkle_root": "0" * 64,
        "table_versions": {"artifacts": 3},
        "taken": _NOW,
    },
    "tombstone": {"artifact_ids": (_ID,), "rows": [], "reason": "voxels no longer needed", "dropped": _NOW},
}


@pytest.fixture(scope="session")
def example_values() -> Callable[[str], dict[str, Any]]:
    """The values of a valid record of a kind, as a fresh dictionary."""
    return lambda kind: dict(_EXAMPLES[kind])


@pytest.fixture(scope="session")
def example() -> Callable[..., Record]:
    """A valid record of a kind; keyword arguments replace its values."""

    def build(kind: str, **changes: Any) -> Record:
        return KINDS[kind].build({**_EXAMPLES[kind], **changes})

    return build


@pytest.fixture
def shared_data() -> Path:
    """The folder of real measurements; the test is skipped where it is missing."""
    folder = Path(os.environ.get("RAGONE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; name their folder in RAGONE_SHARED_DATA")
    return folder
