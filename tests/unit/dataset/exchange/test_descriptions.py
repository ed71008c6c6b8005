"""What a crate says of itself to other people's tools, validated by the schemas of those formats."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

import lake_stages as stages
import numpy as np
import pytest
import yaml
from jsonschema import Draft4Validator, Draft201909Validator, Draft202012Validator
from referencing import Registry, Resource

from ragone.dataset.environment import environment
from ragone.dataset.exchange.description import Particulars, describe, uuid_of
from ragone.dataset.exchange.descriptions import CITATION_FILE, CITATIONS, DATACITE, LINEAGE, PAGE, PROV, descriptions
from ragone.dataset.exchange.people import PersonError, read_person
from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.selection import select
from ragone.dataset.exchange.software import parameter_sets_of, software_of
from ragone.schemas import Campaign, CellDesign, Kpi, Microstructure, stage
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.provenance import RunOutcome

ADA = Particulars((read_person("Ada Lovelace <0000-0002-1825-0097>"),), "CC-BY-4.0", "Example University")
SOURCE = 'an image <of "fibres"> & pores, https://doi.org/10.5281/zenodo.1234'


@stage("weigh", libraries=("numpy",))
def weigh(cube: Microstructure) -> Kpi:
    """A number of a volume, for which a library is declared."""
    return stages.kpi(float(cube.labels.mean()))


def schema(name: str) -> Any:
    """A schema that comes with the package."""
    return json.loads(files("ragone.dataset.exchange").joinpath("vendored", "schemas", name).read_text("utf-8"))


@pytest.fixture
def chosen(lake, design):
    """A KPI of a design that was decided upon after looking at somebody's image, and the selection of its crate."""
    image = lake.put(
        Microstructure(
            labels=np.zeros((2, 2, 2), np.uint8),
            voxel_edges_metre=cubic_voxels(4e-7),
            phase_labels=np.array([0, 1, 2], np.uint8),
            source=SOURCE,
            licence="CC-BY-SA-4.0",
        ),
        note="segmented by Carl Gauss <0000-0001-5109-3700>",
    )
    trial = lake.run(stages.count, cube=image).id
    decided = lake.run(stages.steer, start=lake.put(design()), trials=[trial]).id
    kpi = lake.run(weigh, cube=lake.run(stages.grow, design=decided, seed=3).id).id
    return select(lake, kpi)


def described(selection, particulars=ADA, readable=()) -> dict[str, bytes]:
    """The files by their path."""
    return {file.path: file.data for file in descriptions(selection, particulars, readable)}


@pytest.mark.parametrize("address", ["https://ror.org/02mhbdp94", "https://university.example", ""])
def test_a_publisher_may_have_an_address(chosen, address):
    """It is the publisher's identifier in DataCite and in the page; the crate names it as an organisation."""
    known = Particulars.read([], publisher=f"Example University <{address}>" if address else "Example University")
    found = json.loads(described(chosen, known)[DATACITE])
    Draft201909Validator(schema("datacite-4.5.json")).validate(found)
    assert found["publisher"].get("publisherIdentifier", "") == address
    with pytest.raises(PersonError, match="address"):
        Particulars.read([], publisher="Example University <javascript:alert(1)>")


@pytest.mark.parametrize("particulars", [None, ADA])
def test_datacite_is_valid(chosen, particulars):
    """The metadata fit the schema of kernel 4.5, with and without what only the exporter knows."""
    found = json.loads(described(chosen, particulars)[DATACITE])
    Draft201909Validator(schema("datacite-4.5.json")).validate(found)
    if particulars is None:
        assert [one["name"] for one in found["creators"]] == ["Gauss, segmented by Carl"]
        assert found["publisher"] == {"name": ":tba"}
        assert found["rightsList"][0] == {"rights": "No licence can be named: own"}
        return
    assert found["creators"][0]["nameIdentifiers"][0]["nameIdentifier"] == "https://orcid.org/0000-0002-1825-0097"
    rights = {one.get("rightsIdentifier") for one in found["rightsList"]}
    assert {"CC-BY-4.0", "CC-BY-SA-4.0"} <= rights
    related = {(one["relatedIdentifier"], one["relationType"]) for one in found["relatedIdentifiers"]}
    assert ("10.5281/zenodo.1234", "IsDerivedFrom") in related
    assert ("10.1038/s41586-020-2649-2", "Cites") in related


