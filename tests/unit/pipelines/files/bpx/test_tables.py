"""Tables and splines have a slope that a lumped cell can be solved with; every accepted set has all that it needs."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell.engine import PARAMETER_SETS, load_pybamm, parameter_values
from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.files.bpx.tables import interpolated, sloped_splines
from ragone.schemas import CyclingOutcome

QUICK = ("Chen2020", "OKane2022", "Prada2013")


def at(expression, place):
    """The value of an expression of x."""
    return float(np.asarray(expression.evaluate(inputs={"x": place})).item())


def test_a_table_is_linear_with_its_central_slope():
    """Between the rows and beyond the ends its values are on straight lines; the slope is constant beyond the ends."""
    table = {"x": [0.0, 0.1, 0.4, 1.0], "y": [4.3, 4.1, 3.9, 3.2]}
    x = load_pybamm().InputParameter("x")
    potential = interpolated(table, "potential", load_pybamm())(x)
    assert at(potential, 0.25) == pytest.approx(4.0)
    assert at(potential, 1.3) == pytest.approx(3.2 - 0.3 * 0.7 / 0.6)
    slope, expected = potential.diff(x), np.gradient(table["y"], table["x"])
    assert [at(slope, place) for place in table["x"]] == pytest.approx(expected)
    assert at(slope, 0.25) == pytest.approx(expected[1:3].mean())
    assert (at(slope, -0.2), at(slope, 1.3)) == pytest.approx((expected[0], expected[-1]))


def test_a_spline_keeps_its_values_and_its_slope():
    """In its rows to rounding; what is no spline is left as it is."""
    values, x = parameter_values("OKane2022"), load_pybamm().InputParameter("x")
    given = sloped_splines(values, load_pybamm())
    spline, ours = (source["Negative electrode OCP [V]"](x) for source in (values, given))
    rows = spline.x[0][10:200:20]
    assert [at(ours, place) for place in (*rows, 0.3333)] == [at(spline, place) for place in (*rows, 0.3333)]
    assert [at(ours.diff(x), row) for row in rows] == pytest.approx([at(spline.diff(x), row) for row in rows])
    positive = "Positive electrode OCP [V]"
    assert at(given[positive](x).diff(x), 0.5) == at(values[positive](x).diff(x), 0.5)


@pytest.mark.parametrize(
    "parameter_set", [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in PARAMETER_SETS]
)
def test_every_set_cycles_lumped(parameter_set):
    """A minute at 1C warms the cell."""
    cell = reference_cell(parameter_set=parameter_set, form_factor="21700")
    protocol = {"protocol": ["Discharge at 1C for 1 minute"], "initial_state_of_charge": 0.9, "mesh_points": 5}
    cycled = cycle_cell(cell, thermal="lumped", **protocol)
    assert cycled.outcome is CyclingOutcome.COMPLETED
    assert cycled.temperature_kelvin[-1] > 298.15
