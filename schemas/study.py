"""A campaign and the models trained on its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from schemas.field import blob, document, text, texts, vector
from schemas.record import Record


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Campaign(Record):
    """A study as it was run: its definition, and its trials in order.

    The trial arrays have one entry per design; an objective of an infeasible design is 0 and `feasible` says so.
    """

    kind: ClassVar[str] = "campaign"

    name: str = text()
    definition: Any = document(doc="the study's parameters, in the units of the records")
    objective_name: str = text()
    objective_unit: str = text()
    design_ids: tuple[str, ...] = texts()
    kpi_ids: tuple[str, ...] = texts()
    objective: np.ndarray[Any, Any] = vector("", doc="in `objective_unit`")
    feasible: np.ndarray[Any, Any] = vector("", "uint8")
    best_design_id: str = text(default="", doc="empty if no design was feasible")
    best_kpi_id: str = text(default="")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Model(Record):
    """What every trained model keeps."""

    architecture: str = text(doc="the loader that understands the weights")
    weights: bytes = blob(doc="safetensors; never a pickle")
    settings: Any = document()
    trained_on: tuple[str, ...] = texts(doc="ids of the training records")
    snapshot_id: str = text(default="", doc="the state of the lake that the training query saw")
    metrics: Any = document(default={}, doc="validation scores, with units in their names")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Surrogate(Model):
    """A model that predicts KPIs from designs or metrics; opaque to the lake."""

    kind: ClassVar[str] = "surrogate"
