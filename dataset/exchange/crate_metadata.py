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
from collections.abc import Collection, Iterator, Mapping

from ragone.dataset.exchange.crate_format import MOST_ENTITIES, README, WORKFLOW, object_path
from ragone.dataset.exchange.crate_workflow import CrateWorkflow
from ragone.dataset.exchange.entities import (
    LICENCE,
    RECORDS,
    Entity,
    credits_of,
    moment,
    parameter,
    people_of_crate,
    plain,
    ref,
)
from ragone.dataset.exchange.entities import (
    About as About,  # where others look for it
)
from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.selection import Selection

_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
_WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/provenance/0.5": ("Provenance Run Crate", "0.5"),
    _WORKFLOW_CRATE: ("Workflow RO-Crate", "1.0"),
}
_FRAME = 3 + len(_PROFILES)  # the descriptor, the crate, its profiles and its licence


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
    workflow = CrateWorkflow(selection, about, ragone, counts.keys())
    graph = [*_parts(selection, counts, workflow.parameters), *workflow.entities(), *people_of_crate(about)]
    others = {file: size for file, size in files.items() if file.path != WORKFLOW}
    graph += _files(others, MOST_ENTITIES - _FRAME - len(graph))
    whole = [plain(entity) for entity in (*_frame(selection, about, graph), *graph)]
    return (json.dumps({"@context": _CONTEXT, "@graph": whole}, indent=1, ensure_ascii=False) + "\n").encode()


def _frame(selection: Selection, about: About, graph: list[Entity]) -> Iterator[Entity]:
    """The descriptor, the crate itself, its profiles and its licence."""
    yield {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": ref("./"),
        "conformsTo": [ref("https://w3id.org/ro/crate/1.1"), ref(_WORKFLOW_CRATE)],
    }
    name, address = about.licence
    licence = address or LICENCE
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": about.description,
        "identifier": selection.root_id,
        "datePublished": moment(selection.latest),
        "license": ref(licence),
        "conformsTo": [ref(profile) for profile in _PROFILES],
        "hasPart": [ref(one["@id"]) for one in graph if _is_data(one)],
        "mainEntity": ref(WORKFLOW),
        "mentions": [ref(one["@id"]) for one in graph if one["@type"] == "CreateAction"],
        **credits_of(about),
    }
    for profile, (title, version) in _PROFILES.items():
        yield {"@id": profile, "@type": "CreativeWork", "name": title, "version": version, "url": ref(profile)}
    described = f"The licence {name}" if address else f"No licence can be named for all of it: {name}. See {README}."
    yield {"@id": licence, "@type": "CreativeWork", "name": name, "description": described}


def _parts(selection: Selection, counts: Mapping[str, int], parameters: Collection[str]) -> Iterator[Entity]:
    """The folders of records and runs, what is said of those that were dropped, and the record that was asked for."""

    def example(kind: str) -> Entity:
        return {"exampleOfWork": ref(parameter(kind))} if kind in parameters else {}

    for kind, count in sorted(counts.items()):
        yield {
            "@id": RECORDS.format(kind),
            "@type": "Dataset",
            "name": f"{count} records of the kind {kind}",
            "description": f"One Arrow file for each record of the kind {kind}, named by the SHA-256 of its content.",
            **example(kind),
        }
    for kind, count in sorted(Counter(a.kind for a in selection.artifacts.values()).items()):
        if kind not in counts:
            said = {"name": kind, "value": f"{count} records, dropped to save space"}
            yield {"@id": f"#dropped/{kind}", "@type": "PropertyValue", **said, **example(kind)}
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
        entity |= {"conformsTo": ref(file.conforms_to)} if file.conforms_to else {}
        subject = "./" if file.path == README else object_path(file.of_id) if file.of_id else ""
        yield entity | ({"about": ref(subject)} if subject else {})
    for folder in sorted(set(map(_parent, ordered[named:])) - {""}):
        yield {"@id": f"{folder}/", "@type": "Dataset", "name": folder, "description": "Records as others read them."}


def _is_data(entity: Entity) -> bool:
    kinds = entity["@type"] if isinstance(entity["@type"], list) else [entity["@type"]]
    return "File" in kinds or "Dataset" in kinds


def _parent(file: Rendering) -> str:
    return file.path.rpartition("/")[0]
