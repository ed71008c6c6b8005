"""The runs of a crate as OpenLineage events, version 2.0.2: a START and a COMPLETE or FAIL for each.

Jobs are stages, datasets artifacts. OpenLineage wants UUIDs for runs: each is made from the run's id, which is in the
facet `ragone`. An input that only informed a decision is marked in its input facet `ragone`.

References
----------
OpenLineage, specification 2-0-2, https://openlineage.io/spec/2-0-2/OpenLineage.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ragone.dataset.exchange.description import NAMESPACE, Description, uuid_of
from ragone.dataset.exchange.software import RAGONE
from ragone.schemas.provenance import Run, RunOutcome

SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
_EVENT = f"{SCHEMA}#/$defs/RunEvent"
_ERROR = "https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"
_ENGINE = "https://openlineage.io/spec/facets/1-1-1/ProcessingEngineRunFacet.json#/$defs/ProcessingEngineRunFacet"
_OURS = {"_producer": NAMESPACE, "_schemaURL": f"{SCHEMA}#/$defs/BaseFacet"}


def openlineage(about: Description) -> str:
    """Return the events, one JSON document a line, in the order of time."""
    events = [event for run_id, run in about.selection.runs for event in _events(about, run_id, run)]
    events.sort(key=lambda event: event["eventTime"])
    return "".join(json.dumps(event, sort_keys=True) + "\n" for event in events)


def _events(about: Description, run_id: str, run: Run) -> Iterator[dict[str, Any]]:
    failed = run.outcome is RunOutcome.FAILED
    common = {
        "producer": NAMESPACE,
        "schemaURL": _EVENT,
        "run": {"runId": uuid_of(run_id), "facets": _facets(about, run_id, run)},
        "job": {"namespace": RAGONE, "name": run.stage},
        "inputs": [_input(role, name, run) for role, name in run.inputs()],
    }
    outputs = [{"namespace": RAGONE, "name": name} for name in run.output_ids]
    yield common | {"eventType": "START", "eventTime": run.started.isoformat(), "outputs": []}
    end = "FAIL" if failed else "COMPLETE"
    yield common | {"eventType": end, "eventTime": run.ended.isoformat(), "outputs": outputs}


def _input(role: str, name: str, run: Run) -> dict[str, Any]:
    facet = {**_OURS, "role": role, "informed": role in run.informed_roles}
    return {"namespace": RAGONE, "name": name, "inputFacets": {RAGONE: facet}}


def _facets(about: Description, run_id: str, run: Run) -> dict[str, Any]:
    version = next((one.version for one in about.software if one.name == RAGONE), "unknown")
    facets: dict[str, Any] = {
        RAGONE: {
            **_OURS,
            "run_id": run_id,
            "recipe_id": run.recipe_id,
            "code_id": run.code_id,
            "environment_id": run.environment_id,
            "parameters": run.parameters,
            "seed": run.seed,
        },
        "processing_engine": {"_producer": NAMESPACE, "_schemaURL": _ENGINE, "name": RAGONE, "version": version},
    }
    if run.outcome is RunOutcome.FAILED:
        message = {"message": run.error, "programmingLanguage": "Python"}
        facets["errorMessage"] = {"_producer": NAMESPACE, "_schemaURL": _ERROR, **message}
    return facets
