"""`ragone measure`: transport, its tensor, geometry and random walkers of a stored microstructure."""

from __future__ import annotations

from ragone.app.tables.answers import plain
from ragone.app.tables.measured import measured_lines
from ragone.app.terminal.durations import measuring
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, Session
from ragone.flows.electrode.materials import StatedMaterials
from ragone.flows.electrode.measurements import measure_microstructure


def execute(session: Session) -> int:
    """Measure what was asked for, and say what was found and under which ids."""
    given = session.arguments
    names = [name.strip() for name in given.what.split(",") if name.strip()]
    with session.lake() as lake:
        subject = lake.resolve(given.id)
        stated = StatedMaterials.read(given.materials)
        expected = measuring(names, lake.get(subject))
        with Watcher(session.notes, hidden=session.silent, expected=expected, doing="measuring") as watcher:
            found = measure_microstructure(
                lake, subject, names, periodic=given.periodic, seed=given.seed, stated=stated, progress=watcher
            )
        records = {name: lake.get(artifact) for name, artifact in found.items()}
    lines = []
    for name, record in records.items():
        lines += [f"{name}  {found[name]}", *(f"  {line}" for line in measured_lines(record))]
    data = {name: {"id": found[name], **plain(record)} for name, record in records.items()}
    session.answer({"microstructure_id": subject, **data}, "\n".join(lines))
    return FINE
