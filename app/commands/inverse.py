"""`ragone inverse`: which designs have given KPIs, by the surrogates of a campaign?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import number, plain, quantity, wide_table
from ragone.app.tables.designs import head_of
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, FoundError, Session
from ragone.dataset import Lake
from ragone.flows import CampaignError, Study
from ragone.flows.design.inverse import Inverse, Met, Wanted, evaluate_solutions, invert
from ragone.flows.design.named_campaigns import campaign_meant
from ragone.schemas import Campaign
from ragone.schemas.field import Bounds
from ragone.schemas.units import parse_quantity

_LIKELY = 0.5


def execute(session: Session) -> int:
    """Search, say how probable it is, evaluate if asked to; 1 if the targets are not, or probably not, met."""
    given = session.arguments
    within = parse_quantity(given.within, "1", "--within", Bounds(low=0, low_open=True))
    study = Study.load(given.evaluate) if given.evaluate else None
    with session.lake() as lake:
        with session.working("searching designs"):
            campaign = _campaign(lake, given.campaign, study)
            wanted = Wanted.read(lake, campaign, given.targets, within)
            asked = {"surrogates": wanted.surrogates, "study": study, "count": given.count, "seed": given.seed}
            found = invert(lake, campaign, wanted.targets, **asked)
        with Watcher(session.notes, hidden=session.silent) as watcher:
            met = () if study is None else evaluate_solutions(lake, campaign, study, found, watcher)
    tables = [_table(found, wanted.units), *([_evaluated(found, wanted.units, met)] if met else [])]
    session.answer(_as_data(found, met), Group(Text(_verdict(found)), *tables))
    if met:
        return FINE if any(one.is_met for one in met) else FOUND
    return FINE if found.solutions[0].probability >= _LIKELY else FOUND


def _campaign(lake: Lake, name: str, study: Study | None) -> Campaign:
    try:
        return campaign_meant(lake, name, study)
    except CampaignError as cause:
        raise FoundError(str(cause)) from cause


def _as_data(found: Inverse, met: Sequence[Met]) -> dict[str, Any]:
    """The answer as data; what was evaluated beside what is believed."""
    data = [{"candidate_id": one.candidate.id, **plain(one)} for one in found.solutions]
    for one, made in zip(data, met, strict=False):
        one["evaluated"] = {
            "values": plain(made.values),
            "verdicts": list(made.verdicts),
            "kpi_ids": [kpi.id for kpi in made.proposed.trial.kpis],
        }
    return {"solutions": data, "share_of_space": found.share, "limited_by": found.limiting}


def _evaluated(found: Inverse, units: Mapping[str, str], met: Sequence[Met]) -> Table:
    """A row for each design: what the chain gave for each target, and whether that meets it."""
    names = [str(target["kpi"]) for target in found.targets]
    rows = [
        [
            one.proposed.trial.candidate.id[:22],
            *(
                verdict if value is None else f"{quantity(value, units[name], error)}: {verdict}"
                for name, (value, error), verdict in zip(names, one.values, one.verdicts, strict=True)
            ),
        ]
        for one in met
    ]
    return wide_table(["evaluated", *names], rows)


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


def _table(found: Inverse, units: Mapping[str, str]) -> Table:
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
    return wide_table(["design", "probability", *names, *map(head_of, paths)], rows)