def test_prov_is_valid_and_tells_both_edges_apart(chosen):
    """Derivations are what it was made of, influences what informed it; every name that is used is declared."""
    found = json.loads(described(chosen)[PROV])
    Draft4Validator(schema("prov-json.json")).validate(found)
    derived = {
        (one["prov:generatedEntity"].removeprefix("ragone:"), one["prov:usedEntity"].removeprefix("ragone:"))
        for one in found["wasDerivedFrom"].values()
    }
    influenced = {
        (one["prov:influencee"].removeprefix("ragone:"), one["prov:influencer"].removeprefix("ragone:"))
        for one in found["wasInfluencedBy"].values()
    }
    assert derived == {(edge.child, edge.parent) for edge in chosen.edges if not edge.informed}
    assert influenced == {(edge.child, edge.parent) for edge in chosen.edges if edge.informed}
    assert influenced
    declared = {**found["entity"], **found["activity"], **found["agent"]}
    relations = ("used", "wasGeneratedBy", "wasAssociatedWith", "wasAttributedTo", "wasDerivedFrom")
    ends = [
        value for name in relations for one in found[name].values() for key, value in one.items() if "role" not in key
    ]
    assert set(ends) <= declared.keys()
    assert "orcid:0000-0002-1825-0097" in declared


def test_openlineage_is_valid(chosen):
    """Each run begins and completes or fails, in the order of time; what informed a decision is marked."""
    failed = replace(
        chosen.runs[-1][1], outcome=RunOutcome.FAILED, error="ValueError: no", output_roles=(), output_ids=()
    )
    chosen = replace(chosen, runs=(*chosen.runs, (failed.id, failed)))
    resources = [
        Resource.from_contents(schema(f"openlineage-{name}.json"))
        for name in ("2-0-2", "ErrorMessageRunFacet", "ProcessingEngineRunFacet")
    ]
    registry = Registry().with_resources((one.id(), one) for one in resources)
    validator = Draft202012Validator(schema("openlineage-2-0-2.json"), registry=registry)
    events = [json.loads(line) for line in described(chosen)[LINEAGE].splitlines()]
    for event in events:
        validator.validate(event)
        for facet in ("ErrorMessageRunFacet", "ProcessingEngineRunFacet"):
            Draft202012Validator(schema(f"openlineage-{facet}.json"), registry=registry).validate(
                event["run"]["facets"]
            )
    assert [event["eventTime"] for event in events] == sorted(event["eventTime"] for event in events)
    assert len(events) == 2 * len(chosen.runs)
    steered = next(event for event in events if event["job"]["name"] == "steer" and event["eventType"] == "COMPLETE")
    informed = {one["name"]: one["inputFacets"]["ragone"]["informed"] for one in steered["inputs"]}
    assert informed == {edge.parent: edge.informed for edge in chosen.edges if edge.stage == "steer"}
    assert events[-1]["eventType"] == "FAIL"
    assert events[-1]["run"]["facets"]["errorMessage"]["message"] == "ValueError: no"
    assert steered["run"]["runId"] == uuid_of(steered["run"]["facets"]["ragone"]["run_id"])


def test_software_has_the_recorded_versions_and_works(chosen):
    """Ragone and Python come from the environment, libraries from the code of each stage, works from the citations."""
    found = {one.name: one for one in software_of(chosen)}
    assert list(found)[:2] == ["ragone", "Python"]
    assert found["numpy"].version == np.__version__
    assert found["numpy"].stages == ("weigh",)
    assert "weigh" in found["Python"].stages
    assert found["numpy"].works[0].doi == "10.1038/s41586-020-2649-2"


