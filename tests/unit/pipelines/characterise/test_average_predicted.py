"""A generator's predicted error reaches the standard errors, the KPI and the optimiser."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from ragone.models.acquisition.observations import observe
from ragone.models.acquisition.space import UnitCube
from ragone.models.goals import goals_of
from ragone.pipelines.characterise import average_transport, average_with_bruggeman
from ragone.pipelines.kpi import energy_and_power_density
from ragone.schemas import Candidate, PredictedErrors, Transport

TAU, AREA, SIGMA = (
    "pore_tortuosity_factor",
    "specific_surface_area_per_metre",
    "solid_effective_conductivity_siemens_per_metre",
)


def predicted(*relative: float) -> PredictedErrors:
    """Relative standard errors of the three metrics."""
    return PredictedErrors(
        generator_id="generator-ab",
        errors_id="generator_errors-ab",
        metric_names=(TAU, AREA, SIGMA),
        relative_standard_error=np.array(relative),
        condition_names=("active_material_fraction",),
        condition=np.array([0.5]),
        distance=0.0,
        out_of_distribution=False,
        method="test",
    )


@pytest.fixture
def element(example) -> Transport:
    """One volume element."""
    single = {f"{name}_standard_error": None for name in (TAU, AREA, SIGMA)}
    return replace(example("transport"), volume_element_count=1, **single)


def test_one_volume_element_of_a_generator_has_a_standard_error(element):
    """Null without a prediction; the relative error times the value with one."""
    assert average_transport((element,)).pore_tortuosity_factor_standard_error is None
    mean = average_transport((element,), predicted(0.1, 0.2, 0.3))
    for name, relative in ((TAU, 0.1), (AREA, 0.2), (SIGMA, 0.3)):
        assert getattr(mean, f"{name}_standard_error") == pytest.approx(relative * getattr(element, name))
    assert "generator" in mean.method


def test_scatter_and_prediction_add_in_quadrature(element):
    """The mean and all else stay; the errors are the hypotenuse."""
    other = replace(element, **{AREA: 1.1 * getattr(element, AREA)})
    without, with_ = average_transport((element, other)), average_transport((element, other), predicted(0.0, 0.2, 0.0))
    value, scatter = getattr(without, AREA), getattr(without, f"{AREA}_standard_error")
    assert getattr(with_, AREA) == value
    assert getattr(with_, f"{AREA}_standard_error") == pytest.approx(math.hypot(scatter, 0.2 * value))
    assert getattr(with_, f"{SIGMA}_standard_error") == getattr(without, f"{SIGMA}_standard_error")


def test_what_is_infinite_has_no_error(element):
    """Pores that do not percolate."""
    blocked = replace(element, **{TAU: math.inf, f"{TAU}_lower": None, f"{TAU}_upper": None})
    assert average_transport((blocked,), predicted(0.1, 0.1, 0.1)).pore_tortuosity_factor_standard_error is None


def test_bruggeman_takes_the_prediction_but_for_its_own_tortuosity(element):
    """What follows from porosity does not come from the generator."""
    mean = average_with_bruggeman((element,), predicted(0.1, 0.2, 0.3))
    assert mean.pore_tortuosity_factor_standard_error is None
    assert getattr(mean, f"{AREA}_standard_error") == pytest.approx(0.2 * getattr(element, AREA))


def test_a_larger_predicted_error_is_a_larger_variance_for_the_optimiser(element, example):
    """Transport, perturbed cell and discharge, KPI, observation: each step keeps the order."""
    found = []
    for relative in (0.01, 0.1):
        error = average_transport((element,), predicted(relative, 0, 0)).pore_tortuosity_factor_standard_error
        kpi = _energy_density(example, 1 - 0.05 * error)
        candidate = Candidate(values={"recipe.porosity": 0.35})
        goals = goals_of([{"kpi": "energy_density", "sense": "maximise", "limit": None}])
        space = UnitCube.of({"recipe.porosity": {"low": 0.3, "high": 0.4}})
        (response,) = observe(space, goals, [candidate], [kpi], []).responses
        found.append((kpi.standard_uncertainty, float(response.variances[0])))
    assert found[1][0] > found[0][0] > 0
    assert found[1][1] > found[0][1] > 0


def _energy_density(example, share: float):
    """Of a discharge whose perturbed partner lasts that share as long."""
    cell, base = example("cell_parameters"), example("discharge")
    shorter = replace(base, test_time_second=share * base.test_time_second)
    found = energy_and_power_density.propagated(
        base, cell, perturbed_curve=(shorter,), perturbed_cell=(cell,), perturbed=(TAU,), sample_count=2
    )
    return found["energy_density"]
