"""`ragone demo`: the uses of Ragone in a row: a campaign, its history, its best number again, a surrogate of it.

It leaves a page with pictures. A further use is a further entry of `STEPS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType

from ragone.app.pages import CampaignRecords, campaign_page, review_of
from ragone.app.tables.answers import rows_table, short
from ragone.app.tables.campaigns import as_data, as_text, carry_out
from ragone.app.tables.surrogates import retrained_data, retrained_text
from ragone.app.tables.verdicts import GOOD, verdict_text
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows import Study
from ragone.flows.errors import RetrainingError
from ragone.flows.parameter_files.shipped import here_or_shipped
from ragone.flows.surrogate.retraining import retrain

PAGE = "report.html"
_QUICK = ("mean", "linear", "quadratic", "gaussian_process")


@dataclass
class Tour:
    """The session, lake and study that every step works with, and the data that the steps have given so far."""

    session: Session
    lake: Lake
    study: Study
    data: dict[str, Any] = field(default_factory=dict)

    def tell(self, shown: RenderableType, **data: Any) -> None:
        """Keep the data of a step; show what is meant for the eye, unless JSON was asked for."""
        self.data |= data
        if not self.session.arguments.json:
            self.session.out.print(shown)

    def campaign(self) -> CampaignRecords:
        """The campaign as the lake holds it."""
        return CampaignRecords.read(self.lake, self.data["campaign_id"])


def execute(session: Session) -> int:
    """Take the steps one after the other, and write the page; 1 if there is no best design, or a number differs."""
    given = session.arguments
    params = here_or_shipped(given.params, "params.yaml")
    study = Study.load(params)
    folder = Path(given.outputs)
    if given.lake is None:
        session.place = str(folder / "lake")
    with session.lake(create=True) as lake:
        tour = Tour(session, lake, study)
        fine = all(_taken(tour, number, *step) for number, step in enumerate(STEPS, 1))
        found = tour.campaign()
    (folder / PAGE).write_text(campaign_page(found, session.again(), review_of(found)), encoding="utf-8", newline="\n")
    if given.json:
        session.answer({**tour.data, "page": folder / PAGE, "outputs": folder}, "")
    session.advise(_next(session, folder, params, found))
    return FINE if fine else FOUND


def _taken(tour: Tour, number: int, title: str, step: Callable[[Tour], bool]) -> bool:
    tour.tell(f"{number}. {title}")
    fine = step(tour)
    tour.tell("")
    return fine


def _run(tour: Tour) -> bool:
    result = carry_out(tour.session, tour.lake, tour.study, tour.session.arguments.outputs)
    tour.tell(as_text(result), **as_data(result))
    return result.best is not None


def _query(tour: Tour) -> bool:
    aim = next(goal for goal in tour.study.goals if goal.is_objective)
    order = "DESC" if aim.sign > 0 else "ASC"
    sql = (
        "SELECT id, value, standard_uncertainty, unit, sample_count FROM kpis "
        f"WHERE name = '{aim.kpi}' ORDER BY value {order} LIMIT 3"
    )
    frame = tour.lake.sql(sql)
    table = rows_table(frame.columns, frame.rows())
    tour.tell(Group(f'$ ragone query{tour.session.again()} "{sql}"', table), sql=sql, history=frame.to_dicts())
    return True


def _reproduce(tour: Tour) -> bool:
    """The best KPI; and a volume of its design, so that voxels that were dropped come back and the page shows them."""
    best = tour.campaign().best
    assert best is not None
    names = [best.kpis[0].id, *([] if best.volume else best.volume_ids[:1])]
    found = []
    for name in names:
        with tour.session.working(f"computing {short(name)} again in a fresh process"):
            found.append(tour.lake.reproduce(name))
        command = f"$ ragone reproduce{tour.session.again()} {short(name)}"
        tour.tell(f"{command}\n{verdict_text(found[-1])}", verifications=found)
    return all(one.verdict in GOOD for one in found)


def _retrain(tour: Tour) -> bool:
    """A surrogate of the objective, by the methods that take seconds, if there are enough designs for one."""
    aim = next(goal for goal in tour.study.goals if goal.is_objective)
    command = f"$ ragone retrain{tour.session.again()} --target {aim.kpi} --methods {','.join(_QUICK)}"
    try:
        with tour.session.working(f"training a surrogate of {aim.kpi}"):
            found = retrain(tour.lake, aim.kpi, methods=_QUICK)
    except (RetrainingError, StageFailedError) as refused:
        tour.tell(f"{command}\n{refused}", surrogate=None)
        return True
    tour.tell(Group(command, retrained_text(found)), surrogate=retrained_data(found))
    return True


STEPS: tuple[tuple[str, Callable[[Tour], bool]], ...] = (
    ("Run a campaign", _run),
    ("Query its history in one line", _query),
    ("Reproduce its best number from the id", _reproduce),
    ("Train a surrogate on its history", _retrain),
)


def _next(session: Session, folder: Path, params: Path, found: CampaignRecords) -> str:
    where = session.again()
    lines = [f"Look at {folder / PAGE}: open it in a browser, the pictures are inside. The lake is {session.place}."]
    if found.best is not None:
        kpi, aim = short(found.best.kpis[0].id), found.best.kpis[0].name
        lines += [
            "Type next:",
            f"  ragone show {kpi}{where}",
            f"  ragone lineage {kpi}{where}",
            f"  ragone reproduce {kpi} --deep{where}",
            f"  ragone why {kpi}{where}",
            f"  ragone explain {short(found.campaign.id)}{where}",
            f"  ragone screen {aim}{where}",
            f"  ragone run my-study.yaml{where}    (a copy of {params} with your own numbers)",
        ]
    return "\n".join(lines)
