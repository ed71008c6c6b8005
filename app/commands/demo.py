"""`ragone demo`: the whole loop in a few minutes, ending with a number and the proof that it can be made again."""

from __future__ import annotations

from pathlib import Path

from app.pictures.drawing import Point, draw_designs
from app.tables.campaigns import carry_out, shown, told
from app.tables.verdicts import GOOD, verdict_text
from app.terminal.session import FINE, FOUND, Session
from dataset import Lake
from flows import CampaignResult, Study
from schemas import Design

PICTURE = "designs.png"


def execute(session: Session) -> int:
    """Run the study, reproduce its best KPI, draw its designs; 1 if there is no best or it differs."""
    given = session.arguments
    study = Study.load(given.params)
    folder = Path(given.outputs)
    if given.lake is None:
        session.place = str(folder / "lake")
    with session.lake(create=True) as lake:
        result = carry_out(session, lake, study, given.outputs)
        if result.best is None:
            session.answer(told(result, lake), shown(result, lake))
            return FOUND
        draw_campaign(result, lake, folder / PICTURE)
        with session.working("computing the best KPI again in a fresh process"):
            found = lake.reproduce(result.best.objective_id)
        data = {**told(result, lake), "verification": found, "picture": folder / PICTURE, "outputs": folder}
        session.answer(data, f"{shown(result, lake)}\n\nreproduced {verdict_text(found)}")
    session.advise(_next(session, folder, result))
    return FINE if found.verdict in GOOD else FOUND


def draw_campaign(result: CampaignResult, lake: Lake, path: Path) -> None:
    """The objective against porosity, coloured by mass loading."""
    points = []
    for trial in result.trials:
        design = lake.get(trial.design_id)
        if isinstance(design, Design) and trial.value is not None:
            loading = design.mass_loading_kilogram_per_square_metre * 100.0  # 1 kg/m^2 = 100 mg/cm^2
            points.append(Point(design.porosity, trial.value, loading, best=trial is result.best))
    unit = result.best.unit if result.best else "-"
    draw_designs(
        points,
        x="porosity [-]",
        y=f"{result.objective_name.replace('_', ' ')} [{unit}]",
        shade="mass loading [mg/cm$^2$]",
        title=f"{len(points)} designs",
        path=path,
    )


def _next(session: Session, folder: Path, result: CampaignResult) -> str:
    assert result.best is not None
    kpi, where = result.best.objective_id[:16], session.again()
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
