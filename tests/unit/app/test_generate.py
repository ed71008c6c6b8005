"""`ragone generator draw` as a user types it: inside, outside, simulated, refused."""

from __future__ import annotations

import argparse

import pytest

from ragone.app.arguments.generators import ARGUMENTS
from ragone.schemas import Recipe

RECIPE = ("--active-material-weight-fraction", "0.95", "--porosity", "0.35", "--binder-adhesion", "0.5", "--edge", "16")


def test_a_recipe_inside_is_drawn_and_stored(cli, tmp_path):
    """Fractions are the recipe's; the id leads to the volume and the picture is there."""
    answer = cli("generator", "draw", *RECIPE, "--png", "slice.png", "--json")
    assert answer.code == 0, answer.err
    assert answer.data["fractions"]["pore"] == pytest.approx(0.35, abs=1e-3)
    assert answer.data["outside"] is False
    assert (tmp_path / "slice.png").stat().st_size > 1000
    assert cli("show", answer.data["microstructure_id"]).code == 0
    again = cli("generator", "draw", *RECIPE, "--json")
    assert again.data["microstructure_id"] == answer.data["microstructure_id"]


def test_a_recipe_outside_is_drawn_and_flagged(cli):
    """Never silently: the exit code and the words say so, with the value and what was seen."""
    answer = cli("generator", "draw", *RECIPE[:1], "0.99", *RECIPE[2:])
    assert answer.code == 1
    assert "outside the applicability domain of 21 training volumes" in answer.out
    assert "carbon_binder_fraction = " in answer.out


def test_the_simulator_draws_the_same_fractions(cli):
    """And says nothing of an applicability domain."""
    simulated = cli("generator", "draw", *RECIPE, "--simulate", "--json")
    assert simulated.code == 0, simulated.err
    assert simulated.data["place"] == ""
    drawn = cli("generator", "draw", *RECIPE, "--json")
    assert simulated.data["fractions"] == pytest.approx(drawn.data["fractions"])


def test_other_particles_are_simulated_but_not_drawn(cli):
    """The generator has learned particles of one size: it refuses others rather than draw its own."""
    finer = (*RECIPE, "--median-particle-radius", "3 um")
    simulated = cli("generator", "draw", *finer, "--simulate", "--json")
    assert simulated.code == 0, simulated.err
    assert cli("generator", "draw", *RECIPE, "--simulate", "--json").data["recipe_id"] != simulated.data["recipe_id"]
    drawn = cli("generator", "draw", *finer)
    assert drawn.code == 1
    assert "median_particle_radius_metre = 4e-06" in drawn.err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("--porosity", "1.5"), "porosity"),
        (("--edge", "20"), "multiple of 8"),
        (("--generator", "generator-00"), "is not a lake"),
    ],
)
def test_what_cannot_be_drawn_is_refused(cli, change, message):
    """The value is named."""
    answer = cli("generator", "draw", *RECIPE, *change)
    assert answer.code in (1, 2)
    assert message in answer.err


def test_what_a_recipe_cannot_do_without_has_an_option():
    """With the record's name, and required; any other field is given by name."""
    command = argparse.ArgumentParser()
    ARGUMENTS["generator draw"](command)
    required = {action.dest for action in command._actions if action.required}
    assert required == {parameter.short for parameter in Recipe.parameters().values() if parameter.required}


def test_any_field_of_a_recipe_is_given_by_name(cli):
    """As by its option, with its unit; a name that there is not is refused with the nearest."""
    by_option = cli("generator", "draw", *RECIPE, "--median-particle-radius", "3 um", "--simulate", "--json")
    by_name = cli("generator", "draw", *RECIPE, "--set", "median_particle_radius=3 um", "--simulate", "--json")
    assert by_name.data["recipe_id"] == by_option.data["recipe_id"]
    refused = cli("generator", "draw", *RECIPE, "--set", "median_particle_radios=3 um")
    assert refused.code in (1, 2)
    assert "median_particle_radius" in refused.err
