"""Representativity in its two versions: the first said cube where the second says volume element."""

from __future__ import annotations

import numpy as np

from ragone.schemas import Representativity, RepresentativityOutcome

FORMER = {
    "cube_count": "volume_element_count",
    "cubes_for_scatter": "volume_elements_for_scatter",
    "cubes_needed": "volume_elements_needed",
    "cubes_needed_high": "volume_elements_needed_high",
    "cheapest_cube_count": "cheapest_volume_element_count",
}


def test_names_and_words_go_to_the_first_version_and_come_back(example):
    """Every count has its former name, every text its former word; what is read again is the same record."""
    record = example(
        "representativity",
        outcome=RepresentativityOutcome.OUT_OF_REACH,
        left_out="drawn 8: no volume element conducts",
        method="means over groups (volume elements cut from one volume)",
    )
    older = record.to_arrow(1)
    assert older.column("outcome").to_pylist() == ["no number of cubes of a size studied meets the target"]
    assert older.column("left_out").to_pylist() == ["drawn 8: no cube conducts"]
    assert older.column("method").to_pylist() == ["means over groups (cubes cut from one volume)"]
    for former, present in FORMER.items():
        assert present not in older.column_names
        np.testing.assert_array_equal(older.column(former).to_pylist()[0], getattr(record, present))
    read = Representativity.from_arrow(older)
    assert read.outcome is RepresentativityOutcome.OUT_OF_REACH
    assert read.to_arrow() == record.to_arrow()
