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
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ragone.dataset.exchange.crate_format import MOST_ENTITIES, README, WORKFLOW, object_path
from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.selection import Selection
from ragone.dataset.exchange.steps import Step, given_kinds, software_versions, steps_of

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
_FRAME = 3 + len(_PROFILES)  # the descriptor, the crate, its profiles and its licence
_LANGUAGE, _RUN = "#json", "#run"
_FOLDER = "lake/objects/{}/"


@dataclass(frozen=True)
class About:
    """The title of a crate, its description, the licence of all of it, its authors, and their organisation.

    Each has a name and an address: of the licence's text, of an ORCID, of the organisation; empty where there is none.
    """

    title: str
    description: str
    licence: tuple[str, str] = ("unknown", "")
    authors: tuple[tuple[str, str], ...] = ()
    organisation: tuple[str, str] = ("", "")


def crate_metadata(
    selection: Selection, about: About, ragone: str, files: Mapping[Rendering, int], counts: Mapping[str, int]
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
        Its files but for records and runs, with their sizes [byte]. Of those beyond 500 entities only the folder is
        named.
    counts
        Records stored, by kind.
    """
    graph = [
        *_parts(selection, counts),
        *_Workflow(selection, about, ragone, counts.keys()).entities(),
        *_agents(about),
    ]
    others = {file: size for file, size in files.items() if file.path != WORKFLOW}
    graph += _files(others, MOST_ENTITIES - _FRAME - len(graph))
    whole = [_plain(entity) for entity in (*_frame(selection, about, graph), *graph)]
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
        "mentions": [_ref(one["@id"]) for one in graph if one["@type"] == "CreateAction"],
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
            "@id": _FOLDER.format(kind),
            "@type": "Dataset",
            "name": f"{count} records of the kind {kind}",
            "description": f"One Arrow file for each record of the kind {kind}, named by the SHA-256 of its content.",
            "exampleOfWork": _ref(f"#parameter/{kind}"),
        }
    for kind, count in sorted(Counter(a.kind for a in selection.artifacts.values()).items()):
        if kind not in counts:
            value = f"{count} records, dropped to save space"
            example = _ref(f"#parameter/{kind}")
            yield {"@id": f"#dropped/{kind}", "@type": "PropertyValue", "name": kind, "value": value} | {
                "exampleOfWork": example
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


def _files(files: Mapping[Rendering, int], room: int) -> Iterator[Entity]:
    """The other files; of folders that hold too many of them, the folder."""
    ordered = list(files)
    named = room if len(files) <= room else max(0, room - len(set(map(_parent, files))))
    for file in ordered[:named]:
        entity: Entity = {"@id": file.path, "@type": "File", "name": file.title, "encodingFormat": file.media_type}
        entity["contentSize"] = str(files[file])
        entity |= {"conformsTo": _ref(file.conforms_to)} if file.conforms_to else {}
        subject = "./" if file.path == README else object_path(file.of_id) if file.of_id else ""
        yield entity | ({"about": _ref(subject)} if subject else {})
    for folder in sorted(set(map(_parent, ordered[named:])) - {""}):
        yield {"@id": f"{folder}/", "@type": "Dataset", "name": folder, "description": "Records as others read them."}


class _Workflow:
    """The plan (workflow, tools, steps, parameters), and what happened (the actions)."""

    def __init__(self, selection: Selection, about: About, ragone: str, present: Collection[str]) -> None:
        self._selection, self._about, self._ragone, self._present = selection, about, ragone, present
        self._steps = steps_of(selection)
        self._given = given_kinds(selection)
        self._made = sorted({kind for step in self._steps for kind in step.makes} - set(self._given))

    def entities(self) -> Iterator[Entity]:
        """All of it."""
        yield self._plan()
        yield {"@id": _LANGUAGE, "@type": "ComputerLanguage", "name": "JSON", "url": _ref("https://www.json.org/")}
        for kind in sorted({*self._given, *self._made}):
            sort = "Dataset" if kind in self._present else "PropertyValue"
            yield {"@id": f"#parameter/{kind}", "@type": "FormalParameter", "name": kind, "additionalType": sort}
        versions = software_versions(self._selection)
        for package in self._packages():
            yield _software(package, versions.get(package, "unknown"))
        for number, step in enumerate(self._steps):
            yield from self._step(step, number + 1)
        yield self._whole()

    def _plan(self) -> Entity:
        return {
            "@id": WORKFLOW,
            "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
            "name": f"Workflow of {self._about.title}",
            "description": "The stages in the order of their first execution: entry points, inputs and outputs.",
            "encodingFormat": "application/json",
            "conformsTo": _ref(_BIOSCHEMAS),
            "programmingLanguage": _ref(_LANGUAGE),
            "version": self._ragone,
            "url": _ref(README),
            "license": _ref(self._about.licence[1] or "#licence"),
            "input": [_ref(f"#parameter/{kind}") for kind in self._given],
            "output": [_ref(f"#parameter/{kind}") for kind in self._made],
            "hasPart": [_ref(f"#{package}") for package in self._packages()],
            "step": [_ref(_name("step", step)) for step in self._steps],
            **_by(self._about),
        }

    def _step(self, step: Step, position: int) -> Iterator[Entity]:
        yield {
            "@id": _name("step", step),
            "@type": "HowToStep",
            "name": step.stage,
            "description": f"The stage at {step.entry_point}",
            "position": str(position),
            "workExample": _ref(f"#{step.package}"),
        }
        failed = step.failed == step.count
        yield {
            "@id": _name("action", step),
            "@type": "CreateAction",
            "name": step.in_words,
            "description": _informed(step),
            "instrument": _ref(f"#{step.package}"),
            "object": self._records(sorted({*step.takes, *step.informed_by})),
            "result": self._records(step.makes),
            "startTime": _time(step.started),
            "endTime": _time(step.ended),
            "actionStatus": _STATUS.format("Failed" if failed else "Completed"),
            "agent": _agent(self._about),
            **({"error": step.error} if failed else {}),
        }
        instrument, action = _ref(_name("step", step)), _ref(_name("action", step))
        control = _name("control", step)
        yield {"@id": control, "@type": "ControlAction", "name": step.stage, "instrument": instrument, "object": action}

    def _whole(self) -> Entity:
        """All runs as one action."""
        root_id, runs = self._selection.root_id, self._selection.runs
        return {
            "@id": _RUN,
            "@type": "CreateAction",
            "name": f"All runs behind {root_id}",
            "description": "; ".join(step.in_words for step in self._steps) or "Nothing was computed.",
            "instrument": _ref(WORKFLOW),
            "object": self._records(self._given),
            "result": [_ref(object_path(root_id)), *self._records(self._made)],
            "startTime": _time(min(run.started for _, run in runs)),
            "endTime": _time(self._selection.latest),
            "actionStatus": _STATUS.format("Completed"),
            "agent": _agent(self._about),
        }

    def _packages(self) -> list[str]:
        return sorted({step.package for step in self._steps})

    def _records(self, kinds: Iterable[str]) -> list[Entity]:
        """References to the records of some kinds, or to what is said of those that were dropped."""
        return [_ref(_FOLDER.format(kind) if kind in self._present else f"#dropped/{kind}") for kind in kinds]


def _agents(about: About) -> Iterator[Entity]:
    for name, address in about.authors:
        yield {"@id": _person(name, address), "@type": "Person", "name": name, "affiliation": _organisation(about)}
    if not about.authors:
        yield {"@id": "#unnamed", "@type": "Organization", "name": "Not named", "description": "No author was named."}
    name, address = about.organisation
    for organisation in _organisation(about):
        url = {"url": address} if address else {}
        yield {**organisation, "@type": "Organization", "name": name, **url}


def _by(about: About) -> Entity:
    people = [_ref(_person(name, address)) for name, address in about.authors]
    return {"author": people, "creator": people, "publisher": _organisation(about)}


def _organisation(about: About) -> list[Entity]:
    name, address = about.organisation
    return [_ref(address or "#organisation")] if name else []


def _agent(about: About) -> Entity:
    return _ref(_person(*about.authors[0])) if about.authors else _ref("#unnamed")


def _software(package: str, version: str) -> Entity:
    return {
        "@id": f"#{package}",
        "@type": "SoftwareApplication",
        "name": package,
        "description": "The package in which stages lie; the version is that of the recorded environments.",
        "softwareVersion": version,
        "url": _ref(README),
    }


def _informed(step: Step) -> str:
    took = ", ".join(step.informed_by)
    return f"{step.in_words}; informed by records of the kinds {took}" if took else step.in_words


def _is_data(entity: Entity) -> bool:
    kinds = entity["@type"] if isinstance(entity["@type"], list) else [entity["@type"]]
    return "File" in kinds or "Dataset" in kinds


def _parent(file: Rendering) -> str:
    return file.path.rpartition("/")[0]


def _name(sort: str, step: Step) -> str:
    return f"#{sort}/{quote(step.stage)}"


def _person(name: str, address: str) -> str:
    return address or f"#person/{quote(name)}"


def _ref(name: str) -> Entity:
    return {"@id": name}


def _time(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds")


def _plain(entity: Entity) -> Entity:
    """An entity as JSON-LD in its compact form has it: one value stands alone, and none is left out."""
    several = {name: value for name, value in entity.items() if value != []}
    return {n: value[0] if isinstance(value, list) and len(value) == 1 else value for n, value in several.items()}
