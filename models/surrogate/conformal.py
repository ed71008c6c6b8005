"""How wide must an interval be to hold a new design? Conformal calibration on designs that were left out.

The score of an observation is its residual, by a fit that has not seen its design, over the standard deviation that the
fit stated. An interval of a level is the prediction, more and less so many deviations as that share of the scores stays
below. Designs are exchangeable, not observations, so that the finite-sample correction counts designs.

The scores come from cross-validation and the final fit has seen all designs: coverage is approximate, by the argument
of cross-conformal prediction, not guaranteed as by a split; the benchmark measures it on held-out designs.

References
----------
Lei et al. 2018, doi 10.1080/01621459.2017.1307116 (locally weighted conformal intervals); Vovk 2015, doi
10.1007/s10472-013-9368-4 (cross-conformal); Dunn et al. 2022, doi 10.1080/01621459.2022.2060112 (groups).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.models.surrogate.method import Floats
from ragone.models.surrogate.validation import LeftOut


@dataclass(frozen=True)
class Calibration:
    """Scores, ascending, shape (n,), their weights, and the number of designs that they are of."""

    scores: Floats
    weights: Floats
    design_count: int

    @classmethod
    def of(cls, left_out: LeftOut, design_count: int) -> Calibration:
        """The calibration by predictions of designs that were left out."""
        scores = np.abs(left_out.residuals) / left_out.deviations
        order = np.argsort(scores, kind="stable")
        return cls(scores[order], left_out.weights[order], design_count)

    def factor(self, level: float) -> float | None:
        """Deviations on either side of a prediction for an interval of that level; None if so few designs allow none.

        Parameters
        ----------
        level
            Share of new designs to be held, in (0, 1).
        """
        wanted = level * (1 + 1 / self.design_count)
        reached = np.cumsum(self.weights)
        if wanted > reached[-1] + 1e-12:
            return None
        return float(self.scores[np.searchsorted(reached, wanted - 1e-12)])
