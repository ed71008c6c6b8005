"""`ragone bruggeman`: what a model gets wrong that takes tortuosity from porosity, over porosity and rate."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from ragone.app.pictures.studies import BruggemanRow, draw_bruggeman
from ragone.app.tables.answers import number, wide_table
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows import Compared, Study, StudyError, compare_with_bruggeman
from ragone.schemas import Transport
from ragone.schemas.errors import RagoneError
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Compare, draw, report; 1 if a design could not be evaluated."""
    given = session.arguments
    study = Study.load(given.params)
    porosities = _numbers(given.porosities, "--porosities", Bounds(0, 1, low_open=True, high_open=True), "1")
    rates = _numbers(given.rates, "--rates", POSITIVE, "1/h")
    with session.lake(create=True) as lake:
        with Watcher(session.notes, hidden=session.silent) as watcher:
            found = compare_with_bruggeman(lake, study, porosities, rates, given.kpi, watcher)
        rows = [_row(compared, compared.transport) for compared in found if compared.transport is not None]
        if given.png and rows:
            draw_bruggeman(rows, rates, given.kpi, given.png)
        session.answer(_as_data(found, rates), _as_table(rows, rates))
    for compared in found:
        if compared.error:
            session.advise(f"left out: {compared.candidate.id[:22]}: {compared.error}")
    if given.png and rows:
        session.advise(f"drawn into {given.png}")
    return FINE if len(rows) == len(found) else FOUND


def _numbers(text: str, what: str, bounds: Bounds, unit: str) -> list[float]:
    try:
        values = [parse_quantity(part, "1", what) for part in text.split(",")]
    except RagoneError as cause:
        raise StudyError(f"{what} = {text!r} must be finite numbers between commas, for example 0.3,0.4.") from cause
    for value in values:
        bounds.require(value, what, unit)
    return values


def _row(compared: Compared, transport: Transport) -> BruggemanRow:
    return BruggemanRow(
        porosity=transport.porosity,
        tortuosity_factor=transport.pore_tortuosity_factor,
        standard_error=transport.pore_tortuosity_factor_standard_error,
        tensors=[list(tensor.pore_tortuosity_factors()) for tensor in compared.tensors],
        deviations=tuple(kpi.value for kpi in compared.deviations),
        deviation_ids=tuple(kpi.id for kpi in compared.deviations),
    )


def _as_data(found: tuple[Compared, ...], rates: list[float]) -> dict[str, Any]:
    return {
        "rates_per_hour": rates,
        "designs": [
            {
                "candidate_id": one.candidate.id,
                "transport_id": one.transport.id if one.transport else "",
                "tensor_ids": [tensor.id for tensor in one.tensors],
                "measured": [kpi.id for kpi in one.measured],
                "assumed": [kpi.id for kpi in one.assumed],
                "deviations": [kpi.id for kpi in one.deviations],
                "deviation": [kpi.value for kpi in one.deviations],
                "error": one.error,
            }
            for one in found
        ],
    }


def _as_table(rows: list[BruggemanRow], rates: list[float]) -> Table:
    heads = ["porosity", "tau measured", "tau Bruggeman", *(f"error at {number(rate)}C" for rate in rates)]
    lines = []
    for row in rows:
        errors = ["none" if value is None else f"{value:+.2%}" for value in row.deviations]
        spread = "" if row.standard_error is None else f" ± {row.standard_error:.2g}"
        tau = f"{row.tortuosity_factor:.3g}{spread}"
        lines.append([f"{row.porosity:.3f}", tau, f"{row.bruggeman:.3g}", *errors])
    return wide_table(heads, lines, right=True)
