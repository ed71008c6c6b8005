"""Every kind of record keeps the contract, `ragone.schemas.contract`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import pytest

from ragone.schemas import KINDS, Record
from ragone.schemas.contract import RecordContract


class TestEveryRecord(RecordContract):
    """One contract, passed by each kind."""

    tied: ClassVar[Mapping[str, Any]] = {
        "metric_names": ("solid_effective_conductivity_siemens_per_metre", "pore_tortuosity_factor"),
        "variable_names": ("Ohmic heating [W]", "Total heating [W]"),
        "cycle_life.lower": 810.0,
        "cycle_life.upper": 813.0,
        "capacity_fade.cycle_count": np.array([1, 2, 4]),
        "capacity_fade.variable_names": ("Loss of capacity to negative SEI [A.h]",),
        "cycle_allocation.fade_ids": ("capacity_fade-1", "capacity_fade-3"),
        "cycle_allocation.cell_names": ("a 1", "b 2"),
        "cycle_allocation.cell_designs": ("a", "a"),
        "cycle_allocation.reasons": ("lowers the doubt most for each cycle", "other cells teach more"),
        "cycle_allocation.design_names": ("a", "c"),
        "survival_regression.names": ("intercept", "depth"),
        "early_prediction.feature_names": ("acceleration",),
        "early_prediction.cell_names": ("a 1", "b 2"),
        "survival.step_groups": np.array([0, 1, 1]),
        "survival.stop_groups": np.array([0]),
        "source_names": ("Ohmic heating [W]", "Total heating [W]"),
        "metrics_unit": ("S/m", "1"),
        "response_names": ("binder_adhesion",),
        "curve_names": ("chord_lengths_pore",),
        "unit": "W.h/kg",
        "priors.holders": ("cell", "negative_transport"),
        "priors.names": ("Cation transference number", "specific_surface_area_per_metre"),
        "priors.sources": ("cell parameters", "sampling"),
        "priors.distributions": ("normal", "normal"),
        "priors.references": ("assumption", "another"),
        "energy_sensitivities.names": ("power_watt", "positive_porosity"),
        "uncertainty_budget.names": ("Cation transference number", "pore_tortuosity_factor (sampling)"),
        "uncertainty_budget.sources": ("cell parameters", "sampling"),
        "uncertainty_budget.alternative_names": ("isothermal",),
        "uncertainty_budget.alternative_reasons": ("did not converge",),
        "discharge.temperature_kelvin": np.array([298.15, 299.0, 300.0]),
        "phase_names": ("pore", "carbon_binder", "active_material"),
        "phase_labels": np.array([0, 2, 1], np.uint8),
        "voxel_edges_metre": np.array([8e-7, 4e-7, 2e-7]),
        "pore_outcomes": ("not percolating",) * 3,
        "solid_outcomes": ("not percolating",) * 3,
        "pair_names": ("pore/carbon_binder", "pore/active_material", "carbon_binder/active_material"),
    }

    @pytest.fixture(params=sorted(KINDS))
    def record(self, request: pytest.FixtureRequest, example: Callable[..., Record]) -> Record:
        """The example of each kind."""
        return example(request.param)
