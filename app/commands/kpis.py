"""`ragone kpis`: KPIs of curves, spectra and cells, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from app.pictures.kpi import draw_curves
from app.tables.answers import plain
from app.tables.kpi import side_by_side
from app.terminal.progress import Watcher
from app.terminal.session import FINE, FOUND, Session
from flows.cell.kpis import extract
from flows.errors import KpiError


def execute(session: Session) -> int:
    """Extract what was asked for and tell it; 1 if a stage failed."""
    given = session.arguments
    names = [name.strip() for name in given.what.split(",") if name.strip()]
    with session.lake() as lake:
        subjects = list(dict.fromkeys(lake.resolve(name) for name in given.ids))
        if given.png:
            draw_curves({name: lake.get(name) for name in subjects}, given.png)
            session.advise(f"drawn into {given.png}")
        with Watcher(session.notes, hidden=session.silent) as watcher:
            found = extract(
                lake,
                subjects,
                names,
                cell_id=given.cell,
                settings=_settings(given.settings),
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


def _settings(words: Sequence[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    for name, sign, value in pairs:
        if not (name and sign and value):
            raise KpiError(f"--set {name + sign + value!r} is no NAME=VALUE, for example cell_mass_kilogram='69 g'.")
    return {name.strip(): value for name, _, value in pairs}
