import math

import pytest

from ragone.pipelines.cell.can import Can
from ragone.pipelines.cell.components import QUANTITIES, Layer, Stack
from ragone.pipelines.cell.form_factors import CANS, FORM_FACTORS, can_of, housing_of
from ragone.pipelines.cell.pouch import Pouch
from ragone.schemas import CellOutcome
from ragone.schemas.errors import UnknownFieldError
from tests.built_cells import LOADING, full_cell

STACK = 350e-6


def assembled(example, **changes):
    """A cell of the usual loading."""
    return full_cell(example("transport"), **changes)


@pytest.mark.parametrize("form_factor", CANS)
def test_a_can_is_filled_up_to_its_share(form_factor):
    """Wound length times stack thickness is the share of the annulus, and turns times mean circumference the length."""
    can = can_of(form_factor)
    housed = can.around(STACK)
    length = housed.geometry["wound_length_metre"]
    assert length * STACK == pytest.approx(can.filled_share * can.annulus_area, rel=1e-12)
    assert housed.face_area == pytest.approx(length * can.coated_height, rel=1e-12)
    mean_radius = can.core_diameter_metre / 2 + can.annulus_width / 2
    assert housed.geometry["turns"] * 2 * math.pi * mean_radius == pytest.approx(length, rel=1e-12)


def test_base_and_lid_thicken_the_shell():
    """A thicker lid takes its disc of the inside away from the coating and gives it to the shell."""
    thin, thick = (Can(21e-3, 70e-3, 0.2e-3, 3e-3, 4e-3, lid_metre=lid) for lid in (0.2e-3, 1.2e-3))
    disc = math.pi / 4 * 20.6e-3**2 * 1e-3
    assert thick.shell_volume - thin.shell_volume == pytest.approx(disc, rel=1e-9)
    assert thin.coated_height - thick.coated_height == pytest.approx(1e-3, rel=1e-9)


def test_the_21700_holds_the_electrode_that_was_measured_in_one():
    """Around the stack of Chen et al. 2020 it has their coated height of 65 mm and 0.79 m of electrode."""
    housed = can_of("21700").around(2 * (75.6e-6 + 85.2e-6 + 12e-6) + 28e-6)
    assert housed.geometry["coated_height_metre"] == pytest.approx(65e-3, rel=1e-9)
    assert housed.geometry["wound_length_metre"] == pytest.approx(0.79, rel=2e-3)


def test_cooled_area_and_conduction_length():
    """A can loses heat over its whole surface, from the core to the wall; a pouch over two faces, from its middle."""
    can = can_of("4680").around(STACK)
    assert can.cooled_area == pytest.approx(math.pi * 46e-3 * 80e-3 + math.pi / 2 * 46e-3**2, rel=1e-12)
    assert can.conduction_length == pytest.approx(20.5e-3, rel=1e-12)
    pouch = Pouch(20e-4).around(STACK)
    assert pouch.cooled_area == pytest.approx(2 * (50e-3 + 16e-3) * (40e-3 + 16e-3), rel=1e-12)
    assert pouch.conduction_length == STACK / 2
    assert pouch.volume == pytest.approx(pouch.cooled_area / 2 * (STACK + 2 * 153e-6), rel=1e-12)


def test_layers_conduct_in_series():
    """The least conductive layer rules: thickness over the sum of thickness over conductivity."""

    def layer(metre, conductivity):
        return Layer(metre, 0.0, {}, 1000.0, conductivity)

    stack = Stack(layer(1e-4, 2.0), layer(1e-4, 1.0), layer(2e-5, 0.2), layer(1e-5, 200.0), layer(1e-5, 400.0))
    resistance = 2 * (5e-5 + 1e-4 + 1e-4) + 5e-8 + 2.5e-8
    assert stack.conductivity == pytest.approx(stack.thickness / resistance, rel=1e-12)
    assert stack.thickness == pytest.approx(4.6e-4, rel=1e-12)


