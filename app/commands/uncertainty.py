"""`ragone uncertainty`: draw all that is uncertain behind a KPI; what makes it vary, and what to measure."""

from __future__ import annotations

from typing import Any

from ragone.app.pictures.uncertainty import draw_budgets
from ragone.app.tables.uncertainty import as_data, as_text
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows.errors import KpiError
from ragone.flows.running.execution import Execution
from ragone.flows.uncertainty.budget import DrawPlan, estimate_uncertainty, rank_near_best, require_one_kpi
from ragone.flows.uncertainty.priors_file import read_priors
from ragone.flows.uncertainty.subjects import kpis_meant
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Draw, report, draw a picture; 1 if a KPI has no interval."""
    given = session.arguments
    plan, names = _plan(given), [name.strip() for name in given.kpi.split(",") if name.strip()]
    execution = Execution("processes", given.workers) if given.workers > 1 else Execution()
    near = parse_quantity(given.near_best, "1", "--near-best") if given.near_best else None
    with session.lake() as lake:
        kpi_ids = [kpi_id for name in given.ids for kpi_id in kpis_meant(lake, name, names)]
        if near is not None:
            require_one_kpi(lake, kpi_ids)
        with Watcher(session.notes, hidden=session.silent) as watcher:
            found = estimate_uncertainty(lake, kpi_ids, plan, execution, watcher)
        ranked = None if near is None else rank_near_best(lake, found, tolerance=near, maximise=not given.minimise)
    if given.png:
        draw_budgets([one.budget for one in found], given.png)
        session.advise(f"drawn into {given.png}")
    session.answer(as_data(found, ranked), as_text(found, ranked))
    session.advise(f"Try next: ragone reproduce {found[0].budget.id[:32]}{session.again()}")
    return FINE if all(one.budget.interval_low is not None for one in found) else FOUND


def _plan(given: Any) -> DrawPlan:
    """The draws that the arguments describe."""
    if given.draws < 1:
        raise KpiError(f"--draws {given.draws} must be a whole number from 1 on. Change it.")
    return DrawPlan(
        draws=given.draws,
        seed=given.seed,
        confidence=parse_quantity(given.confidence, "1", "--confidence"),
        stated=read_priors(given.priors) if given.priors else None,
    )
