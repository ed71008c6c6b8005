import math

import pytest

from ragone.pipelines.cell.form_factors import can_of
from ragone.pipelines.characterise import perturb
from ragone.schemas import CellOutcome
from ragone.schemas.errors import BoundsError, UnknownFieldError
from tests.built_cells import LOADING, full_cell

ERRORS = {
    "pore_tortuosity_factor_standard_error": 0.1,
    "specific_surface_area_per_metre_standard_error": 1e4,
    "solid_effective_conductivity_siemens_per_metre_standard_error": 0.2,
}


@pytest.fixture
def transport(example):
    """Metrics with standard errors."""
    return example("transport", **ERRORS)


def test_positive_coating_weighs_its_loading(transport):
    """Thickness times fractions times densities is the mass loading, and the wound coating weighs it everywhere."""
    cell = full_cell(transport)
    assert cell.positive_thickness_metre * (0.4 * 4780 + 0.15 * 1800) == pytest.approx(LOADING, rel=1e-12)
    parts = cell.components["components"]
    mass = sum(parts[name]["mass_kilogram"] for name in ("positive_active_material", "positive_carbon_binder"))
    assert mass == pytest.approx(LOADING * cell.electrode_area_square_metre, rel=1e-12)


def test_volumes_add_up_to_the_jelly_roll(transport):
    """All that is wound fills the annulus over the coated height."""
    parts, can = dict(full_cell(transport).components["components"]), can_of("4680")
    beyond = {"can", "foil_edges", "negative_overhang", "separator_overhang", "electrolyte_excess"}
    beyond |= {"positive_disc", "negative_disc"}
    wound = sum(part["volume_cubic_metre"] for name, part in parts.items() if name not in beyond)
    assert wound == pytest.approx(can.annulus_area * can.coated_height, rel=1e-12)


def test_sums_with_and_without_can(transport):
    """The cell's mass is that of all components; without the can it lacks just the can's."""
    cell = full_cell(transport)
    table = cell.components
    total = sum(part["mass_kilogram"] for part in table["components"].values())
    assert cell.cell_mass_kilogram == table["with_can"]["mass_kilogram"] == pytest.approx(total, rel=1e-12)
    can = table["components"]["can"]["mass_kilogram"]
    assert total - table["without_can"]["mass_kilogram"] == pytest.approx(can, rel=1e-12)
    assert table["with_can"]["volume_cubic_metre"] == cell.cell_volume_cubic_metre


def test_electrolyte_fills_the_pores(transport):
    """Its volume is that of the pores of both coatings and of the separators."""
    cell = full_cell(transport)
    pores = 0.45 * cell.positive_thickness_metre + 0.25 * cell.negative_thickness_metre + 0.47 * 12e-6
    volume = cell.components["components"]["electrolyte"]["volume_cubic_metre"]
    assert volume == pytest.approx(pores * cell.electrode_area_square_metre, rel=1e-12)


def test_negative_coating_scales_with_the_capacity_ratio(transport):
    """The negative thickness is proportional to N/P, and a thicker one leaves less area in the can."""
    lean, rich = (full_cell(transport, negative_to_positive_capacity_ratio=ratio) for ratio in (1.1, 1.21))
    assert rich.negative_thickness_metre == pytest.approx(1.1 * lean.negative_thickness_metre, rel=1e-12)
    assert rich.electrode_area_square_metre < lean.electrode_area_square_metre


def test_measured_area_enters_as_a_ratio_to_spheres(transport):
    """The ratio is measured area times R over 3 eps."""
    assert full_cell(transport).positive_surface_area_ratio == pytest.approx(3.74e5 * 5.22e-6 / (3 * 0.4), rel=1e-12)


@pytest.mark.parametrize(
    ("metric", "field", "factor"),
    [
        ("pore_tortuosity_factor", "positive_pore_tortuosity_factor", 2.0 / 1.9),
        ("specific_surface_area_per_metre", "positive_surface_area_ratio", 3.84 / 3.74),
        (
            "solid_effective_conductivity_siemens_per_metre",
            "positive_effective_conductivity_siemens_per_metre",
            2.2 / 2.0,
        ),
    ],
)
def test_a_perturbed_metric_changes_one_field_of_the_cell(transport, metric, field, factor):
    """Only the field of that metric, and what the method says at its end, differ from the cell as measured."""
    plain, raised = full_cell(transport), full_cell(perturb(transport, metric=metric))
    assert getattr(raised, field) == pytest.approx(factor * getattr(plain, field), rel=1e-12)
    differing = {n for n in plain.fields() if getattr(plain, n) != getattr(raised, n)}
    assert differing == {field, "method"}
    assert raised.method == f"{plain.method}; {metric} raised by one standard error"


@pytest.mark.parametrize(
    "changes",
    [
        {"pore_outcome": "not percolating", "pore_tortuosity_factor": math.inf},
        {"solid_outcome": "not percolating", "solid_effective_conductivity_siemens_per_metre": 0.0},
    ],
)
def test_a_phase_that_does_not_percolate_is_an_outcome(example, changes):
    """The cell is recorded with its geometry, as one that does not conduct."""
    cell = full_cell(example("transport", **changes))
    assert cell.outcome is CellOutcome.NOT_CONDUCTING
    assert cell.electrode_area_square_metre > 0


def test_a_stack_thicker_than_the_can_is_an_outcome(transport):
    """Nothing is wound: no area, no capacity, only the can."""
    cell = full_cell(transport, separator_thickness_metre=0.03)
    assert cell.outcome is CellOutcome.DOES_NOT_FIT
    assert cell.electrode_area_square_metre == cell.nominal_capacity_ampere_hour == 0
    assert cell.cell_mass_kilogram == cell.components["components"]["can"]["mass_kilogram"]


@pytest.mark.parametrize(
    "changes",
    [
        {"mass_loading_kilogram_per_square_metre": 0.0},
        {"negative_to_positive_capacity_ratio": -1.0},
        {"positive_particle_radius_metre": 0.0},
    ],
)
def test_parameters_must_be_positive(transport, changes):
    """A parameter that is not positive is an error, not an outcome."""
    with pytest.raises(BoundsError, match="outside"):
        full_cell(transport, **changes)


def test_no_active_material_is_refused(example):
    """Without active material there is no electrode to size a cell around."""
    empty = example("transport", active_material_fraction=0.0)
    with pytest.raises(BoundsError, match="active_material_fraction"):
        full_cell(empty)


def test_unknown_parameter_set_is_refused(transport):
    """Only validated parameter sets are accepted."""
    with pytest.raises(UnknownFieldError, match="did you mean 'Chen2020'"):
        full_cell(transport, parameter_set="chen2020")