@pytest.mark.parametrize("form_factor", FORM_FACTORS)
def test_every_form_factor_is_built_and_adds_up(example, form_factor):
    """Sums are those of the rows, the fields of cooling are filled in, and the method says what was assumed."""
    cell = assembled(example, form_factor=form_factor)
    assert cell.outcome is CellOutcome.BUILT
    table = cell.components
    for quantity in ("mass_kilogram", "heat_capacity_joule_per_kelvin"):
        total = sum(part[quantity] for part in table["components"].values())
        assert table["with_can"][quantity] == pytest.approx(total, rel=1e-12)
    assert cell.heat_capacity_joule_per_kelvin == table["with_can"]["heat_capacity_joule_per_kelvin"]
    assert 700 < cell.heat_capacity_joule_per_kelvin / cell.cell_mass_kilogram < 1400
    assert 0.5 < cell.thermal_conductivity_watt_per_metre_kelvin < 2.0
    assert cell.cooled_area_square_metre > 0
    assert cell.contact_resistance_ohm == 0
    assert "beyond the positive coating" in cell.method


def test_the_larger_can_stores_more_for_its_mass(example):
    """Capacity over mass grows from the pouch over the 18650 to the 21700; not to the 4680, whose wall is thick."""
    cells = [assembled(example, form_factor=name) for name in ("pouch", "18650", "21700")]
    specific = [cell.nominal_capacity_ampere_hour / cell.cell_mass_kilogram for cell in cells]
    assert specific == sorted(specific)


def test_a_pouch_is_single_sided_and_as_large_as_asked_for(example):
    """Its electrode area is the area given; both coatings and one separator are counted once."""
    cell = assembled(example, form_factor="pouch", pouch_area_square_metre=30e-4)
    assert cell.electrode_area_square_metre == pytest.approx(30e-4, rel=1e-12)
    parts = cell.components["components"]
    mass = sum(parts[name]["mass_kilogram"] for name in ("positive_active_material", "positive_carbon_binder"))
    assert mass == pytest.approx(LOADING * 30e-4, rel=1e-12)
    assert parts["positive_collector"]["volume_cubic_metre"] == pytest.approx(16e-6 * 30e-4, rel=1e-12)
    assert {"positive_tab", "negative_tab", "pouch_foil"} <= set(parts)


def test_a_pouch_takes_a_stack_that_no_can_takes(example):
    """Where not one turn fits a 4680, a flat pouch still closes."""
    thick = {"separator_thickness_metre": 0.03}
    can, pouch = (full_cell(example("transport"), form_factor=name, **thick) for name in ("4680", "pouch"))
    assert (can.outcome, pouch.outcome) == (CellOutcome.DOES_NOT_FIT, CellOutcome.BUILT)


def test_electrolyte_excess_and_density_are_parameters(example):
    """The excess is a row of its own, that share of what fills the pores; without it there is none."""
    rich = assembled(example, electrolyte_excess=0.25, electrolyte_density_kilogram_per_cubic_metre=1300.0)
    parts = rich.components["components"]
    for quantity in QUANTITIES:
        assert parts["electrolyte_excess"][quantity] == pytest.approx(0.25 * parts["electrolyte"][quantity], rel=1e-12)
    electrolyte = parts["electrolyte"]
    assert electrolyte["mass_kilogram"] == pytest.approx(1300 * electrolyte["volume_cubic_metre"], rel=1e-12)
    assert "electrolyte_excess" not in assembled(example, electrolyte_excess=0.0).components["components"]


def test_edges_beyond_the_positive_coating(example):
    """Overhangs and bare foil follow from the wound length; the negative foil is bare only beyond its own coating."""
    cell = assembled(example)
    parts, length = cell.components["components"], cell.components["geometry"]["wound_length_metre"]
    negative = 2 * length * 2e-3 * cell.negative_thickness_metre
    assert parts["negative_overhang"]["volume_cubic_metre"] == pytest.approx(negative, rel=1e-12)
    separators = 2 * length * 4e-3 * 12e-6
    assert parts["separator_overhang"]["volume_cubic_metre"] == pytest.approx(separators, rel=1e-12)
    foils = length * (16e-6 * 5e-3 + 12e-6 * (4e-3 + 2e-3))
    assert parts["foil_edges"]["volume_cubic_metre"] == pytest.approx(foils, rel=1e-12)


def test_contact_resistance_is_a_parameter(example):
    """Tabs and welds are stated, not computed."""
    assert assembled(example, contact_resistance_ohm=1e-3).contact_resistance_ohm == 1e-3


def test_a_pouch_is_no_can():
    """The hint lists what may be asked for."""
    with pytest.raises(UnknownFieldError, match="did you mean 'pouch'"):
        housing_of("puch", pouch_area_square_metre=1e-3)
