"""Views of the evaluations for queries: all, one row for each campaign, and the best of each campaign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_CAMPAIGN = ("campaign_id", "campaign")


def best(evaluations: pl.DataFrame) -> pl.DataFrame:
    """The best feasible evaluation of each campaign by its first objective; of equal ones the first trial."""
    import polars as pl

    signed = (
        pl.when(pl.col("objective_sense") == "minimise").then(-pl.col("objective_value")).otherwise("objective_value")
    )
    feasible = evaluations.filter(pl.col("feasible"), pl.col("objective_value").is_not_null())
    ordered = feasible.sort("campaign_id", signed, "trial", descending=[False, True, False])
    return ordered.unique("campaign_id", keep="first", maintain_order=True)


def campaign_summary(evaluations: pl.DataFrame) -> pl.DataFrame:
    """A row for each campaign: trials, how many were feasible or failed, the best value, and from when to when."""
    import polars as pl

    top = best(evaluations).select("campaign_id", best_value="objective_value", best_trial="trial")
    of_campaigns = evaluations.filter(pl.col("campaign_id").is_not_null())
    counted = of_campaigns.group_by(_CAMPAIGN).agg(
        pl.len().cast(pl.Int64).alias("trials"),
        pl.col("feasible").sum().cast(pl.Int64),
        (pl.col("outcome") == "failed").sum().cast(pl.Int64).alias("failed"),
        *(pl.col(name).first() for name in ("objective", "objective_sense")),
        pl.col("objective_unit").drop_nulls().first(),
        pl.col("created").min().alias("first_created"),
        pl.col("created").max().alias("last_created"),
    )
    return counted.join(top, on="campaign_id", how="left").sort("last_created", "campaign_id")


def evaluations(frame: pl.DataFrame) -> pl.DataFrame:
    """All of them."""
    return frame


@dataclass(frozen=True)
class Summary:
    """A view of the evaluations: how it is made, what it holds, and the meaning of columns that are its own."""

    of: Callable[[pl.DataFrame], pl.DataFrame]
    holds: str
    columns: Mapping[str, str]


VIEWS: Mapping[str, Summary] = {
    "evaluations": Summary(evaluations, "Evaluated designs, a row each, with their KPIs beside them.", {}),
    "campaign_summary": Summary(
        campaign_summary,
        "Campaigns, a row each: how many trials there were, and the best value.",
        {
            "trials": "number of trials",
            "feasible": "number of trials that meet every goal",
            "failed": "number of trials whose evaluation failed",
            "first_created": "when the first trial was computed",
            "last_created": "when the last trial was computed",
            "best_value": "best value of the first objective, in `objective_unit`",
            "best_trial": "number of the trial that has it",
        },
    ),
    "best": Summary(best, "The best feasible evaluation of each campaign by its first objective.", {}),
}
