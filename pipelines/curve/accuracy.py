"""What may be wrong with the samples of a curve: the instrument, noise, and intervals without rows."""

from __future__ import annotations

from dataclasses import dataclass

from ragone.pipelines.curve.holes import Hole, holes_of
from ragone.schemas import Curve, Measurement
from ragone.schemas.field import Bounds


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Standard uncertainty of the instrument, the same for all samples [V, A]; whether they are noisy; their holes."""

    volt: float = 0.0
    ampere: float = 0.0
    noisy: bool = False
    holes: tuple[Hole, ...] = ()

    def __post_init__(self) -> None:
        """A standard uncertainty is not below zero."""
        for name, unit, value in (
            ("voltage_uncertainty_volt", "V", self.volt),
            ("current_uncertainty_ampere", "A", self.ampere),
        ):
            Bounds(low=0).require(value, name, unit)


def accuracy_of(curve: Curve, volt: float, ampere: float) -> Accuracy:
    """Estimate the errors of the curve's samples: those of a measurement are noisy, and some may be missing."""
    return Accuracy(volt, ampere, noisy=isinstance(curve, Measurement), holes=holes_of(curve))
