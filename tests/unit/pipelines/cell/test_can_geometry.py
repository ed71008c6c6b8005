import math

import numpy as np
import pytest

from ragone.pipelines.cell.can import Can
from ragone.pipelines.cell.form_factors import can_of
from ragone.schemas.errors import UnknownFieldError


def test_shell_and_inside_make_up_the_outer_volume():
    """The shell is what is left of the can when its inside is taken away."""
    can = Can(46e-3, 80e-3, 0.5e-3, 4e-3, 10e-3)
    assert can.shell_volume + math.pi / 4 * (45e-3) ** 2 * 79e-3 == pytest.approx(can.volume, rel=1e-12)
    assert can.volume == pytest.approx(132.95e-6, rel=1e-4)


def test_winding_length_is_the_arc_length_of_the_spiral():
    """Area over thickness agrees with the spiral r = r0 + t theta / 2 pi, integrated along its mid-line."""
    can, stack = can_of("4680"), 350e-6
    pitch = stack / (2 * math.pi)
    theta = np.linspace(0, can.annulus_width / pitch, 200_001)
    radius = can.core_diameter_metre / 2 + pitch * theta
    exact = np.trapezoid(np.hypot(radius, pitch), theta)
    assert can.winding_length(stack) == pytest.approx(exact, rel=1e-4)


def test_nothing_is_wound_when_not_one_turn_fits():
    """A stack thicker than the annulus has length 0; one just as thick still fits."""
    can = can_of("4680")
    assert can.winding_length(can.annulus_width * 1.001) == 0
    assert can.winding_length(can.annulus_width) > 0


def test_unknown_form_factor_is_refused_with_a_hint():
    """A misspelled can names the one that was meant."""
    with pytest.raises(UnknownFieldError, match="did you mean '4680'"):
        can_of("4860")
