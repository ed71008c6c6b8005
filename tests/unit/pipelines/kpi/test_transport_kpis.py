"""The metrics of an electrode as KPIs, for a domain without a cell."""

from __future__ import annotations

import math

import pytest

from ragone.pipelines.kpi import transport_properties
from ragone.schemas import KpiOutcome


def of(example, **changes):
    """The KPIs of a transport."""
    return transport_properties(example("transport", **changes))


def test_values_are_those_of_the_record(example):
    """Under names without unit, each with its unit; the diffusivity is porosity over tortuosity factor."""
    kpis = of(example)
    assert {name: (kpi.value, kpi.unit) for name, kpi in kpis.items()} == {
        "pore_tortuosity_factor": (1.9, "1"),
        "pore_relative_diffusivity": (pytest.approx(0.45 / 1.9, rel=1e-15), "1"),
        "solid_effective_conductivity": (2.0, "S/m"),
        "specific_surface_area": (3.74e5, "1/m"),
        "porosity": (0.45, "1"),
        "active_material_fraction": (0.4, "1"),
        "carbon_binder_fraction": (0.15, "1"),
    }
    assert {kpi.sample_count for kpi in kpis.values()} == {3}
    assert {name for name, kpi in kpis.items() if kpi.standard_uncertainty is not None} == set()


def test_uncertainty_is_the_standard_error_and_what_the_solver_leaves_open(example):
    """In quadrature: 0.03 over volumes and half of 1.86 to 1.94 make 0.05."""
    kpis = of(
        example,
        pore_tortuosity_factor_standard_error=0.03,
        pore_tortuosity_factor_lower=1.86,
        pore_tortuosity_factor_upper=1.94,
        solid_effective_conductivity_siemens_per_metre_standard_error=0.2,
        specific_surface_area_per_metre_standard_error=1e3,
    )
    assert kpis["pore_tortuosity_factor"].standard_uncertainty == pytest.approx(0.05, rel=1e-12)
    assert kpis["solid_effective_conductivity"].standard_uncertainty == 0.2
    assert kpis["specific_surface_area"].standard_uncertainty == 1e3
    assert kpis["pore_relative_diffusivity"].standard_uncertainty is None  # the porosity's part is not known
    assert "scatter is not recorded" in kpis["pore_relative_diffusivity"].method


def test_a_single_volume_has_no_uncertainty(example):
    """The bounds of its solution say nothing of the next volume."""
    kpis = of(example, volume_element_count=1, pore_tortuosity_factor_lower=1.86, pore_tortuosity_factor_upper=1.94)
    assert kpis["pore_tortuosity_factor"].standard_uncertainty is None
    assert "unknown for a single volume" in kpis["pore_tortuosity_factor"].method


def test_pores_that_do_not_percolate_have_no_tortuosity_factor(example):
    """And do not conduct; the other metrics stand."""
    kpis = of(example, pore_tortuosity_factor=math.inf, pore_outcome="not percolating")
    assert (kpis["pore_tortuosity_factor"].value, kpis["pore_tortuosity_factor"].outcome) == (
        None,
        KpiOutcome.NOT_APPLICABLE,
    )
    assert kpis["pore_relative_diffusivity"].value == 0.0
    assert kpis["specific_surface_area"].value == 3.74e5


def test_what_was_not_solved_to_the_end_has_no_value_unless_bounded(example):
    """Without bounds nobody knows how far it is off; with them the uncertainty holds them."""
    unsolved = {"solid_outcome": "largest number of steps reached"}
    field = "solid_effective_conductivity_siemens_per_metre"
    kpi = of(example, **unsolved)["solid_effective_conductivity"]
    assert (kpi.value, kpi.outcome) == (None, KpiOutcome.NOT_IDENTIFIABLE)
    bounded = {f"{field}_lower": 1.6, f"{field}_upper": 2.4, f"{field}_standard_error": 0.3}
    kpi = of(example, **unsolved, **bounded)["solid_effective_conductivity"]
    assert (kpi.value, kpi.standard_uncertainty) == (2.0, pytest.approx(0.5, rel=1e-12))


def test_standard_errors_count_once_where_metrics_are_perturbed(example):
    """The record's own are those of all metrics."""
    plain = example("transport", pore_tortuosity_factor_standard_error=0.03)
    raised = example("transport", pore_tortuosity_factor=1.93)
    kpi = transport_properties.propagated(plain, (raised,), perturbed=("pore_tortuosity_factor",))
    assert kpi["pore_tortuosity_factor"].standard_uncertainty == 0.03
    assert kpi["solid_effective_conductivity"].standard_uncertainty is None
