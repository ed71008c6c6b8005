"""What a Prefect server shows of a flow run beside its states: names with record ids, and artifacts that hold them.

Artifacts of Prefect are not those of the lake: here they are a table of records, a page, and a link to the lake.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from ragone.schemas import Record

_ID = re.compile(r"([a-z_]+)-[0-9a-f]{64}")
_FIRST = ("recipe", "microstructure", "candidate", "history", "generator", "transport")  # what names a task run best
_SHORT = 12  # digits
_MOST_ROWS = 1000


def subject_of(value: Any) -> str:
    """The subject of a run: the name of a study if there is one, else a short id; empty if there is neither."""
    ids = list(_ids(value))
    for kind in _FIRST:
        for each in ids:
            if each.startswith(f"{kind}-"):
                return short(each)
    return short(ids[0]) if ids else next(_names(value), "")


def short(artifact_id: str) -> str:
    """An id that still fits a line."""
    kind, _, digits = artifact_id.rpartition("-")
    return f"{kind}-{digits[:_SHORT]}"


def records_of(result: Any) -> list[Record]:
    """The records that a result holds, each once, in its order."""
    found = {record.id: record for record in _records(result)}
    return list(found.values())


def call_run(name: str) -> None:
    """Give the present flow run a name."""
    from prefect.client.orchestration import get_client
    from prefect.runtime import flow_run

    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, name=name)


def publish(result: Any, name: str, lake: str) -> None:
    """Show the records of a result on the server: after the name of the flow run, in a table, a page and a link."""
    from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

    records = records_of(result)
    rows = [{"kind": record.kind, "id": record.id} for record in records]
    if rows:
        create_table_artifact(rows[:_MOST_ROWS], key="records", description="What came out, by id in the lake.")
        create_markdown_artifact(_page(records, lake), key="summary", description="The record, and how to go on.")
    if lake:
        link = lake if "://" in lake else f"file://{lake}"
        create_link_artifact(link, link_text=lake, key="lake", description="The lake that holds the records.")
    if rows:
        call_run(f"{name} {short(records[0].id)}")


def _page(records: Sequence[Record], lake: str) -> str:
    first = records[0].id
    commands = "\n".join(f"ragone {verb} {first} --lake {lake}" for verb in ("show", "lineage", "reproduce"))
    return f"## {short(first)}\n\n`{first}`\n\n{len(records)} records came out.\n\n```console\n{commands}\n```\n"


def _ids(value: Any) -> Iterator[str]:
    """Ids of records, as far as they stand in plain values and data classes; what a class holds is not looked into."""
    if isinstance(value, str):
        if _ID.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _ids(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _ids(each)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type | Record):
        for spec in dataclasses.fields(value):
            yield from _ids(getattr(value, spec.name))


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        name = value.get("name")
        if isinstance(name, str):
            yield name
        for each in value.values():
            yield from _names(each)


def _records(value: Any) -> Iterator[Record]:
    if isinstance(value, Record):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _records(each)
    elif isinstance(value, list | tuple | Set):
        for each in value:
            yield from _records(each)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for spec in dataclasses.fields(value):
            yield from _records(getattr(value, spec.name))
