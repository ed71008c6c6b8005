"""`ragone report`: a campaign as one page to open in a browser, drawn from what the lake holds."""

from __future__ import annotations

from pathlib import Path

from ragone.app.pages import CampaignRecords, campaign_page
from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """Write the page."""
    given = session.arguments
    with session.lake() as lake, session.working("drawing"):
        found = CampaignRecords.read(lake, given.id)
        Path(given.html).write_text(campaign_page(found, session.again()), encoding="utf-8", newline="\n")
    session.answer({"campaign_id": found.campaign.id, "page": given.html}, f"{given.html}: open it in a browser")
    return FINE
