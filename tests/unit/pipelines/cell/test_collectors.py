"""Resistance of foils and contacts that follows from the geometry of a roll."""

import pytest

from ragone.pipelines.cell import ideal_transport
from ragone.pipelines.cell.collectors import foil_resistance
from ragone.pipelines.cell.components import Layer
from ragone.schemas import Recipe, Tabs
from ragone.schemas.errors import UnknownFieldError
from ragone.schemas.materials import NMC_811
from tests.built_cells import design, full_cell

# The LG M50 of Chen et al. 2020, doi 10.1149/1945-7111/ab9050.
ROLL = {"wound_length_metre": 0.79, "coated_height_metre": 0.065}
ALUMINIUM, COPPER = (Layer(thickness, 0.0, {}, 0.0, 0.0) for thickness in (16e-6, 12e-6))


@pytest.fixture(scope="module")
def transport():
    """Metrics of an ordinary coating."""
    return ideal_transport(Recipe(active_material_weight_fraction=0.96, porosity=0.3), NMC_811)


def of_foils(tabs):
    """Resistance of both foils of the LG M50 [mohm]."""
    foils = (("positive", ALUMINIUM), ("negative", COPPER))
    return [1e3 * foil_resistance(design(tabs=tabs), ROLL, name, foil) for name, foil in foils]


def test_one_tab_at_an_end_of_a_21700():
    """Two foils of 0.79 m lose 6.86 and 5.78 mohm, by hand from the resistivities."""
    assert of_foils(Tabs.END) == pytest.approx([6.86, 5.78], abs=0.01)


def test_a_tab_in_the_middle_leaves_a_quarter():
    """Two paths of half the length, side by side."""
    quarter = [value / 4 for value in of_foils(Tabs.END)]
    assert of_foils(Tabs.MIDDLE) == pytest.approx(quarter, rel=1e-12)


def test_tabs_may_differ_between_the_foils():
    """The foil whose tab is in the middle has a quarter, the other one all of it."""
    (positive, negative), middle = of_foils(Tabs.END), of_foils(Tabs.MIDDLE)
    assert of_foils(Tabs.POSITIVE_MIDDLE) == pytest.approx([middle[0], negative], rel=1e-12)
    assert of_foils(Tabs.NEGATIVE_MIDDLE) == pytest.approx([positive, middle[1]], rel=1e-12)


def test_a_network_of_resistors_agrees():
    """A ladder of 2000 pieces, which collects one current at every rung, loses what the formula says."""
    pieces = 2000
    current = [(piece + 0.5) / pieces for piece in range(pieces)]
    whole = 2.709e-8 * 0.79 / (16e-6 * 0.065)
    assert of_foils(Tabs.END)[0] == pytest.approx(1e3 * whole * sum(i**2 for i in current) / pieces, rel=1e-6)


def test_a_tabless_cell_loses_hundredths_of_a_milliohm(transport):
    """The foils of a 4680 together have about 0.01 mohm; the record names both, and their sum is in series."""
    cell = full_cell(transport, form_factor="4680", tabs=Tabs.TABLESS, contact_resistance_ohm=1e-3)
    parts = cell.components["series_resistances_ohm"]
    assert set(parts) == {"positive_foil", "negative_foil"}
    assert cell.contact_resistance_ohm == pytest.approx(1e-3 + sum(parts.values()), rel=1e-12)
    assert 0.01e-3 < sum(parts.values()) < 0.02e-3


def test_contact_at_the_foils_is_shared_by_the_area(transport):
    """1 ohm cm^2 over the coated area, whatever the tabs."""
    cell = full_cell(transport, foil_contact_resistance_ohm_square_metre=1e-4)
    assert cell.contact_resistance_ohm == pytest.approx(1e-4 / cell.electrode_area_square_metre, rel=1e-12)


def test_nothing_is_counted_unless_asked_for(transport):
    """A design that does not say where its tabs are has the resistance that it states."""
    cell = full_cell(transport, form_factor="21700", contact_resistance_ohm=2e-3)
    assert cell.contact_resistance_ohm == 2e-3
    assert "series_resistances_ohm" not in cell.components


def test_tabs_of_a_pouch_are_refused(transport):
    """Nothing is wound there, and its outline is not known."""
    with pytest.raises(UnknownFieldError, match="not wound"):
        full_cell(transport, form_factor="pouch", tabs=Tabs.END)
