"""A crate into a lake: everything verified first, then stored as the lake stores, objects before runs.

Every id is kept. What came is known afterwards by a snapshot, which can be queried, and by the run `import` that made
it, whose note names the root: what came in no other way is its input. Runs are committed together with that note, in
one file unless an older Ragone wrote some of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ragone.dataset.environment import environment, environment_id
from ragone.dataset.exchange.arrival import Arrival
from ragone.dataset.exchange.bag import verified
from ragone.dataset.exchange.containers import opened
from ragone.dataset.exchange.crate_format import IMPORT, Card
from ragone.dataset.hashing import artifact_id, merkle_root, recipe_id
from ragone.dataset.lake import Lake
from ragone.dataset.objects import object_key
from ragone.dataset.progress import Watcher, unwatched
from ragone.dataset.store import Store
from ragone.dataset.tables import RUNS
from ragone.schemas.provenance import Run, RunOutcome, Snapshot

_TOGETHER_BYTE = 2**26  # of objects that are written in one go


@dataclass(frozen=True)
class Imported:
    """A crate that was imported: its root, whether that was expected, what it said of itself, and what was new.

    `snapshot_id` names the snapshot of all that it holds; it is empty if nothing was new.
    """

    root: str
    expected: bool
    card: Card
    artifacts: int
    runs: int
    snapshot_id: str


def import_crate(
    source: str | os.PathLike[str],
    lake: str | os.PathLike[str],
    *,
    expect: str = "",
    watcher: Watcher = unwatched,
) -> Imported:
    """Import a crate into a lake, which is made if there is none. Nothing is executed.

    Parameters
    ----------
    source
        The folder or ZIP file.
    lake
        The folder or address of the lake.
    expect
        The root that whoever published the crate states; any if empty.
    watcher
        Called with files verified and their number.

    Raises
    ------
    CrateError
        If anything is wrong with the crate; nothing is written then.
    NotALakeError
        If the folder holds something else.
    """
    with opened(Path(source)) as container:
        arrival = Arrival(verified(container, expect=expect.strip().lower(), watcher=watcher))
        with Lake.open(lake, create=True) as receiving:
            return _stored(receiving._store, arrival, expected=bool(expect))


def _stored(store: Store, arrival: Arrival, *, expected: bool) -> Imported:
    new = [name for name in arrival.artifacts if not store.objects.intact(name)]
    runs = _unknown(store, arrival.runs)
    bag = arrival.bag
    if not new and not runs:
        return Imported(bag.root, expected, bag.card, 0, 0, "")
    snapshot = _snapshot(arrival)
    note = f"crate with the root {bag.root}, written by Ragone {bag.card.ragone} on {bag.card.made}; " + (
        "the root was expected" if expected else "nobody vouched for the root"
    )
    _write(store, arrival, new)
    store.keep({artifact_id(snapshot): snapshot, environment_id(): environment()})
    store.runs.take_over([*(arrival.row(run_id) for run_id in runs), _run(snapshot, new, note).to_arrow()])
    store.index.catch_up(thorough=True)
    return Imported(bag.root, expected, bag.card, len(new), len(runs), artifact_id(snapshot))


def _write(store: Store, arrival: Arrival, names: Iterable[str]) -> None:
    """Store objects; what was dropped here, and came back, is shown again."""
    waiting: dict[str, bytes] = {}
    for name in names:
        if store.dropped(name):
            store.bring_back(name, arrival.data(name))
            continue
        waiting[object_key(name)] = arrival.data(name)
        if sum(map(len, waiting.values())) > _TOGETHER_BYTE:
            store.files.write_many(waiting)
            waiting = {}
    store.files.write_many(waiting)


def _unknown(store: Store, run_ids: Iterable[str]) -> list[str]:
    known = set(store.tables.read(RUNS, columns=["id"])["id"].to_pylist())
    return [run_id for run_id in run_ids if run_id not in known]


def _snapshot(arrival: Arrival) -> Snapshot:
    """All that the crate holds, whether it was here before or not."""
    ids = sorted((*arrival.artifacts, *arrival.runs))
    return Snapshot(
        name=f"crate {arrival.bag.root[:12]} about {arrival.bag.card.root_id[:24]}",
        artifact_ids=tuple(ids),
        merkle_root=merkle_root(ids),
        table_versions={},
        taken=datetime.now(UTC),
    )


def _run(snapshot: Snapshot, new: Iterable[str], note: str) -> Run:
    inputs = [(IMPORT + "ed", name) for name in new]
    made = artifact_id(snapshot)
    return Run(
        stage=IMPORT,
        entry_point="",
        recipe_id=recipe_id(IMPORT, "", {"artifact": made}, None, inputs),
        code_id="",
        environment_id=environment_id(),
        parameters={},
        input_roles=tuple(role for role, _ in inputs),
        input_ids=tuple(name for _, name in inputs),
        output_roles=(snapshot.kind,),
        output_ids=(made,),
        outcome=RunOutcome.COMPLETED,
        started=snapshot.taken,
        ended=snapshot.taken,
        note=note,
        informed_roles=(IMPORT + "ed",) if inputs else (),
    )
