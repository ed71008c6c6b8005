"""PyBaMM's parameters of a lumped cell."""

import pytest

from ragone.pipelines.cell.heat import thermal_values
from ragone.schemas.errors import BoundsError, MissingFieldError

H = "heat_transfer_coefficient_watt_per_square_metre_kelvin"


def test_lump_has_the_heat_capacity_area_and_resistance_of_the_record(example):
    """Capacity per volume times volume is the record's, whatever the volume."""
    cell = example(
        "cell_parameters",
        cooled_area_square_metre=0.015,
        heat_capacity_joule_per_kelvin=350.0,
        contact_resistance_ohm=2e-3,
    )
    values = thermal_values(cell, **{H: 12.0})
    assert values["Cell heat capacity [J.K-1.m-3]"] * values["Cell volume [m3]"] == pytest.approx(350.0)
    assert values["Cell cooling surface area [m2]"] == 0.015
    assert values["Total heat transfer coefficient [W.m-2.K-1]"] == 12.0
    assert values["Contact resistance [Ohm]"] == 2e-3


@pytest.mark.parametrize("field", ["cooled_area_square_metre", "heat_capacity_joule_per_kelvin"])
def test_record_without_cooling_is_refused(example, field):
    """An older record does not say what heats and cools the cell; the message names the field."""
    known = {"cooled_area_square_metre": 0.015, "heat_capacity_joule_per_kelvin": 350.0, field: None}
    with pytest.raises(MissingFieldError, match=field):
        thermal_values(example("cell_parameters", **known), **{H: 10.0})


def test_negative_coefficient_is_refused(example):
    """Heat does not flow uphill."""
    cell = example("cell_parameters", cooled_area_square_metre=0.015, heat_capacity_joule_per_kelvin=350.0)
    with pytest.raises(BoundsError, match="heat_transfer_coefficient"):
        thermal_values(cell, **{H: -1.0})
