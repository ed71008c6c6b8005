"""A generator of microstructures, its measured errors against real volumes, and its expected errors for a recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import array, blob, document, flag, integer, real, text, texts, vector
from ragone.schemas.migration import added, renamed, reworded
from ragone.schemas.record import Record
from ragone.schemas.study import Model

_JUDGED_BY = (  # former and present words of a model card
    "ragone fidelity, on unseen recipes; ragone calibrate-generator, at left-out corners",
    "ragone generator fidelity, on held-out recipes; ragone generator calibrate, at left-out corners",
)
NO_ROWS = np.empty((0, 0))
NO_NUMBERS = np.empty(0)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Generator(Model):
    """A model that draws microstructures from a recipe; its weights are opaque to the lake.

    A condition is the phase fractions in the order of `phase_names`, without the first, and then the design fields
    that the volumes do not show; `condition_names` names its entries.
    """

    kind: ClassVar[str] = "generator"
    schema_version: ClassVar[int] = 3
    migrations: ClassVar[Any] = {
        1: (
            added("phase_names", ()),
            added("voxel_size_metre", 1e-6),
            added("condition_names", ()),
            added("training_conditions", NO_ROWS),
            added("training_step", NO_NUMBERS),
            added("training_loss", NO_NUMBERS),
            added("seed", 0),
            added("card", {}),
        ),
        2: (reworded("card", *_JUDGED_BY),),
    }

    phase_names: tuple[str, ...] = texts(doc="of the volumes drawn, by label")
    voxel_size_metre: float = real("m", low=0, low_open=True, doc="of the training volumes")
    condition_names: tuple[str, ...] = texts(doc="names of the entries of a condition")
    training_conditions: np.ndarray[Any, Any] = array("1", "float64", 2, doc="per training volume and condition name")
    training_step: np.ndarray[Any, Any] = vector("1", low=0, doc="optimiser steps at which the loss was kept")
    training_loss: np.ndarray[Any, Any] = vector("1", doc="mean since the step before; summed over the networks")
    seed: int = integer(low=0, doc="seed of the training")
    card: Any = document(default={}, doc="model card: purpose, data, limits, how it was trained and judged")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GeneratorTraining(Record):
    """The training of one network of a generator between two stretches of steps; superseded by the next one."""

    kind: ClassVar[str] = "generator_training"

    weights: bytes = blob(doc="safetensors: weights, their average, the optimiser's moments")
    phase: int = integer(low=1, doc="that the network draws, by its place in the labels")
    member: int = integer(low=-1, doc="of the ensemble; -1 for the trunk that all share")
    step: int = integer(low=0, doc="optimiser steps done")
    training_step: np.ndarray[Any, Any] = vector("1", low=0, doc="steps done after each stretch")
    training_loss: np.ndarray[Any, Any] = vector("1", doc="mean of each stretch")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GeneratorErrors(Record):
    """Errors of a generator's metrics against real volumes, at training recipes and at left-out ones.

    The relative error of metric m at a recipe has the variance

        floor_m^2 + (growth_m * distance)^2 + (spread_weight_m * spread_m)^2,

    where `distance` is how far the recipe lies outside the convex hull of the training conditions, each scaled to its
    range, and `spread` the relative standard deviation between the ensemble's members at equal noise. Rows of the
    arrays are calibration points, columns metrics.
    """

    kind: ClassVar[str] = "generator_errors"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Any] = {1: (renamed("blind_distance", "domain_distance"),)}

    generator_id: str = text(doc="the generator")
    metric_names: tuple[str, ...] = texts(doc="fields of the transport record")
    floor: np.ndarray[Any, Any] = vector("1", low=0, doc="per metric: relative, at the training conditions")
    growth: np.ndarray[Any, Any] = vector("1", low=0, doc="per metric: relative, per unit of distance")
    spread_weight: np.ndarray[Any, Any] = vector("1", low=0, doc="per metric")
    domain_distance: float = real("1", low=0, doc="up to which a recipe is inside the applicability domain")
    condition_names: tuple[str, ...] = texts(doc="names of the entries of a condition")
    conditions: np.ndarray[Any, Any] = array("1", "float64", 2, doc="per point and condition name")
    distance: np.ndarray[Any, Any] = vector("1", low=0, doc="per point, to what the drawing members were trained on")
    spread: np.ndarray[Any, Any] = array("1", "float64", 2, doc="per point and metric")
    relative_error: np.ndarray[Any, Any] = array("1", "float64", 2, doc="per point and metric: generated / real - 1")
    coverage: np.ndarray[Any, Any] = vector(
        "1", low=0, high=1, doc="per metric: share of points within the 90 % band, each predicted without itself"
    )
    method: str = text(doc="how the errors were measured and fitted")

    def validate(self) -> None:
        """There is a number for each name."""
        for name in ("floor", "growth", "spread_weight", "coverage"):
            if len(getattr(self, name)) != len(self.metric_names):
                raise FieldShapeError(
                    f"generator_errors.{name} has {len(getattr(self, name))} entries and metric_names "
                    f"{len(self.metric_names)}. Give one value for each name."
                )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PredictedErrors(Record):
    """Errors that are expected of a generator's metrics for one recipe: one standard deviation each."""

    kind: ClassVar[str] = "predicted_errors"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Any] = {
        1: (
            renamed("blind", "out_of_distribution"),
            reworded("method", "; blind beyond a distance", "; out of distribution beyond a distance"),
        )
    }

    generator_id: str = text(doc="the generator")
    errors_id: str = text(doc="of the calibration")
    metric_names: tuple[str, ...] = texts(doc="fields of the transport record")
    relative_standard_error: np.ndarray[Any, Any] = vector("1", low=0, doc="per metric")
    condition_names: tuple[str, ...] = texts(doc="names of the entries of a condition")
    condition: np.ndarray[Any, Any] = vector("1", doc="of the recipe, per condition name")
    distance: float = real("1", low=0, doc="outside the convex hull of the training conditions, each over its range")
    out_of_distribution: bool = flag(doc="whether the recipe is outside the applicability domain")
    method: str = text(doc="how the errors are predicted")

    def validate(self) -> None:
        """There is a number for each name."""
        if len(self.relative_standard_error) != len(self.metric_names):
            raise FieldShapeError(
                f"predicted_errors.relative_standard_error has {len(self.relative_standard_error)} entries and "
                f"metric_names {len(self.metric_names)}. Give one value for each name."
            )
