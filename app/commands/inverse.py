"""`ragone inverse`: which designs have given KPIs, by the surrogates of a campaign?"""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import number, plain, quantity, wide_table
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows.design.inverse import Inverse, invert, read_target, units_of_goals
from ragone.schemas import Campaign
from ragone.schemas.field import Bounds
from ragone.schemas.unit_names import short_name, unit_of
from ragone.schemas.units import parse_quantity

_LIKELY = 0.5


def execute(session: Session) -> int:
    """Search, say how probable it is; 1 if the targets can probably not be met."""
    given = session.arguments
    within = parse_quantity(given.within, "1", "--within", Bounds(low=0, low_open=True))
    with session.lake() as lake, session.working("searching designs"):
        campaign = lake.get(given.campaign, Campaign)
        units = units_of_goals(lake, campaign)
        targets = [read_target(campaign, units, text, within) for text in given.targets]
        found = invert(lake, campaign, targets, count=given.count, seed=given.seed)
    data = [{"candidate_id": one.candidate.id, **plain(one)} for one in found.solutions]
    session.answer(
        {"solutions": data, "share_of_space": found.share, "limited_by": found.limiting},
        Group(Text(_verdict(found)), _table(found, units)),
    )
    return FINE if found.solutions[0].probability >= _LIKELY else FOUND


def _verdict(found: Inverse) -> str:
    """Whether the targets can be met, and in how many ways, in words."""
    best = found.solutions[0].probability
    if best < _LIKELY:
        return (
            f"the targets can probably not be met, by what is known: probability {best:.2g} at most found, limited by "
            f"{found.limiting}"
        )
    many = (
        f"{len(found.solutions)} designs far apart do" if len(found.solutions) > 1 else "by one design and those near"
    )
    return f"the targets can be met: probability {best:.2f}; {many}; {found.share:.1%} of the space probably does"


def _table(found: Inverse, units: dict[str, str]) -> Table:
    """A row for each design: probability, what is believed of each KPI, and its values."""
    paths = list(found.solutions[0].candidate.values)
    names = list(found.solutions[0].means)
    rows = [
        [
            one.candidate.id[:22],
            f"{one.probability:.2g}",
            *(quantity(one.means[name], units[name], one.standard_deviations[name]) for name in names),
            *(number(x) if isinstance(x := one.candidate.values[path], float) else str(x) for path in paths),
        ]
        for one in found.solutions
    ]
    return wide_table(["design", "probability", *names, *map(_head, paths)], rows)


def _head(path: str) -> str:
    name = path.partition(".")[2]
    unit = unit_of(name)
    return short_name(name) + ("" if unit == "1" else f" [{unit}]")
