"""Views of the evaluations for queries: all, one row for each campaign, and the best of each campaign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


VIEWS: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "evaluations": evaluations,
    "campaign_summary": campaign_summary,
    "best": best,
}
