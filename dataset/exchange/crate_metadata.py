"""What other people's tools read of a crate: a Provenance Run Crate 0.5, as RO-Crate 1.1 in JSON-LD.

The workflow is the study, or the chain of stages behind one result; its steps are the stages, each with one action that
sums up its runs (`steps`). Records are named by the folder of their kind, but for the one that was asked for: a crate
has at most 500 entities, however many records it holds.

References
----------
S. Leo et al. (2024), PLOS ONE 19, e0309210, doi:10.1371/journal.pone.0309210; https://w3id.org/ro/wfrun/provenance/0.5.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ragone.dataset.exchange.crate_format import MOST_ENTITIES, README, WORKFLOW, object_path
from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.selection import Selection
from ragone.dataset.exchange.steps import Step, given_kinds, steps_of

Entity = dict[str, Any]

_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
_WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/provenance/0.5": ("Provenance Run Crate", "0.5"),
    _WORKFLOW_CRATE: ("Workflow RO-Crate", "1.0"),
}
_BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
_STATUS = "http://schema.org/{}ActionStatus"
_ENGINE, _LANGUAGE, _RUN, _CONDUCT = "#ragone", "#json", "#run", "#conduct"


@dataclass(frozen=True)
class About:
    """What a crate is called, the licence of all of it, and its authors.

    `licence` is a name with an address, `authors` are names with that of their ORCID; empty where there is none.
    """

    title: str
    description: str
    licence: tuple[str, str] = ("unknown", "")
    authors: tuple[tuple[str, str], ...] = ()


def crate_metadata(
    selection: Selection, about: About, ragone: str, files: Iterable[Rendering], counts: Mapping[str, int]
) -> bytes:
    """Return the content of ``ro-crate-metadata.json``.

    Parameters
    ----------
    selection
        What the crate holds.
    about
        What it is called.
    ragone
        The version of Ragone that writes it.
    files
        Its files but for records and runs. Of those beyond 500 entities only the folder is named.
    counts
        Records stored, by kind.
    """
    graph = [
        *_parts(selection, counts),
        *_workflow(selection, steps_of(selection), ragone, about),
        *_agents(about),
    ]
    graph += _files(list(files), MOST_ENTITIES - len(graph) - 10)
    whole = [*_frame(selection, about, graph), *graph]
    return (json.dumps({"@context": _CONTEXT, "@graph": whole}, indent=1, ensure_ascii=False) + "\n").encode()


def _frame(selection: Selection, about: About, graph: list[Entity]) -> Iterator[Entity]:
    """The descriptor, the crate itself, its profiles and its licence."""
    yield {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": _ref("./"),
        "conformsTo": [_ref("https://w3id.org/ro/crate/1.1"), _ref(_WORKFLOW_CRATE)],
    }
    name, address = about.licence
    licence = address or "#licence"
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": about.description,
        "identifier": selection.root_id,
        "datePublished": _time(selection.latest),
        "license": _ref(licence),
        "conformsTo": [_ref(profile) for profile in _PROFILES],
        "hasPart": [_ref(one["@id"]) for one in graph if _is_data(one)],
        "mainEntity": _ref(WORKFLOW),
        "mentions": [_ref(one["@id"]) for one in graph if one["@type"] in ("CreateAction", "OrganizeAction")],
        **_by(about),
    }
    for profile, (title, version) in _PROFILES.items():
        yield {"@id": profile, "@type": "CreativeWork", "name": title, "version": version, "url": _ref(profile)}
    described = f"The licence {name}" if address else f"No licence can be named for all of it: {name}. See {README}."
    yield {"@id": licence, "@type": "CreativeWork", "name": name, "description": described}


def _parts(selection: Selection, counts: Mapping[str, int]) -> Iterator[Entity]:
    """The folders of records and runs, and the record that was asked for."""
    for kind, count in sorted(counts.items()):
        yield {
            "@id": _folder(kind),
            "@type": "Dataset",
            "name": f"{count} records of the kind {kind}",
            "description": f"One Arrow file for each record of the kind {kind}, named by the SHA-256 of its content.",
            "exampleOfWork": _ref(f"#parameter/{kind}"),
        }
    yield {
        "@id": "lake/runs/",
        "@type": "Dataset",
        "name": f"{len(selection.runs)} runs",
        "description": "One Arrow file for each execution of a stage, or record given: recipe, seed, outcome, times.",
    }
    yield {
        "@id": object_path(selection.root_id),
        "@type": "File",
        "name": selection.root_id,
        "description": "The record that this crate is about.",
        "encodingFormat": "application/vnd.apache.arrow.file",
        "contentSize": str(selection.artifacts[selection.root_id].size),
    }


def _files(files: list[Rendering], room: int) -> Iterator[Entity]:
    """The other files; of folders that hold too many of them, the folder."""
    for file in files[:room]:
        entity: Entity = {"@id": file.path, "@type": "File", "name": file.title, "encodingFormat": file.media_type}
        entity |= {"contentSize": str(len(file.data))} if file.data else {}
        entity |= {"conformsTo": _ref(file.conforms_to)} if file.conforms_to else {}
        yield entity | ({"about": _ref(object_path(file.of_id))} if file.of_id else {})
    for folder in sorted({file.path.rpartition("/")[0] for file in files[room:]} - {""}):
        yield {"@id": f"{folder}/", "@type": "Dataset", "name": folder, "description": "Records as others read them."}


def _workflow(selection: Selection, steps: list[Step], ragone: str, about: About) -> Iterator[Entity]:
    """The plan (workflow, tools, steps, parameters), and what happened (the actions)."""
    given = given_kinds(selection)
    made = sorted({kind for step in steps for kind in step.makes} - set(given))
    yield {
        "@id": WORKFLOW,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "name": f"Workflow of {about.title}",
        "description": "The stages in the order of their first execution, with their entry points, inputs and outputs.",
        "encodingFormat": "application/json",
        "conformsTo": _ref(_BIOSCHEMAS),
        "programmingLanguage": _ref(_LANGUAGE),
        "version": ragone,
        "url": _ref(README),
        "license": _ref(about.licence[1] or "#licence"),
        "input": [_ref(f"#parameter/{kind}") for kind in given],
        "output": [_ref(f"#parameter/{kind}") for kind in made],
        "hasPart": [_ref(_tool(step)) for step in steps],
        "step": [_ref(f"#step/{step.stage}") for step in steps],
        **_by(about),
    }
    yield {"@id": _LANGUAGE, "@type": "ComputerLanguage", "name": "JSON", "url": _ref("https://www.json.org/")}
    yield _software(_ENGINE, "Ragone", "Closed-loop design of lithium-ion electrodes", ragone)
    for kind in sorted({*given, *made}):
        yield {"@id": f"#parameter/{kind}", "@type": "FormalParameter", "name": kind, "additionalType": "Dataset"}
    for number, step in enumerate(steps):
        yield from _step(step, number + 1, ragone)
    yield from _conduct(selection, steps, given, made)


def _step(step: Step, position: int, ragone: str) -> Iterator[Entity]:
    kinds = {"input": sorted({*step.takes, *step.informed_by}), "output": step.makes}
    named = {port: [_ref(f"#parameter/{kind}") for kind in those] for port, those in kinds.items()}
    yield _software(_tool(step), step.stage, f"The stage at {step.entry_point}", ragone) | named
    example = _ref(_tool(step))
    yield {"@id": f"#step/{step.stage}", "@type": "HowToStep", "position": str(position), "workExample": example}
    failed = step.failed == step.count
    yield {
        "@id": f"#action/{step.stage}",
        "@type": "CreateAction",
        "name": step.in_words,
        "description": _informed(step),
        "instrument": _ref(_tool(step)),
        "object": [_ref(_folder(kind)) for kind in kinds["input"]],
        "result": [_ref(_folder(kind)) for kind in step.makes],
        "startTime": _time(step.started),
        "endTime": _time(step.ended),
        "actionStatus": _STATUS.format("Failed" if failed else "Completed"),
        "agent": _ref(_ENGINE),
        **({"error": step.error} if failed else {}),
    }
    yield {
        "@id": f"#control/{step.stage}",
        "@type": "ControlAction",
        "instrument": _ref(f"#step/{step.stage}"),
        "object": _ref(f"#action/{step.stage}"),
    }


def _conduct(selection: Selection, steps: list[Step], given: list[str], made: list[str]) -> Iterator[Entity]:
    """The whole, as one action and as what the engine did."""
    times = {"startTime": _time(min(run.started for _, run in selection.runs)), "endTime": _time(selection.latest)}
    yield {
        "@id": _RUN,
        "@type": "CreateAction",
        "name": f"All runs behind {selection.root_id}",
        "description": "; ".join(step.in_words for step in steps),
        "instrument": _ref(WORKFLOW),
        "object": [_ref(_folder(kind)) for kind in given],
        "result": [_ref(object_path(selection.root_id)), *(_ref(_folder(kind)) for kind in made)],
        "actionStatus": _STATUS.format("Completed"),
        "agent": _ref(_ENGINE),
        **times,
    }
    yield {
        "@id": _CONDUCT,
        "@type": "OrganizeAction",
        "name": "Execution by Ragone",
        "instrument": _ref(_ENGINE),
        "object": [_ref(f"#control/{step.stage}") for step in steps],
        "result": _ref(_RUN),
        "agent": _ref(_ENGINE),
        **times,
    }


def _agents(about: About) -> Iterator[Entity]:
    for name, address in about.authors:
        yield {"@id": _person(name, address), "@type": "Person", "name": name}


def _by(about: About) -> Entity:
    people = [_ref(_person(name, address)) for name, address in about.authors]
    return {"author": people, "creator": people} if people else {}


def _software(name: str, title: str, description: str, version: str) -> Entity:
    url = _ref(README)
    return {"@id": name, "@type": "SoftwareApplication", "name": title, "description": description} | {
        "softwareVersion": version,
        "url": url,
    }


def _informed(step: Step) -> str:
    took = ", ".join(step.informed_by)
    return f"{step.in_words}; informed by records of the kinds {took}" if took else step.in_words


def _is_data(entity: Entity) -> bool:
    kinds = entity["@type"] if isinstance(entity["@type"], list) else [entity["@type"]]
    return "File" in kinds or "Dataset" in kinds


def _person(name: str, address: str) -> str:
    return address or f"#person/{name.replace(' ', '-')}"


def _tool(step: Step) -> str:
    return f"#stage/{step.stage}"


def _folder(kind: str) -> str:
    return f"lake/objects/{kind}/"


def _ref(name: str) -> Entity:
    return {"@id": name}


def _time(when: datetime) -> str:
    return when.isoformat()
