"""`ragone plateau`: which designs of a campaign, and of its space, are as good as the best one?"""

from __future__ import annotations

from rich.console import Group
from rich.text import Text

from ragone.app.pictures.cases import draw_plateaus
from ragone.app.tables.answers import plain
from ragone.app.tables.plateaus import PLATEAU_WORDS, plateau_table
from ragone.app.terminal.session import FINE, FoundError, Session
from ragone.dataset.errors import StageFailedError
from ragone.flows.design.plateaus import plateau_of
from ragone.schemas import Campaign
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Find the plateau of each campaign, print, draw."""
    given = session.arguments
    tolerance = parse_quantity(given.tolerance, "1", "--tolerance")
    with session.lake() as lake, session.working("finding plateaus"):
        campaigns = [lake.get(name, Campaign) for name in given.ids]
        try:
            found = [plateau_of(lake, campaign, tolerance=tolerance) for campaign in campaigns]
        except StageFailedError as cause:
            raise FoundError(str(cause)) from cause
    titles = [f"{campaign.name} {campaign.id[:21]}" for campaign in campaigns]
    plateaus = dict(zip(titles, found, strict=True))
    if given.png:
        spaces = {title: one.definition["space"] for title, one in zip(titles, campaigns, strict=True)}
        draw_plateaus(plateaus, spaces, given.png)
        session.advise(f"drawn into {given.png}")
    data = [{"campaign_id": c.id, "id": one.id, **plain(one)} for c, one in zip(campaigns, found, strict=True)]
    session.answer(data, Group(Text(PLATEAU_WORDS), plateau_table(plateaus)))
    return FINE
