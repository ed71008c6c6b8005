import pytest

from ragone.pipelines.cell.engine import load_pybamm, parameter_values
from ragone.pipelines.cell.stoichiometry import reference_capacity, reference_window, stoichiometry_window
from ragone.schemas.errors import BoundsError


def test_window_of_the_own_cell_is_that_of_electrode_soh():
    """For the parameter set's own cell, PyBaMM's ElectrodeSOH finds the same four stoichiometries."""
    values = parameter_values("Chen2020")
    x_0, x_100, y_100, y_0 = load_pybamm().lithium_ion.get_min_max_stoichiometries(values)
    window = reference_window(values)
    assert (window.x_0, window.x_100, window.y_100, window.y_0) == pytest.approx((x_0, x_100, y_100, y_0), abs=1e-8)


def test_lithium_is_conserved_between_the_limits():
    """What the positive electrode gains, the negative one loses."""
    window = stoichiometry_window(parameter_values("Chen2020"), positive=80.0, negative=55.0)
    assert 55.0 * (window.x_100 - window.x_0) == pytest.approx(80.0 * (window.y_0 - window.y_100), rel=1e-10)


def test_state_of_charge_is_linear_between_the_limits():
    """At 0 and 1 the window's ends, half-way their mean."""
    window = reference_window(parameter_values("Chen2020"))
    assert window.at(0.0) == (window.x_0, window.y_0)
    assert window.at(1.0) == pytest.approx((window.x_100, window.y_100), rel=1e-15)
    assert window.at(0.5)[0] == pytest.approx((window.x_0 + window.x_100) / 2)


def test_a_negative_electrode_far_too_small_is_refused():
    """If all its sites fill before the upper voltage, no window exists and the message says what to change."""
    values = parameter_values("Chen2020")
    positive = reference_capacity(values, "positive")
    with pytest.raises(BoundsError, match="capacity ratio"):
        stoichiometry_window(values, positive=positive, negative=0.2 * positive)
