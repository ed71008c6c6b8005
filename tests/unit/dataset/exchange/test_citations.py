"""Works behind parameter sets and electrolytes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ragone.dataset.exchange.citations import PARAMETER_SETS
from ragone.dataset.exchange.software import parameter_sets_of
from ragone.pipelines.cell.electrolytes import NAMED_ELECTROLYTES


@pytest.mark.parametrize("name", NAMED_ELECTROLYTES)
def test_an_electrolyte_has_a_work(name):
    """The one that its source names."""
    assert PARAMETER_SETS[name][0].authors[0].partition(",")[0].replace("ø", "o") in NAMED_ELECTROLYTES[name].source


def test_every_part_of_a_cell_is_cited_once(example):
    """Both electrodes' sets, and an electrolyte that two designs name; a work of two names stands there once."""
    of_both = {"parameter_set": "Chen2020", "negative_parameter_set": "Ecker2015", "electrolyte": "nyman-2008"}
    designs = {
        "one": example("cell_design", **of_both),
        "other": example(
            "cell_design", parameter_set="Chen2020", electrolyte="nyman-2008-arrhenius", separator="Prada2013"
        ),
    }
    selection = SimpleNamespace(
        of_kind=lambda kind: [SimpleNamespace(id=name) for name in designs if kind == "cell_design"], get=designs.get
    )
    keys = [work.key for work in parameter_sets_of(selection)]
    assert keys == ["Chen2020", "Ecker2015", "Nyman2008", "Prada2013"]
