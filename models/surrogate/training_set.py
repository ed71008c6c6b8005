"""What a surrogate learns from: one row for each evaluation, its features, its target, and the design that it is of."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.surrogate.errors import SurrogateError
from ragone.models.surrogate.features import Columns, Feature, encoded, features_of
from ragone.models.surrogate.method import Floats
from ragone.schemas import Kpi, Transport
from ragone.schemas.field import FieldSpec

FEWEST_DESIGNS = 6
Target = Kpi | Transport
Groups = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class TargetDefinition:
    """The quantity that is predicted: its name, unit and definition, equal for all observations of one surrogate."""

    name: str
    unit: str
    definition: Mapping[str, str]


@dataclass(frozen=True)
class TrainingSet:
    """Points in the unit cube of the features, shape (n, axes), values and variances (n,), and designs by number."""

    features: tuple[Feature, ...]
    target: TargetDefinition
    points: Floats
    values: Floats
    variances: Floats | None
    groups: Groups

    @property
    def design_count(self) -> int:
        """Number of different designs."""
        return len(np.unique(self.groups))

    def part(self, rows: Groups) -> TrainingSet:
        """Some of the rows."""
        variances = None if self.variances is None else self.variances[rows]
        return TrainingSet(
            self.features, self.target, self.points[rows], self.values[rows], variances, self.groups[rows]
        )


def training_set(
    targets: Sequence[Target],
    name: str,
    columns: Columns,
    units: Mapping[str, str],
    designs: Sequence[int],
    whole: Collection[str] = (),
) -> TrainingSet:
    """The training set of observations.

    Parameters
    ----------
    targets
        KPIs, or averaged metrics of transport: one for each row.
    name
        Of the KPI, or of the field of the transport.
    columns
        The features, a value for each row.
    units
        Their units.
    designs
        Number of the design that each row is of; rows of one design are never parted by cross-validation.
    whole
        Names of the columns that hold whole numbers by their kind, not by chance.

    Raises
    ------
    SurrogateError
        If there is nothing to be learned: too few designs, equal values, several definitions in one target.
    """
    values, variances = observed(targets, name)
    groups = np.unique(np.array(designs), return_inverse=True)[1].astype(np.int64)
    _require_enough(name, values, int(groups.max(initial=-1)) + 1)
    features = features_of(columns, units, whole)
    return TrainingSet(features, definition_of(targets, name), encoded(features, columns), values, variances, groups)


def quantity_of(target: str) -> str:
    """The KPI or field that a column of the evaluations shows, whatever step it is of."""
    return target.partition(" of ")[0]


def definition_of(targets: Sequence[Target], name: str) -> TargetDefinition:
    """Return the quantity that all targets are observations of.

    Raises
    ------
    SurrogateError
        If they are not one quantity, defined in one way.
    """
    found = {_definition(one, name) for one in targets}
    if len(found) > 1:
        first, second, *_ = sorted(f"{unit}: {'; '.join(words)}" for unit, words in found)
        raise SurrogateError(
            f"{name} is defined in {len(found)} ways among {len(targets)} observations, such as [{first}] and "
            f"[{second}]. Choose those of one definition with --where."
        )
    unit, words = found.pop()
    return TargetDefinition(name, unit, {"definition": words[0]})


def observed(targets: Sequence[Target], name: str) -> tuple[Floats, Floats | None]:
    """Values and variances of the targets, shape (n,); no variances unless all are known.

    Raises
    ------
    SurrogateError
        If one has no finite value.
    """
    found = [_observation(one, name) for one in targets]
    for (value, _), target in zip(found, targets, strict=True):
        if value is None or not math.isfinite(value):
            raise SurrogateError(f"{name} of {target.id[:30]} has no finite value. Leave it out.")
    variances = [None if error is None else error**2 for _, error in found]
    known = all(one is not None for one in variances) and any(variances)
    values = np.array([value for value, _ in found], dtype=np.float64)
    return values, np.array(variances, dtype=np.float64) if known else None


def _observation(target: Target, name: str) -> tuple[float | None, float | None]:
    if isinstance(target, Kpi):
        return target.value, target.standard_uncertainty
    return getattr(target, name), getattr(target, f"{name}_standard_error", None)


def _definition(target: Target, name: str) -> tuple[str, tuple[str, ...]]:
    """Unit and words that define it."""
    if isinstance(target, Kpi):
        if target.name != name:
            raise SurrogateError(f"{target.id[:30]} is the KPI {target.name}, not {name}. Name one KPI as the target.")
        return target.unit, (target.definition,)
    spec: FieldSpec | None = Transport.fields().get(name)
    if spec is None or spec.dtype != "float64":
        raise SurrogateError(f"{name} is no number of a transport record. Name one of its fields, or a KPI.")
    return spec.unit, (spec.doc,)


def _require_enough(name: str, values: Floats, designs: int) -> None:
    if designs < FEWEST_DESIGNS:
        raise SurrogateError(
            f"{len(values)} observations of {name}, of {designs} different designs, are too few: {FEWEST_DESIGNS} "
            "designs at least can be held out in turn. Widen --where, or evaluate more designs."
        )
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise SurrogateError(
            f"all {len(values)} observations of {name} are {values[0]:g}: there is nothing to learn. Widen --where."
        )
