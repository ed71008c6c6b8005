"""The provenance of a crate as W3C PROV, in PROV-JSON.

Artifacts are entities, runs activities, people and Ragone agents. What an artifact was *made of* is a derivation; what
*informed* it is an influence, which says no more than that: a reader who follows derivations meets the same ancestors
as Ragone does.

References
----------
Huynh et al. (2013), The PROV-JSON Serialization, W3C Member Submission, https://www.w3.org/submissions/prov-json/.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.dataset.exchange.description import NAMESPACE, Description
from ragone.dataset.exchange.people import Person
from ragone.dataset.exchange.software import RAGONE
from ragone.schemas.provenance import Run

_AGENT = f"{RAGONE}:software"


def prov_json(about: Description) -> dict[str, Any]:
    """Return the document: entities, activities, agents, and the relations between them."""
    document: dict[str, Any] = {
        "prefix": {RAGONE: NAMESPACE, "dcterms": "http://purl.org/dc/terms/", "orcid": "https://orcid.org/"},
        "entity": {_name(name): _entity(about, name) for name in about.selection.artifacts},
        "activity": {_name(run_id): _activity(run) for run_id, run in about.selection.runs},
        "agent": {_AGENT: {"prov:type": _qualified("prov:SoftwareAgent"), "prov:label": "Ragone"}}
        | {_agent(person): _person(person) for person in about.people},
        "used": {},
        "wasGeneratedBy": {},
        "wasDerivedFrom": {},
        "wasInfluencedBy": {},
        "wasAssociatedWith": {},
        "wasAttributedTo": {},
    }
    for run_id, run in about.selection.runs:
        _relate(document, run_id, run)
    for edge in about.selection.edges:
        _derive(document, edge.child, edge.parent, edge.run_id, informed=edge.informed)
    for person in about.people:
        attributed = {"prov:entity": _name(about.root_id), "prov:agent": _agent(person)}
        _add(document, "wasAttributedTo", attributed)
    return {name: content for name, content in document.items() if content}


def _entity(about: Description, name: str) -> dict[str, Any]:
    artifact = about.selection.artifacts[name]
    known: dict[str, Any] = {"prov:type": _qualified(f"{RAGONE}:{artifact.kind}"), "dcterms:identifier": name}
    licence = about.licences[name].address
    return known | ({"dcterms:license": {"$": licence, "type": "xsd:anyURI"}} if licence else {})


def _activity(run: Run) -> dict[str, Any]:
    return {
        "prov:startTime": run.started.isoformat(),
        "prov:endTime": run.ended.isoformat(),
        "prov:label": run.stage,
        f"{RAGONE}:outcome": str(run.outcome),
        f"{RAGONE}:recipe": run.recipe_id,
        **({f"{RAGONE}:seed": {"$": str(run.seed), "type": "xsd:long"}} if run.seed is not None else {}),
    }


def _relate(document: dict[str, Any], run_id: str, run: Run) -> None:
    activity = {"prov:activity": _name(run_id)}
    for role, name in run.inputs():
        _add(document, "used", activity | {"prov:entity": _name(name), "prov:role": role})
    for name in (run.code_id, run.environment_id):
        if name:
            _add(document, "used", activity | {"prov:entity": _name(name), "prov:role": name.partition("-")[0]})
    for role, name in run.outputs().items():
        _add(document, "wasGeneratedBy", {"prov:entity": _name(name), **activity, "prov:role": role})
    _add(document, "wasAssociatedWith", activity | {"prov:agent": _AGENT})


def _derive(document: dict[str, Any], child: str, parent: str, run_id: str, *, informed: bool) -> None:
    if informed:
        _add(document, "wasInfluencedBy", {"prov:influencee": _name(child), "prov:influencer": _name(parent)})
        return
    ends = {"prov:generatedEntity": _name(child), "prov:usedEntity": _name(parent)}
    _add(document, "wasDerivedFrom", ends | {"prov:activity": _name(run_id)})


def _add(document: dict[str, Any], relation: str, content: Mapping[str, Any]) -> None:
    relations = document[relation]
    relations[f"_:{relation}{len(relations) + 1}"] = dict(content)


def _person(person: Person) -> dict[str, Any]:
    return {"prov:type": _qualified("prov:Person"), "prov:label": person.name}


def _agent(person: Person) -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in person.name)
    return f"orcid:{person.orcid}" if person.orcid else f"{RAGONE}:person-{plain}"


def _name(identifier: str) -> str:
    return f"{RAGONE}:{identifier}"


def _qualified(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}
