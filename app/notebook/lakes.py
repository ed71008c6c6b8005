"""The appearance of a lake: where it is, and its campaigns, newest first, with the best that each reached."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from ragone.app.markup import Markup, element
from ragone.app.notebook.appearance import content_of, lines_of
from ragone.app.tables.campaign_list import campaign_text, campaigns_of
from ragone.app.terminal.printable import one_line
from ragone.dataset import Lake


@lines_of.register
def _(lake: Lake) -> list[RenderableType]:
    return [Text("\n".join([_said(lake), *map(campaign_text, campaigns_of(lake))]))]


@content_of.register
def _(lake: Lake) -> list[Markup]:
    campaigns = [element("pre", campaign_text(one)) for one in campaigns_of(lake)]
    return [element("p", _said(lake)), element("div", *campaigns, class_="table")]


def _said(lake: Lake) -> str:
    rows = {name: table.rows for name, table in lake.contents().items()}
    return f"lake {one_line(lake.where)}: {rows['artifacts']} artifacts of {rows['runs']} runs"
