"""`ragone demo`: the whole loop in a few minutes, ending with a number and the proof that it can be made again."""

from __future__ import annotations

from pathlib import Path

from ragone.app.pictures.drawing import Point, draw_designs
from ragone.app.tables.campaigns import as_data, as_text, carry_out
from ragone.app.tables.verdicts import GOOD, verdict_text
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows import CampaignResult, Study, Trial
from ragone.flows.parameter_files.shipped import here_or_shipped

PICTURE = "designs.png"
_POROSITY, _LOADING = "recipe.porosity", "cell.mass_loading_kilogram_per_square_metre"


def execute(session: Session) -> int:
    """Run the study, reproduce its best KPI, draw its designs; 1 if there is no best or it differs."""
    given = session.arguments
    study = Study.load(here_or_shipped(given.params, "params.yaml"))
    folder = Path(given.outputs)
    if given.lake is None:
        session.place = str(folder / "lake")
    with session.lake(create=True) as lake:
        result = carry_out(session, lake, study, given.outputs)
        if result.best is None:
            session.answer(as_data(result), as_text(result))
            return FOUND
        draw_campaign(result, folder / PICTURE)
        with session.working("computing the best KPI again in a fresh process"):
            found = lake.reproduce(result.best.kpis[0].id)
        data = {**as_data(result), "verification": found, "picture": folder / PICTURE, "outputs": folder}
        session.answer(data, f"{as_text(result)}\n\nreproduced {verdict_text(found)}")
    session.advise(_next(session, folder, result.best))
    return FINE if found.verdict in GOOD else FOUND


def draw_campaign(result: CampaignResult, path: Path) -> None:
    """The objective against porosity, coloured by mass loading."""
    points = []
    for trial in result.trials:
        porosity, loading = (trial.candidate.values.get(path) for path in (_POROSITY, _LOADING))
        if (
            porosity is not None
            and loading is not None
            and trial.objective is not None
            and trial.objective.value is not None
        ):
            shade = loading * 100.0  # 1 kg/m^2 = 100 mg/cm^2
            points.append(Point(porosity, trial.objective.value, shade, best=trial is result.best))
    unit = result.best.kpis[0].unit if result.best else "-"
    draw_designs(
        points,
        x="porosity [-]",
        y=f"{result.goals[0].kpi.replace('_', ' ')} [{unit}]",
        shade="mass loading [mg/cm$^2$]",
        title=f"{len(points)} designs",
        path=path,
    )


def _next(session: Session, folder: Path, best: Trial) -> str:
    kpi, where = best.kpis[0].id[:16], session.again()
    return f"""
picture    {folder / PICTURE}
outputs    {folder}
lake       {session.place}

Try next:
  ragone show {kpi}{where}
  ragone lineage {kpi}{where}
  ragone reproduce {kpi} --deep{where}
  ragone why {kpi}{where}
  ragone query{where} "SELECT name, unit, max(value) FROM kpis GROUP BY ALL"
  ragone fsck{where}"""
