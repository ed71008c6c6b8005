"""A charging policy in one line, such as ``5.4C(60%)-3.6C``, and what it says about a life.

A policy is a sequence of constant currents: each is held up to a state of charge, the last one to 80 %. What follows
there (in the data of Severson et al. 1C, then constant voltage) is the same for all and no part of it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

from ragone.schemas.errors import RagoneError
from ragone.schemas.field import Bounds

END = 0.8  # state of charge to which the last current is held
_ROUNDING = 1e-9
_MINUTES_PER_HOUR = 60.0
_NUMBER = r"\d+(?:\.\d+)?"
_STEP = rf"({_NUMBER})C(?:\(({_NUMBER})%\))?"
_READABLE = re.compile(rf"{_STEP}(?:-{_STEP})*")
_OF_FOLDER = re.compile(r"(\d+)(?:_(\d+))?C-(\d+)PER_(\d+)(?:_(\d+))?C")
_TAIL = re.compile(r"[-_]newstructure$", re.IGNORECASE)


class ChargingPolicyError(RagoneError, ValueError):
    """A text is no charging policy that can be read."""


@dataclass(frozen=True, slots=True)
class ChargingStep:
    """One constant current: its rate [1/h] and the state of charge [-] to which it is held."""

    rate: float
    end: float


@dataclass(frozen=True, slots=True)
class ChargingPolicy:
    """The steps of a policy from 0 to 80 % state of charge; rates in units of 1C [1/h]."""

    steps: tuple[ChargingStep, ...]

    @property
    def charges(self) -> tuple[float, ...]:
        """Share of the capacity that each step takes up [-]."""
        ends = (0.0, *(step.end for step in self.steps))
        return tuple(after - before for before, after in itertools.pairwise(ends))

    @property
    def charging_time(self) -> float:
        """Time from 0 to 80 % state of charge [min], if each current is held throughout."""
        return _MINUTES_PER_HOUR * sum(q / step.rate for q, step in zip(self.charges, self.steps, strict=True))

    @property
    def covariates(self) -> dict[str, dict[str, Any]]:
        """Value and unit of what a regression of lives may use, by name.

        The charge-weighted rate is proportional to the ohmic heat of the charge. What needs two steps is that of the
        first and the last one; in a policy of one current both are the same.
        """
        rates = [step.rate for step in self.steps]
        second = next((step.rate for step in self.steps[1:]), rates[0])
        weighted = sum(q * rate for q, rate in zip(self.charges, rates, strict=True)) / END
        return {
            "first_rate": _of(rates[0], "1/h"),
            "switch_state_of_charge": _of(self.steps[0].end, "1"),
            "second_rate": _of(second, "1/h"),
            "last_rate": _of(rates[-1], "1/h"),
            "largest_rate": _of(
                max(step.rate for q, step in zip(self.charges, self.steps, strict=True) if q > _ROUNDING), "1/h"
            ),
            "charging_time_to_80": _of(self.charging_time, "min"),
            "mean_rate": _of(END * _MINUTES_PER_HOUR / self.charging_time, "1/h"),
            "charge_weighted_rate": _of(weighted, "1/h"),
        }


def parse_charging_policy(text: str) -> ChargingPolicy:
    """Read a policy such as ``5.4C(60%)-3.6C``, ``4C(80%)-4C``, ``6C(30%)-5C(60%)-4C`` or ``5_4C-60PER_3_6C``.

    Spaces and a tail ``-newstructure`` (a mark of the schedule in Severson's third batch) do not count.

    Raises
    ------
    ChargingPolicyError
        If it is of another form, or its states of charge do not increase up to 80 %.
    """
    plain = _TAIL.sub("", "".join(text.split()))
    folder = _OF_FOLDER.fullmatch(plain.upper())
    if folder:
        first, part, share, second, further = folder.groups()
        plain = f"{first}.{part or 0}C({share}%)-{second}.{further or 0}C"
    if not _READABLE.fullmatch(plain.upper()):
        raise ChargingPolicyError(
            f"charging policy {text!r} is of no known form. Write rates and states of charge as in '5.4C(60%)-3.6C': "
            "5.4C up to 60 %, then 3.6C up to 80 %."
        )
    found = re.findall(_STEP, plain.upper())
    if any(not end for _, end in found[:-1]):
        raise ChargingPolicyError(
            f"charging policy {text!r} does not say up to which state of charge each current is held. Write it behind "
            "every current but the last, as in '5.4C(60%)-3.6C'."
        )
    ends = [float(end) / 100 if end else END for _, end in found]
    return ChargingPolicy(_checked(text, [float(rate) for rate, _ in found], ends))


def _checked(text: str, rates: list[float], ends: list[float]) -> tuple[ChargingStep, ...]:
    for rate in rates:
        Bounds(low=0, low_open=True).require(rate, f"rate of the charging policy {text!r}", "1/h")
    backwards = any(after < before for before, after in itertools.pairwise((0.0, *ends)))
    if backwards or not ends[0] or abs(ends[-1] - END) > _ROUNDING:
        listed = ", ".join(f"{100 * end:g} %" for end in ends)
        raise ChargingPolicyError(
            f"the currents of the charging policy {text!r} are held up to {listed}. States of charge that increase, "
            "from above 0 up to 80 %, are expected."
        )
    return tuple(ChargingStep(rate, end) for rate, end in zip(rates, ends, strict=True))


def _of(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}
