"""The distribution of relaxation times behind a spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, real, text, vector
from ragone.schemas.record import Record

_INVERTED = Tolerance(relative=1e-4, absolute=1e-9)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RelaxationDistribution(Record):
    """Resistance over the logarithm of the relaxation time, and the spectrum that it stands for; both may be empty."""

    kind: ClassVar[str] = "relaxation_distribution"

    time_constant_second: np.ndarray[Any, Any] = vector("s", low=0, doc="rising")
    distribution_ohm: np.ndarray[Any, Any] = vector("ohm", tolerance=_INVERTED, doc="per ln of the time constant")
    fitted_real_ohm: np.ndarray[Any, Any] = vector("ohm", tolerance=_INVERTED, doc="at the spectrum's frequencies")
    fitted_imaginary_ohm: np.ndarray[Any, Any] = vector("ohm", tolerance=_INVERTED, doc="at the spectrum's frequencies")
    border_second: float = real("s", low=0, tolerance=_INVERTED, doc="from which time constant on it is diffusion")
    method: str = text(doc="regularisation, its strength, and how the border was found")

    def validate(self) -> None:
        """Every time constant has its resistance, and every frequency two parts."""
        for one, other in (("time_constant_second", "distribution_ohm"), ("fitted_real_ohm", "fitted_imaginary_ohm")):
            if len(getattr(self, one)) != len(getattr(self, other)):
                raise FieldShapeError(f"relaxation_distribution: {one} and {other} must have one length.")
