"""What if a metric that a cell's design states were larger by its standard error? For what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from ragone.schemas import CellParameters, stage
from ragone.schemas.electrode import raised
from ragone.schemas.errors import MissingFieldError, UnknownFieldError, did_you_mean

Metric = Literal["negative_pore_tortuosity_factor"]
STATED_METRICS: tuple[str, ...] = get_args(Metric)


@stage("cell.perturb_cell")
def perturb_cell(cell: CellParameters, *, metric: Metric) -> CellParameters:
    """Raise one stated metric of a cell by its standard error; the others stay.

    Parameters
    ----------
    cell
        With the standard error of that metric.
    metric
        One of `STATED_METRICS`.

    Returns
    -------
    CellParameters
        Its method says at its end which metric was raised.

    Raises
    ------
    UnknownFieldError
        If there is no such metric.
    MissingFieldError
        If its standard error is unknown.
    """
    if metric not in STATED_METRICS:
        raise UnknownFieldError(f"metric = {metric!r} is none of a cell: {did_you_mean(metric, STATED_METRICS)}")
    value, error = cell.negative_pore_tortuosity_factor, cell.negative_pore_tortuosity_factor_standard_error
    if value is None or error is None:
        raise MissingFieldError(
            f"cell_parameters.{metric}_standard_error is null. State it in the cell's design, or leave this metric as "
            "it is."
        )
    return replace(cell, negative_pore_tortuosity_factor=value + error, method=cell.method + raised(metric))


def stated_uncertain(cell: CellParameters) -> list[str]:
    """The stated metrics of a cell whose standard error is known."""
    return [name for name in STATED_METRICS if getattr(cell, f"{name}_standard_error") is not None]
