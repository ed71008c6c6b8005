"""Trains a surrogate of one KPI, or of one metric of transport, on the evaluations that a query found.

Several methods are tried; the one that predicts left-out designs best is fitted to all of them. Its intervals are
calibrated on the predictions of left-out designs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ragone.models.surrogate.card import model_card
from ragone.models.surrogate.conformal import Calibration
from ragone.models.surrogate.domain import Domain
from ragone.models.surrogate.errors import SurrogateError
from ragone.models.surrogate.importance import importances
from ragone.models.surrogate.method import Method
from ragone.models.surrogate.methods import METHODS
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.models.surrogate.training_set import TrainingSet, quantity_of, training_set
from ragone.models.surrogate.validation import LeftOut, chosen
from ragone.schemas import Kpi, Surrogate, Transport, stage
from ragone.schemas.errors import did_you_mean

LIBRARIES = ("botorch", "gpytorch", "numpy", "scikit-learn", "scipy", "torch")


@stage("surrogate.train", libraries=LIBRARIES, informed_by=("targets",))
def train_surrogate(
    targets: tuple[Kpi | Transport, ...],
    *,
    target: str,
    columns: Mapping[str, Any],
    units: Mapping[str, Any],
    designs: Sequence[int],
    where: str,
    snapshot_id: str,
    seed: int,
    whole: tuple[str, ...] = (),
    held_out: tuple[str, ...] = (),
    methods: tuple[str, ...] = tuple(METHODS),
    about: Mapping[str, Any] = {},
) -> Surrogate:
    """Train a surrogate.

    Parameters
    ----------
    targets
        KPIs, or averaged metrics of transport: what is learned, one for each row, with its uncertainty.
    target
        Column of the evaluations: a KPI, also of a step, such as ``energy_density of fast``, or a metric of transport.
    columns
        Name of each feature and its values, one for each row, in the units of the records.
    units
        Unit of each feature.
    designs
        Number of the design that each row is of; rows of one design are never parted by cross-validation.
    where
        The query that found the rows.
    snapshot_id
        The state of the lake that it saw.
    seed
        Seed of everything random.
    whole
        Names of the features that are whole numbers by their kind.
    held_out
        Ids of observations that were kept back, to judge the surrogate by.
    methods
        Names of the methods to choose from.
    about
        Licences and sources of the data, and rows that could not be used, for the model card.

    Returns
    -------
    Surrogate
        With its model card.

    Raises
    ------
    SurrogateError
        If there is nothing to be learned: too few designs, equal values, several definitions in one target.
    """
    data = training_set(targets, quantity_of(target), columns, units, designs, whole)
    trained, left_out = fitted_surrogate(data, methods_named(methods), seed)
    best = left_out[trained.method]
    queried = {"where": where, "snapshot_id": snapshot_id, "held_out_count": len(held_out), **about}
    return Surrogate(
        architecture=trained.method,
        weights=trained.weights(),
        settings={"methods": list(left_out)},
        trained_on=tuple(one.id for one in targets),
        snapshot_id=snapshot_id,
        metrics={
            "mean_absolute_error": best.mean_absolute_error,
            "root_mean_square_error": best.root_mean_square_error,
            "unit": data.target.unit,
        },
        target=target,
        target_unit=data.target.unit,
        target_definition=data.target.definition["definition"],
        features=[one.plain() for one in data.features],
        where=where,
        held_out=held_out,
        seed=seed,
        card=model_card(data, trained, left_out, importances(trained.fitted, data, seed), queried),
    )


def fitted_surrogate(
    data: TrainingSet, methods: Mapping[str, Method], seed: int, done: Callable[[str], None] = lambda _: None
) -> tuple[TrainedSurrogate, dict[str, LeftOut]]:
    """The surrogate by the best method, and what each method predicts of left-out designs; `done` hears each method."""
    name, left_out = chosen(methods, data, seed, done)
    fitted = methods[name].fit(data.points, data.values, data.variances, seed)
    calibration = Calibration.of(left_out[name], data.design_count)
    return TrainedSurrogate(data.features, name, fitted, Domain.of(data.points), calibration), left_out


def methods_named(names: Sequence[str]) -> dict[str, Method]:
    """The methods of those names.

    Raises
    ------
    SurrogateError
        If one is not known, or none is named.
    """
    unknown = next((name for name in names if name not in METHODS), None)
    if unknown is not None or not names:
        raise SurrogateError(f"method {unknown!r} is not known: {did_you_mean(str(unknown), METHODS)}")
    return {name: METHODS[name] for name in names}
