"""`ragone kpis`: KPIs of curves, spectra, cells and electrodes, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from ragone.app.pictures.kpi import draw_curves, drawable
from ragone.app.tables.answers import plain
from ragone.app.tables.kpi import side_by_side
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake
from ragone.flows.cell.kpis import differential_capacity_with_peaks, extract
from ragone.flows.parameter_files.fields import settings_of
from ragone.schemas import Record


def execute(session: Session) -> int:
    """Extract what was asked for and report it; 1 if a stage failed."""
    given = session.arguments
    names = [name.strip() for name in given.what.split(",") if name.strip()]
    with session.lake() as lake:
        subjects = list(dict.fromkeys(lake.resolve(name) for name in given.ids))
        if given.png:
            _draw(lake, [lake.get(name) for name in subjects], given.png)
            session.advise(f"drawn into {given.png}")
        with Watcher(session.notes, hidden=session.silent) as watcher:
            found = extract(
                lake,
                subjects,
                names,
                cell_id=given.cell,
                settings=settings_of(given.settings),
                seed=given.seed,
                progress=watcher,
            )
        records = {artifact: lake.get(artifact) for one in found for artifact in one.kpis.values()}
    data = [
        {
            "stage": one.name,
            "subject_ids": one.subjects,
            "run_id": one.run_id,
            "error": one.error,
            "kpis": {name: {"id": artifact, **plain(records[artifact])} for name, artifact in one.kpis.items()},
        }
        for one in found
    ]
    session.answer(data, side_by_side(subjects, found, records, whole=bool(names)))
    return FOUND if any(one.error for one in found) else FINE


def _draw(lake: Lake, records: Sequence[Record], path: str) -> None:
    """The curves among the subjects, under the numbers of the table."""
    curves = drawable(records)
    shown = [differential_capacity_with_peaks(lake, curve.id) for curve in curves]
    draw_curves(
        curves, [one for one, _ in shown], [peaks for _, peaks in shown], [records.index(c) + 1 for c in curves], path
    )
