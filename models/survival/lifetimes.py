"""Lives as columns: what every estimator takes, checked once.

A life ends after `lower` and not after `upper`: equal for an exact end, `upper` infinite for a censored life, both
finite and different for an end between two looks. A subject is under observation from `entry` on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.errors import LifetimesError
from ragone.schemas import CycleLife, LifeOutcome

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Lifetimes:
    """Lives of n subjects; `lower`, `upper` and `entry` in `unit`, shape (n,).

    `causes` holds the event's cause of each subject, empty if censored; `columns` what is known of the subjects by
    name, numbers or texts, shape (n,), with the units of the numbers in `units`.
    """

    lower: Floats
    upper: Floats
    entry: Floats
    subjects: tuple[str, ...]
    causes: tuple[str, ...]
    unit: str = "cycle"
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse lives from which no estimator could conclude anything.

        Raises
        ------
        LifetimesError
            If there are none, columns differ in length, or a life ends before it starts.
        """
        count = len(self.lower)
        if not count:
            raise LifetimesError("there are no lives to analyse. Choose others with --where.")
        others: dict[str, Sized] = {
            "upper": self.upper,
            "entry": self.entry,
            "subjects": self.subjects,
            "causes": self.causes,
        }
        wrong = {name: len(column) for name, column in {**others, **self.columns}.items() if len(column) != count}
        if wrong:
            raise LifetimesError(f"{count} lives, but columns of length {wrong}. Give each subject one row.")
        self._require(np.isfinite(self.lower) & np.isfinite(self.entry) & ~np.isnan(self.upper), "is not a number")
        self._require(self.upper >= self.lower, "ends before it was last seen alive")
        self._require(self.upper > 0, "has a duration of 0 or less; a life counts from its first cycle")
        self._require((self.lower >= 0) & (self.entry >= 0), "has a negative time")
        self._require(self.upper > self.entry, "ended before it came under observation")

    def _require(self, holds: Mask, complaint: str) -> None:
        wrong = np.flatnonzero(~holds)
        if len(wrong):
            first = wrong[0]
            raise LifetimesError(
                f"subject {self.subjects[first]!r} (row {first + 1}; {len(wrong)} in all) {complaint}: from "
                f"{self.entry[first]:g}, between {self.lower[first]:g} and {self.upper[first]:g} {self.unit}. Correct "
                "it, or leave it out with --where."
            )

    @classmethod
    def of_durations(
        cls,
        durations: Sequence[float] | Floats,
        observed: Sequence[bool] | Mask,
        *,
        entry: Sequence[float] | Floats | None = None,
        unit: str = "cycle",
        columns: Mapping[str, NDArray[Any]] | None = None,
        units: Mapping[str, str] | None = None,
    ) -> Self:
        """The lives of durations that ended in an event, or were censored.

        Parameters
        ----------
        durations
            Times of event or censoring in `unit`, shape (n,).
        observed
            Whether each ended in an event, shape (n,); booleans, or 0 and 1.
        entry
            Times from which each was under observation, in `unit`; 0 if None.
        """
        times, events = np.asarray(durations, dtype=np.float64), np.asarray(observed)
        if events.dtype != np.bool_ and not np.isin(events, (0, 1)).all():
            odd = next(value for value in events.ravel().tolist() if value not in (0, 1))
            raise LifetimesError(f"an event is true or false (1 or 0), not {odd!r}. Give whether each life had ended.")
        events = events.astype(bool)
        return cls(
            lower=times,
            upper=np.where(events, times, np.inf),
            entry=np.zeros(len(times)) if entry is None else np.asarray(entry, dtype=np.float64),
            subjects=tuple(str(number) for number in range(1, len(times) + 1)),
            causes=tuple("failed" if event else "" for event in events.tolist()),
            unit=unit,
            columns=columns or {},
            units=units or {},
        )

    @classmethod
    def of_records(cls, lives: Sequence[CycleLife]) -> Self:
        """The lives of records, with every covariate that all of them have; those that never started are left out.

        Raises
        ------
        LifetimesError
            If their units or criteria differ, outcome and end contradict each other, or none is left.
        """
        started = [life for life in lives if life.outcome is not LifeOutcome.NOT_STARTED]
        for what, several in (("unit", "units"), ("criterion", "criteria")):
            found = sorted({getattr(life, what) for life in started})
            if len(found) > 1:
                raise LifetimesError(
                    f"lives have {len(found)} {several}: {'; '.join(found)}. Choose one with "
                    f"--where \"{what} = '{found[0]}'\"."
                )
        for life in started:
            if life.outcome.is_event != (life.upper is not None):
                raise LifetimesError(
                    f"cycle life of {life.cell_name!r}: its outcome is {life.outcome!s}, its upper end {life.upper}. "
                    "An event has an upper end, and censoring has none."
                )
        names = sorted(set.intersection(*(set(life.covariates) for life in started))) if started else []
        columns, units = _columns(started, names)
        return cls(
            lower=np.array([life.lower for life in started], dtype=np.float64),
            upper=np.array([np.inf if life.upper is None else life.upper for life in started], dtype=np.float64),
            entry=np.array([life.entry for life in started], dtype=np.float64),
            subjects=tuple(life.cell_name for life in started),
            causes=tuple(life.outcome.name.lower() if life.outcome.is_event else "" for life in started),
            unit=started[0].unit if started else "cycle",
            columns=columns,
            units=units,
        )

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def observed(self) -> Mask:
        """Whether the end of each life was seen, exactly or between two looks."""
        return np.isfinite(self.upper)

    @property
    def exact(self) -> Mask:
        """Whether each life ended at a known time or is censored: no interval."""
        return np.asarray(~self.observed | (self.lower == self.upper))

    def among(self, chosen: Mask) -> Self:
        """The lives of some of the subjects.

        Raises
        ------
        LifetimesError
            If it is none of them.
        """
        kept = np.flatnonzero(chosen).tolist()
        return type(self)(
            lower=self.lower[chosen],
            upper=self.upper[chosen],
            entry=self.entry[chosen],
            subjects=tuple(self.subjects[number] for number in kept),
            causes=tuple(self.causes[number] for number in kept),
            unit=self.unit,
            columns={name: column[chosen] for name, column in self.columns.items()},
            units=self.units,
        )


def _columns(lives: Sequence[CycleLife], names: Sequence[str]) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Covariates by name, and the units of those that are numbers."""
    columns: dict[str, NDArray[Any]] = {}
    units: dict[str, str] = {}
    for name in names:
        values = [life.covariates[name] for life in lives]
        numbers = [value for value in values if isinstance(value, Mapping)]
        if len(numbers) not in (0, len(values)) or len({value["unit"] for value in numbers}) > 1:
            raise LifetimesError(
                f"covariate {name!r} is a number with one unit for some lives only. Choose with --where."
            )
        if numbers:
            units[name] = str(numbers[0]["unit"])
            columns[name] = np.array([value["value"] for value in numbers], dtype=np.float64)
        else:
            columns[name] = np.array([str(value) for value in values])
    return columns, units
