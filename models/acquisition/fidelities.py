"""The fidelities at which a candidate can be evaluated: the one at which the answer is wanted, and cheaper ones.

A fidelity is the values that some paths of a candidate have at it, such as the edge of a volume element in voxels. The
rest of the candidate is the design.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.acquisition.belief import measured_of
from ragone.models.goals import Goal
from ragone.schemas import Candidate, Kpi
from ragone.schemas.errors import BoundsError, ParameterError

TARGET = 0  # number of the fidelity at which the answer is wanted

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Fidelities:
    """The values of each fidelity by path, the target first, and their costs in evaluations at the target."""

    values: tuple[Mapping[str, Any], ...]
    costs: tuple[float, ...]

    @classmethod
    def of(cls, given: Sequence[Mapping[str, Any]]) -> Fidelities:
        """The fidelities that plain data describe: ``{"values": {path: value}, "cost": ...}`` each, the target first.

        Without any there is the target alone.

        Raises
        ------
        ParameterError, BoundsError
            If one says nothing of a path of another, two are equal, or a cost is not positive.
        """
        given = given or [{"values": {}, "cost": 1.0}]
        values = tuple(dict(one["values"]) for one in given)
        for number, one in enumerate(values):
            if one.keys() != values[TARGET].keys():
                raise ParameterError(f"fidelities[{number}] has the paths {sorted(one)}, the first has others.")
            if one in values[:number]:
                raise ParameterError(f"fidelities[{number}] = {one} is given twice. Leave one out.")
        costs = tuple(float(one["cost"]) for one in given)
        for number, cost in enumerate(costs):
            if not 0 < cost < float("inf"):
                raise BoundsError(f"fidelities[{number}].cost = {cost:g} must be > 0, in evaluations at the target.")
        return cls(values, costs)

    def number_of(self, candidate: Candidate) -> int | None:
        """The number of the fidelity of a candidate, the target if it says nothing of one; None if it is another."""
        target = self.values[TARGET]
        found = {path: candidate.values.get(path, value) for path, value in target.items()}
        return self.values.index(found) if found in self.values else None

    def design(self, candidate: Candidate) -> Candidate:
        """The candidate without its fidelity."""
        values = {path: value for path, value in candidate.values.items() if path not in self.values[TARGET]}
        return Candidate(values=values)

    def at(self, design: Candidate, number: int) -> Candidate:
        """A design at a fidelity."""
        return Candidate(values={**design.values, **self.values[number]})

    def affordable(self, budget: float | None) -> list[int]:
        """Numbers of the fidelities after which one evaluation at the target can still be paid, and the target."""
        left = float("inf") if budget is None else budget - self.costs[TARGET] + 1e-9
        return [number for number, cost in enumerate(self.costs) if number == TARGET or cost <= left]


@dataclass(frozen=True)
class Tried:
    """Designs by what became of them, and the numbers of their fidelities.

    `kpis` has one for each goal of each measured or infeasible design; `measured` says which have a value for every
    goal. `numbers` are those of `designs`, `failed_numbers` those of `failed` ones.
    """

    goals: Sequence[Goal]
    designs: tuple[Candidate, ...]
    kpis: tuple[Kpi, ...]
    numbers: Ints
    measured: np.ndarray[Any, np.dtype[np.bool_]]
    failed: tuple[Candidate, ...]
    failed_numbers: Ints
    pending: tuple[Candidate, ...]
    pending_numbers: Ints

    @classmethod
    def of(
        cls,
        fidelities: Fidelities,
        goals: Sequence[Goal],
        candidates: Sequence[Candidate],
        kpis: Sequence[Kpi],
        failed: Sequence[Candidate],
        pending: Sequence[Candidate],
    ) -> Tried:
        """The designs of candidates; those of a fidelity that is not given are passed over."""
        measured = measured_of(goals, candidates, kpis)
        kept = [place for place, one in enumerate(candidates) if fidelities.number_of(one) is not None]
        width = len(goals)
        rows = [kpi for place in kept for kpi in kpis[place * width : (place + 1) * width]]
        designs, numbers = _told_apart(fidelities, candidates)
        return cls(
            goals,
            designs,
            tuple(rows),
            numbers,
            measured[kept],
            *_told_apart(fidelities, failed),
            *_told_apart(fidelities, pending),
        )

    @property
    def every(self) -> tuple[Candidate, ...]:
        """All designs."""
        return (*self.designs, *self.failed, *self.pending)

    @property
    def measured_count(self) -> int:
        """Number of designs measured at the target."""
        return int((self.measured & (self.numbers == TARGET)).sum())

    def designs_at(self, number: int) -> list[Candidate]:
        """All designs at a fidelity."""
        numbers = (*self.numbers, *self.failed_numbers, *self.pending_numbers)
        return [design for design, own in zip(self.every, numbers, strict=True) if own == number]

    def rows(self, chosen: Sequence[int]) -> tuple[Kpi, ...]:
        """The KPIs of designs by their places."""
        width = len(self.goals)
        return tuple(kpi for place in chosen for kpi in self.kpis[place * width : (place + 1) * width])

    def at_target(self) -> tuple[tuple[Candidate, ...], tuple[Kpi, ...], tuple[Candidate, ...], tuple[Candidate, ...]]:
        """Designs at the target, their KPIs, those that failed there, and those pending."""
        own = np.flatnonzero(self.numbers == TARGET).tolist()
        designs = tuple(self.designs[place] for place in own)
        failed = tuple(one for one, n in zip(self.failed, self.failed_numbers, strict=True) if n == TARGET)
        pending = tuple(one for one, n in zip(self.pending, self.pending_numbers, strict=True) if n == TARGET)
        return designs, self.rows(own), failed, pending


def _told_apart(fidelities: Fidelities, candidates: Sequence[Candidate]) -> tuple[tuple[Candidate, ...], Ints]:
    """The designs of candidates, and the numbers of their fidelities."""
    numbers = [fidelities.number_of(candidate) for candidate in candidates]
    known = [(fidelities.design(c), n) for c, n in zip(candidates, numbers, strict=True) if n is not None]
    return tuple(design for design, _ in known), np.array([number for _, number in known], dtype=np.int64)
