"""The budget of a KPI's uncertainty as data, and for the eye: interval, shares of sources and of single quantities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ragone.app.tables.answers import kpi_text, number, plain, quantity, wide_table
from ragone.flows.uncertainty.budget import Budgeted
from ragone.schemas import Kpi, UncertaintyBudget

_SHOWN = 0.005  # share from which on a quantity has a row


def as_data(found: Sequence[Budgeted], ranked: Kpi | None) -> dict[str, Any]:
    """The budgets as data."""
    budgets = [
        {
            "kpi_id": one.kpi_id,
            "budget_id": one.budget.id,
            "priors_id": one.priors.id,
            "by_source": {source: list(share) for source, share in one.budget.by_source().items()},
            "draws": [drawn.kpi_id or drawn.error for drawn in one.drawn],
            **plain(one.budget),
        }
        for one in found
    ]
    return {"budgets": budgets, "share_near_best": None if ranked is None else {"id": ranked.id, **plain(ranked)}}


def as_text(found: Sequence[Budgeted], ranked: Kpi | None) -> RenderableType:
    """The budgets for the eye."""
    lines = [part for one in found for part in _lines(one)]
    if ranked is not None:
        lines.append(Text(f"the first one is near the best in {kpi_text(ranked)} of the draws  {ranked.id[:16]}"))
    return Group(*lines)


def _lines(one: Budgeted) -> Iterator[RenderableType]:
    budget = one.budget
    yield Text(f"{budget.kpi_name} of {one.kpi_id[:16]}: {quantity(budget.value, _unit(budget))}")
    yield Text(f"  {interval_text(budget)}")
    if budget.interval_low is not None:
        yield wide_table(
            ["  source", "share [%]"], [[f"  {s}", _percent(*row)] for s, row in budget.by_source().items()]
        )
        yield wide_table(["  quantity", "share [%]", f"one sigma [{_unit(budget)}]"], list(_rows(budget)))
    yield from (Text(f"  {line}") for line in _alternatives(budget))
    yield Text(f"  {budget.advice}")
    yield Text(f"  uncertainty_budget {budget.id}\n")


def interval_text(budget: UncertaintyBudget) -> str:
    """The interval in words, or why there is none."""
    failed = f", {budget.failed_count} more without a value" if budget.failed_count else ""
    if budget.interval_low is None or budget.interval_high is None or budget.interval_middle is None:
        return f"no interval: {budget.draw_count} draws with a value{failed}"
    low, middle, high = map(number, (budget.interval_low, budget.interval_middle, budget.interval_high))
    return (
        f"{budget.confidence:.0%} of what may be lies in {low} to {high}, the middle at {middle} {_unit(budget)} "
        f"({budget.draw_count} draws{failed})"
    )


def _rows(budget: UncertaintyBudget) -> Iterator[list[str]]:
    """A row for each quantity that counts, the largest share first, then what interactions hold."""
    rows = zip(budget.names, budget.shares, budget.share_standard_errors, budget.effects, strict=True)
    for name, share, error, effect in sorted(rows, key=lambda row: -row[1]):
        if share >= _SHOWN:
            yield [f"  {name}", _percent(share, error), f"{effect:+.3g}"]
    yield ["  together only", f"{100 * (budget.interaction_share or 0.0):.0f}", ""]


def _alternatives(budget: UncertaintyBudget) -> Iterator[str]:
    triples = zip(budget.alternative_names, budget.alternative_values, budget.alternative_reasons, strict=True)
    for name, value, reason in triples:
        yield f"otherwise modelled, {name}: {reason if value is None else quantity(value, _unit(budget))}"


def _percent(share: float, error: float) -> str:
    return f"{100 * share:.0f} ± {100 * error:.0f}"


def _unit(budget: UncertaintyBudget) -> str:
    return "-" if budget.unit == "1" else budget.unit
