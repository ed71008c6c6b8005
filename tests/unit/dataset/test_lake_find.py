"""Finding a text in a lake: in which names, notes, sources and licences, and whose."""

from __future__ import annotations

import lake_stages as stages
import pytest


@pytest.fixture
def library(lake, example):
    """A lake with words in a name, a note, a source, a document and a licence."""
    lake.put(example("kpi", name="Peak_power", value=1.0), note="from the Oxford archive")
    lake.put(example("kpi", name="Peak_power", value=2.0))
    lake.put(example("microstructure", source="https://oxford.example/volume", licence="CC-BY-4.0"))
    lake.put(example("materials", sources={"density": "weighed at Oxford"}))
    return lake


def places(found):
    """Where each text was found, and in how many rows."""
    return {(each.table, each.column): each.count for each in found}


def test_places(library):
    """Capital letters do not matter; notes of runs, documents and plain fields are all searched."""
    found = library.find("oXford")
    assert places(found) == {("runs", "note"): 1, ("microstructures", "source"): 1, ("materials", "sources"): 1}
    assert "weighed at Oxford" in next(each.text for each in found if each.table == "materials")


def test_alike_texts_are_one(library):
    """They are counted, and the newest record is named; texts of fewer rows come first."""
    newest = library.sql("SELECT id FROM kpis ORDER BY created DESC LIMIT 1").item()
    (found,) = library.find("peak")
    assert (found.count, found.newest, found.text) == (2, newest, "Peak_power")
    counts = [each.count for each in library.find("e")]
    assert counts == sorted(counts)


def test_licences_and_reasons(library, design):
    """What was dropped is found by its reason."""
    assert places(library.find("by-4.0")) == {("microstructures", "licence"): 1}
    made = library.run(stages.denser, design=library.put(design()))
    library.drop([made.id], reason="it's too large: 100%")
    assert places(library.find("it's too")) == {("tombstones", "reason"): 1, ("runs", "note"): 1}
    assert places(library.find("100%")) == places(library.find("it's"))


@pytest.mark.parametrize("text", ["nowhere", "%", "' OR '' = '", "_x_", "\\"])
def test_nothing(library, text):
    """A text that stands nowhere finds nothing; no character of it means anything else than itself."""
    assert library.find(text) == []
