"""F-UJI's indicators in the files of a crate."""

from __future__ import annotations

import json
from dataclasses import replace

import lake_stages as stages
import pytest

from ragone.dataset.exchange import Particulars, Rendering, Standing, assess, descriptions, select
from ragone.dataset.exchange.descriptions import DATACITE, PAGE, PROV
from ragone.dataset.exchange.indicators import INDICATORS
from ragone.schemas import Design, Kpi, stage

KNOWN = Particulars.read(["Ada Lovelace <0000-0002-1825-0097>"], "CC-BY-4.0", "Example University")
TABLE = Rendering("readable/scalars.csv", "text/csv", "", "numbers", b"a,b\n")


@stage("weigh", libraries=("numpy",))
def weigh(design: Design) -> Kpi:
    """A KPI of a stage that declares a library."""
    return stages.kpi(design.porosity)


@pytest.fixture
def chosen(lake, design):
    """The selection of a crate."""
    return select(lake, lake.run(weigh, design=lake.put(design())).id)


def made(selection, particulars=KNOWN) -> list[Rendering]:
    """The files of a crate."""
    return [TABLE, *descriptions(selection, particulars, [TABLE])]


def lost(files: list[Rendering]) -> set[str]:
    """The indicators that files alone could meet and do not, but for the one that no crate can."""
    standing = {one.id: one.standing for one in assess(files)}
    return {name for name, one in standing.items() if one is Standing.NOT_MET} - {"FsF-R1.3-01M-1"}


def test_a_crate_with_people_licence_and_publisher_meets_20_of_21(chosen):
    """All but the standard of a community that F-UJI does not list; each with what shows it, the rest with advice."""
    found = assess(made(chosen))
    standings = [one.standing for one in found]
    assert [standings.count(one) for one in Standing] == [20, 1, 10]
    assert all(one.evidence for one in found if one.standing is Standing.MET)
    assert all(one.advice for one in found if one.standing is not Standing.MET)
    assert len({one.id for one in found}) == len(INDICATORS) == 31


@pytest.mark.parametrize(
    ("particulars", "missing"),
    [
        (replace(KNOWN, people=()), {"FsF-F2-01M-2", "FsF-F2-01M-3"}),
        (replace(KNOWN, publisher=""), {"FsF-F2-01M-2", "FsF-F2-01M-3"}),
        (replace(KNOWN, licence=""), {"FsF-A1-01M-1", "FsF-R1.1-01M-1"}),
    ],
)
def test_what_the_exporter_leaves_open_is_named(chosen, particulars, missing):
    """People, publisher and licence are known to nobody else; the advice names the option."""
    files = made(chosen, particulars)
    assert lost(files) == missing
    assert all("--" in one.advice for one in assess(files) if one.id in missing)


@pytest.mark.parametrize(
    ("path", "name", "missing"),
    [
        (DATACITE, "types", {"FsF-F2-01M-2", "FsF-F2-01M-3", "FsF-R1-01M-1"}),
        (DATACITE, "subjects", {"FsF-F2-01M-3"}),
        (DATACITE, "relatedIdentifiers", {"FsF-I3-01M-2"}),
        (DATACITE, "rightsList", {"FsF-R1.1-01M-1"}),
        (DATACITE, "schemaVersion", {"FsF-R1.3-01M-3"}),
        (PAGE, "@id", {"FsF-F1-01MD-1"}),
        (PAGE, "@context", {"FsF-F4-01M-1", "FsF-I1-01M-1"}),
        (PAGE, "conditionsOfAccess", {"FsF-A1-01M-1"}),
        (PAGE, "license", {"FsF-R1.1-01M-1"}),
        (PAGE, "citation", {"FsF-I3-01M-1"}),
        (PAGE, "variableMeasured", {"FsF-I2-01M-2", "FsF-R1-01M-3"}),
        (PAGE, "distribution", {"FsF-F1-01MD-2", "FsF-F3-01M-2", "FsF-R1-01M-2"}),
        (PROV, "activity", {"FsF-R1.2-01M-2"}),
    ],
)
def test_each_indicator_looks_at_what_was_written(chosen, path, name, missing):
    """Whatever is taken out of a file costs the indicators that rest on it, and no other."""
    files = []
    for file in made(chosen):
        if file.path == path:
            head, tail = b"", b""
            data = file.data
            if path == PAGE:
                start, end = data.index(b'ld+json">\n') + 10, data.index(b"\n</script>")
                head, data, tail = data[:start], data[start:end], data[end:]
            kept = {key: value for key, value in json.loads(data).items() if key != name}
            file = replace(file, data=head + json.dumps(kept).encode() + tail)
        files.append(file)
    assert lost(files) == missing


def test_files_that_are_missing_cost_what_rests_on_them(chosen):
    """Without a table no open format, without dates and people no provenance, without a page nothing to index."""
    files = made(chosen)
    assert lost([file for file in files if file is not TABLE]) == {"FsF-R1.3-02D-1"}
    unlinked = [replace(file, data=file.data.replace(b"describedby", b"about")) for file in files]
    assert lost(unlinked) == {"FsF-I1-01M-2"}
    assert "FsF-R1.2-01M-1" in lost([file for file in files if file.path != DATACITE])
    assert {"FsF-F4-01M-1", "FsF-I1-01M-1", "FsF-I1-01M-2"} <= lost([file for file in files if file.path != PAGE])
