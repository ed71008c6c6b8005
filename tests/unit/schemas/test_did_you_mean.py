"""Hints for names that are not known."""

from __future__ import annotations

import pytest

from ragone.schemas.errors import did_you_mean

KNOWN = ("porosity", "active_material_density", "carbon_binder_density", "charge_rate", "discharge_rate", "cutoff_rate")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("porosty", "did you mean 'porosity'?"),
        ("active", "did you mean 'active_material_density'?"),
        ("density", "did you mean 'active_material_density' or 'carbon_binder_density'?"),
        ("rate", "did you mean 'charge_rate', 'cutoff_rate' or 'discharge_rate'?"),
        ("charg_rate", "did you mean 'charge_rate'?"),
        ("xyz", f"known are: {', '.join(sorted(KNOWN))}."),
    ],
)
def test_a_hint_names_what_is_spelled_alike_or_holds_the_word(name, hint):
    """Each once, even if it is known twice; all that is known if nothing is near."""
    assert did_you_mean(name, [*KNOWN, *KNOWN]) == hint


def test_a_word_that_many_names_hold_is_no_hint():
    """Then the list is shorter."""
    names = [f"{letter}_rate_of_change" for letter in "abcdef"]
    assert did_you_mean("rate", names) == f"known are: {', '.join(names)}."
