"""One metric raised by its standard error."""

import pytest

from ragone.pipelines.characterise import PERTURBED_METRICS, perturb
from ragone.schemas.errors import MissingFieldError, UnknownFieldError

ERRORS = {
    "pore_tortuosity_factor_standard_error": 0.1,
    "specific_surface_area_per_metre_standard_error": 1e4,
    "solid_effective_conductivity_siemens_per_metre_standard_error": 0.2,
    "particle_sauter_radius_metre_standard_error": 1e-7,
    "materials_pore_tortuosity_factor_standard_error": 0.3,
    "materials_solid_effective_conductivity_siemens_per_metre_standard_error": 0.4,
}


@pytest.mark.parametrize("metric", PERTURBED_METRICS)
def test_one_metric_is_raised_and_nothing_else(example, metric):
    """By its standard error; the method says so at its end, and all other fields are as they were."""
    plain = example("transport", particle_sauter_radius_metre=4e-6, **ERRORS)
    raised = perturb(plain, metric=metric)
    name = metric.removeprefix("materials_")
    assert getattr(raised, name) == getattr(plain, name) + ERRORS[f"{metric}_standard_error"]
    assert raised.method == f"{plain.method}; {metric} raised by one standard error"
    differing = {name for name in plain.fields() if getattr(raised, name) != getattr(plain, name)}
    assert differing == {name, "method"}


def test_unknown_metric_is_refused(example):
    """A misspelled metric names the one that was meant."""
    with pytest.raises(UnknownFieldError, match="did you mean 'pore_tortuosity_factor'"):
        perturb(example("transport", **ERRORS), metric="pore_tortuosity")


@pytest.mark.parametrize("metric", PERTURBED_METRICS)
def test_a_metric_without_standard_error_cannot_be_raised(example, metric):
    """A single volume, or materials that are sure, have no standard error; the message says what to do."""
    with pytest.raises(MissingFieldError, match=r"Average several volumes|State the uncertainty"):
        perturb(example("transport"), metric=metric)


def test_what_may_be_perturbed_is_said_by_the_stage():
    """A form offers the metrics as choices."""
    assert perturb.parameter("metric").choices == PERTURBED_METRICS
