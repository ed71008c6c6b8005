"""The sums that a release is made of: evaluations of a lake, by the bounds of a policy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.dataset import Lake
from ragone.flows.sharing.condition import require_row_condition
from ragone.flows.sharing.policy import Policy
from ragone.flows.surrogate.observations import Observations, find_observations
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.moments import Layout
from ragone.models.surrogate.features import Feature, encoded
from ragone.models.surrogate.training_set import TargetDefinition, definition_of, quantity_of
from ragone.schemas import Kpi, Transport
from ragone.schemas.unit_names import unit_of


@dataclass(frozen=True)
class Sums:
    """Exact sums, which never leave as they are, and what they are of."""

    layout: Layout
    definition: str
    numbers: list[int]
    found: Observations
    values: list[float]

    @property
    def designs(self) -> tuple[str, ...]:
        """The designs that they are over."""
        return tuple(sorted(set(self.found.designs)))

    @property
    def bounds_of_data(self) -> tuple[str, ...]:
        """Names of the columns whose stated bounds are extreme values of the data, as general knowledge seldom is."""
        columns = [(one, self.found.columns[one.name]) for one in self.layout.features if not one.options]
        columns.append((self.layout.target, self.values))
        return tuple(one.name for one, values in columns if one.low == min(values) or one.high == max(values))


def find_sums(
    lake: Lake,
    target: str,
    policy: Policy,
    *,
    where: str = "",
    at: str = "",
    features: tuple[str, ...] = (),
    degree: int = 1,
    histograms: bool = False,
) -> Sums:
    """Sum the evaluations that a query finds.

    Parameters
    ----------
    lake, target, where, at
        As of `find_observations`; the condition must look at each row alone.
    policy
        States which columns may leave, and their bounds.
    features
        Columns, with or without unit; all of the policy but the target if none.
    degree
        Of the polynomial that can be fitted.
    histograms
        Whether histograms of each column are added.

    Raises
    ------
    ShareError
        If a column may not leave, the condition looks at other rows, or no row can be used.
    RetrainingError
        If there are no such evaluations.
    """
    require_row_condition(where)
    units = column_units(lake, at) | {target: "1"}
    chosen = policy.features(units | {target: ""}, features) if features else _all_but(policy, units, target)
    found = find_observations(lake, target, where=where, at=at, features=tuple(chosen))
    usable = [row for row in found.known(list(chosen)) if _has_options(found, row, chosen)]
    rows = [row for row in usable if "," not in found.designs[row]]  # one of several designs would be none's to spend
    if not rows:
        raise ShareError(f"no observation of {target} has a value of {', '.join(chosen)}. Name others: --features")
    part = found.part(rows)
    defined = _defined(lake, part)
    bounds = policy.features({**units, target: defined.unit}, (target,))[target]
    layout = Layout(tuple(chosen.values()), bounds, degree, histograms)
    values = _values(lake, part, target)
    numbers = layout.summed(encoded(layout.features, part.columns), values, np.array(part.design_numbers))
    return Sums(layout, defined.definition["definition"], numbers, part, values.tolist())


def column_units(lake: Lake, at: str = "") -> dict[str, str]:
    """Unit of every column of the evaluations, now or at a snapshot."""
    names = list(lake.evaluations(lake.resolve(at) if at else None).collect_schema())
    return {name: unit_of(name.partition(" of ")[0]) for name in names}


def _all_but(policy: Policy, units: dict[str, str], target: str) -> dict[str, Feature]:
    asked = tuple(name for name in policy.columns if name != target)
    return policy.features(units, asked) if asked else {}


def _has_options(found: Observations, row: int, chosen: dict[str, Feature]) -> bool:
    return all(not one.options or found.columns[name][row] in one.options for name, one in chosen.items())


def _defined(lake: Lake, found: Observations) -> TargetDefinition:
    return definition_of([_record(lake, name) for name in found.ids], quantity_of(found.target))


def _values(lake: Lake, found: Observations, target: str) -> np.ndarray:
    records = [_record(lake, name) for name in found.ids]
    read = [one.value if isinstance(one, Kpi) else getattr(one, quantity_of(target)) for one in records]
    return np.array(read, dtype=np.float64)


def _record(lake: Lake, name: str) -> Kpi | Transport:
    return lake.get(name, Kpi) if name.startswith("kpi-") else lake.get(name, Transport)
