"""The position of a condition relative to the applicability domain: exact on a cube."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ragone.models.generator.domain import describe_position, locate_condition

CUBE = np.array(list(itertools.product((0.0, 2.0), (0.0, 4.0), (10.0, 20.0))))  # ranges 2, 4, 10


@pytest.mark.parametrize(
    ("condition", "distance"),
    [
        ((1.0, 2.0, 15.0), 0.0),  # the centre
        ((0.1, 3.9, 10.0), 0.0),  # on a face
        ((2.0, 4.0, 20.0), 0.0),  # a corner
        ((3.0, 2.0, 15.0), 0.5),  # off a face
        ((3.0, 6.0, 15.0), np.hypot(0.5, 0.5)),  # off an edge
        ((3.0, 6.0, 25.0), np.sqrt(0.75)),  # off a corner
        ((-2.0, 2.0, 11.0), 1.0),
    ],
)
def test_the_distance_is_exact_in_units_of_the_training_range(condition, distance):
    """Zero inside and on the border; outside, that to the nearest face, edge or corner."""
    assert locate_condition(np.array(condition), CUBE).distance == pytest.approx(distance, abs=1e-9)


def test_without_a_corner_it_lies_outside():
    """A unit cube without its corner: the corner is 1/sqrt(3) from the plane of its three neighbours."""
    unit = np.array(list(itertools.product((0.0, 1.0), repeat=3)))
    assert locate_condition(unit[0], unit[1:], unit).distance == pytest.approx(1 / np.sqrt(3))


def test_ranges_of_all_volumes_measure_the_distance_to_some():
    """What a member left out does not change the unit."""
    line = np.array([[0.0], [1.0], [4.0]])
    assert locate_condition(line[2], line[:2]).distance == pytest.approx(3.0)
    assert locate_condition(line[2], line[:2], line).distance == pytest.approx(0.75)


def test_the_nearest_volume_is_named():
    """With its distance."""
    found = locate_condition(np.array([2.2, 4.0, 20.0]), CUBE)
    assert (found.nearest, found.nearest_distance) == (7, pytest.approx(0.1))


def test_a_condition_that_never_varied_is_measured_in_its_own_unit():
    """No division by zero; a departure is outside."""
    flat = np.array([[0.0, 0.3], [1.0, 0.3]])
    assert locate_condition(np.array([0.5, 0.4]), flat).distance == pytest.approx(0.1)


def test_the_statement_says_what_is_beyond_what():
    """Name, value, the training range, the distance and the nearest volume; or that it is inside."""
    names, condition = ("a", "b", "c"), np.array([3.0, 2.0, 15.0])
    text = describe_position(locate_condition(condition, CUBE), condition, CUBE, names, 0.05)
    assert "outside" in text
    assert "by 0.5 of the range" in text
    assert "a = 3, training range 0 to 2" in text
    assert "b =" not in text.partition(";")[0]
    middle = CUBE.mean(axis=0)
    text = describe_position(locate_condition(middle, CUBE), middle, CUBE, names, 0.05)
    assert text.startswith("inside the applicability domain of 8")