def test_an_extended_parameter_set_is_cited_with_what_extends_it(lake):
    """The default set of a cell takes its activation energies from another work; each work is named once."""
    cell = lake.put(CellDesign(mass_loading_kilogram_per_square_metre=0.2))
    assert [work.key for work in parameter_sets_of(select(lake, cell))] == ["Chen2020", "OKane2022"]


def test_bibtex_is_balanced_and_escaped(chosen):
    """Each entry has a key of its own and braces that close; what BibTeX reads otherwise is escaped."""
    found = described(chosen, Particulars(title="100 % {sure} & _done_"))[CITATIONS].decode()
    keys = re.findall(r"^@\w+\{([^,]+),$", found, re.MULTILINE)
    assert len(keys) == len(set(keys)) == found.count("\n}\n")
    assert r"100 \% \{sure\} \& \_done\_" in found
    assert found.replace(r"\{", "").replace(r"\}", "").count("{") == found.replace(r"\{", "").replace(r"\}", "").count(
        "}"
    )
    assert "10.1038/s41586-020-2649-2" in found


def test_the_citation_file_is_plain_yaml(chosen):
    """It names people with their ORCID, and the licence where there is one."""
    found = yaml.safe_load(described(chosen)[CITATION_FILE])
    assert found["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert (found["type"], found["license"]) == ("dataset", "CC-BY-SA-4.0")
    assert "license" not in yaml.safe_load(described(chosen, None)[CITATION_FILE])


def test_the_page_holds_its_data_and_no_strangers_markup(chosen):
    """The JSON-LD inside can be read back; the text of a source is escaped in the page, and cannot end the script."""
    hostile = Particulars(title="</script><script>alert(1)</script>", licence="CC-BY-4.0")
    file = Rendering("readable/a.csv", "text/csv", "", "<b>a</b>", b"1,2\n")
    page = described(chosen, hostile, [file])[PAGE].decode()
    assert page.count("<script") == page.count("</script>") == 1
    assert "<b>" not in page
    held = json.loads(re.search(r'<script type="application/ld\+json">\n(.*?)\n</script>', page, re.DOTALL)[1])
    assert held["name"] == hostile.title
    assert {k: held["isBasedOn"][0][k] for k in ("@type", "name")} == {"@type": "CreativeWork", "name": SOURCE}
    assert held["distribution"][1]["contentUrl"] == "../readable/a.csv"
    assert held["license"] == "https://spdx.org/licenses/CC-BY-SA-4.0.html"
    units = [one["qudt:unit"]["@id"] for one in held["variableMeasured"]]
    assert units == ["http://qudt.org/vocab/unit/W-HR-PER-L"]


def test_the_same_selection_gives_the_same_bytes(lake, chosen):
    """Nothing of the moment or the machine of the export is in the files."""
    assert described(chosen) == described(select(lake, chosen.root_id))


def test_a_strangers_records_spoil_no_description(lake, design):
    """Versions that are no table and a campaign whose name is markup over lines give files that are valid."""
    broken = replace(environment(), packages=["not", "a", "table"])
    campaign = Campaign(
        name="</title>\n\x1b[31m" + "x" * 500,
        definition={},
        goals=[],
        objective_name="energy_density",
        objective_unit="W.h/L",
        candidate_ids=(lake.put(design()),),
        kpi_ids=("",),
        values=[[None]],
        feasible=np.zeros(1, np.uint8),
    )
    selection = select(lake, lake.put(campaign))
    load = selection.get
    selection = replace(selection, _load=lambda name: broken if name.startswith("environment-") else load(name))
    found = described(selection)
    Draft201909Validator(schema("datacite-4.5.json")).validate(json.loads(found[DATACITE]))
    title = json.loads(found[DATACITE])["titles"][0]["title"]
    assert title.isprintable()
    assert len(title) < 200
    assert found[PAGE].count(b"</title>") == 1


def test_notes_name_people_after_those_who_are_named(chosen):
    """Whoever exports is named first; people in the notes of runs follow, once each."""
    names = [person.orcid for person in describe(chosen, ADA).people]
    assert names == ["0000-0002-1825-0097", "0000-0001-5109-3700"]
