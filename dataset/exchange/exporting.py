"""One result or one study out of a lake: a bag whose payload is a Provenance Run Crate.

The same selection gives the same crate, byte by byte: times come from the records, and nothing of this machine is in
it.
"""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from ragone.dataset.exchange.bag import BagWriter
from ragone.dataset.exchange.containers import created
from ragone.dataset.exchange.crate_format import (
    EVALUATIONS,
    EVALUATIONS_CSV,
    LINEAGE,
    METADATA,
    README,
    WORKFLOW,
    Card,
    object_path,
    run_path,
)
from ragone.dataset.exchange.crate_metadata import crate_metadata
from ragone.dataset.exchange.entities import About
from ragone.dataset.exchange.explanation import explanation
from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.selection import Selection, select
from ragone.dataset.exchange.steps import steps_of
from ragone.dataset.lake import Lake
from ragone.dataset.progress import Watcher, unwatched

Renderer = Callable[[Selection], Iterable[Rendering]]

_EDGES = pa.schema(
    [(name, pa.string()) for name in ("child", "parent", "run_id", "role", "stage")] + [("informed", pa.bool_())]
)


@dataclass(frozen=True)
class Exported:
    """A crate that was written: its root, and how many records, runs and files for others it holds."""

    root: str
    root_id: str
    artifacts: int
    runs: int
    renderings: int


def export(
    lake: Lake,
    name: str,
    destination: str | os.PathLike[str],
    *,
    about: Callable[[Selection], About] | None = None,
    renderers: Iterable[Renderer] = (),
    watcher: Watcher = unwatched,
) -> Exported:
    """Write a crate.

    Parameters
    ----------
    lake
        Where the artifact is.
    name
        Its id, whole or shortened: a campaign, or any other artifact.
    destination
        A new folder, or a new file that ends in .zip.
    about
        Says what the crate is called, its licence and its authors; by default only what the records say.
    renderers
        Make the files for others from what was selected.
    watcher
        Called with records and runs written and their number.

    Raises
    ------
    CrateError
        If the artifact cannot travel, or the destination is there already.
    """
    selection = select(lake, name)
    described = (about or described_by_records)(selection)
    with created(Path(destination)) as sink:
        bag = BagWriter(sink)
        artifacts = _add_records(bag, selection, watcher)
        sizes: dict[Rendering, int] = {}
        others = (file for make in renderers for file in make(selection))
        for file in chain(_own_files(lake, selection, described), others):  # one at a time: volumes are large
            bag.add(file.path, file.data)
            sizes[replace(file, data=b"")] = len(file.data)
        ragone = metadata.version("ragone")
        counts = Counter(a.kind for a in selection.artifacts.values() if not a.dropped)
        bag.add(METADATA, crate_metadata(selection, described, ragone, sizes, counts))
        card = Card(selection.root_id, f"{selection.latest:%Y-%m-%d}", ragone, artifacts, len(selection.runs))
        root = bag.close(card)
    return Exported(root, selection.root_id, artifacts, len(selection.runs), len(sizes))


def described_by_records(selection: Selection) -> About:
    """Return what the records themselves say a crate is called."""
    summary = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(_kinds(selection)).items()))
    held = f"{len(selection.runs)} runs and {len(selection.artifacts)} records ({summary})"
    if selection.is_campaign:
        campaign = selection.get(selection.root_id)
        name = " ".join("".join(c for c in getattr(campaign, "name", "") if c.isprintable()).split())
        return About(
            f"Campaign {name[:100]}".strip(), f"A study of lithium-ion electrodes with its provenance: {held}."
        )
    kind = selection.artifacts[selection.root_id].kind.replace("_", " ")
    return About(f"Ragone {kind}", f"One result ({kind}) with all that it was made of or informed by: {held}.")


def _add_records(bag: BagWriter, selection: Selection, watcher: Watcher) -> int:
    """Add the records that were not dropped, and the runs; returns how many records."""
    stored = [artifact.id for artifact in selection.artifacts.values() if not artifact.dropped]
    paths = {name: object_path(name) for name in stored} | {run_id: run_path(run_id) for run_id, _ in selection.runs}
    for number, (name, path) in enumerate(paths.items()):
        bag.add(path, selection.data(name))
        watcher(number + 1, len(paths))
    return len(stored)


def _own_files(lake: Lake, selection: Selection, about: About) -> Iterator[Rendering]:
    """The files that every crate has besides: a page, the plan, the lineage, and the evaluations of a campaign."""
    parquet = "application/vnd.apache.parquet"
    if selection.is_campaign:
        rows = _evaluations(lake, selection.root_id)
        yield Rendering(EVALUATIONS, parquet, "", "Evaluated designs, one a row", _parquet(rows))
        yield Rendering(EVALUATIONS_CSV, "text/csv", "", "Evaluated designs as text", _csv(rows))
    edges = pa.Table.from_pylist([asdict(edge) for edge in selection.edges], schema=_EDGES)
    yield Rendering(LINEAGE, parquet, "", "What was made of which, or informed by which", _parquet(edges))
    yield Rendering(WORKFLOW, "application/json", "", "The stages and the study", _workflow(selection))
    yield Rendering(README, "text/markdown", "", "How to read and verify this crate", explanation(selection, about))


def _evaluations(lake: Lake, campaign_id: str) -> pa.Table:
    """The rows of a campaign in order of its trials, without the columns that are empty in all of them."""
    import polars as pl

    rows = lake.evaluations().filter(pl.col("campaign_id") == campaign_id).collect().sort("trial")
    table = rows.select([name for name in rows.columns if rows[name].null_count() < rows.height]).to_arrow()
    plain = [pa.field(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(plain))


def _workflow(selection: Selection) -> bytes:
    campaign = selection.get(selection.root_id) if selection.is_campaign else None
    plan = {
        "format": "ragone-workflow-1",
        "study": getattr(campaign, "definition", None),
        "steps": [
            {
                "stage": step.stage,
                "entry_point": step.entry_point,
                "takes": step.takes,
                "informed_by": step.informed_by,
                "makes": step.makes,
                "executed": step.count,
                "failed": step.failed,
            }
            for step in steps_of(selection)
        ],
    }
    return (json.dumps(plan, indent=1, ensure_ascii=False) + "\n").encode()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _csv(table: pa.Table) -> bytes:
    """The table as text, in which no character controls a terminal, changes the direction of others, or is none."""
    for place, column in enumerate(table.columns):
        if pa.types.is_string(column.type):
            plain = pc.replace_substring_regex(column, r"\pC", "\ufffd")
            table = table.set_column(place, table.schema.field(place), plain)
    sink = io.BytesIO()
    csv.write_csv(table, sink)
    return sink.getvalue()


def _kinds(selection: Selection) -> Iterator[str]:
    return (artifact.kind for artifact in selection.artifacts.values())
