"""`ragone report`: a campaign as one page to open in a browser, drawn from what the lake holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ragone.app.pages import CampaignRecords, Section, campaign_page, review_of
from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """Write the page, and its pictures as files if a folder for them is named."""
    given = session.arguments
    with session.lake() as lake, session.working("drawing"):
        found = CampaignRecords.read(lake, given.id, given.choose)
        review = review_of(found)
        page = campaign_page(found, session.again(), review)
    Path(given.html).write_text(page, encoding="utf-8", newline="\n")
    files = _pictures(review, Path(given.pictures)) if given.pictures else []
    data = {"campaign_id": found.campaign.id, "page": given.html, **({"pictures": files} if files else {})}
    session.answer(data, "\n".join([f"{given.html}: open it in a browser", *files]))
    return FINE


def _pictures(review: Sequence[Section], folder: Path) -> list[str]:
    """Write every picture of the review; gives the names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for picture in (picture for section in review for picture in section.pictures):
        path = folder / f"{picture.name}.png"
        path.write_bytes(picture.png)
        found.append(str(path))
    return found
