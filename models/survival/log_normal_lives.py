"""Lives whose logarithm is normal about a linear function of covariates, some of them censored or seen late.

The coefficients are drawn to zero by a normal prior of given width on standardised covariates: a ridge, so that a few
deaths suffice. The likelihood is that of lives that reached their entry. The log-normal fit of the regressions has no
prior of the deviation, and refuses lives none of which ended, which those of a part of the designs may be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.models.survival.lifetimes import Floats, Mask

_LEAST_DEVIATION = 0.02  # of a logarithm of a life


@dataclass(frozen=True)
class LogNormalLives:
    """Mean of the logarithm ``intercept + (x - centre) / scale @ coefficients``, with a standard deviation."""

    intercept: float
    coefficients: Floats
    deviation: float
    centre: Floats
    scale: Floats

    @classmethod
    def fit(cls, lives: Floats, dead: Mask, covariates: Floats, *, entry: float, width: float) -> LogNormalLives:
        """Fit to lives in cycles, shape (n,), where dead, and to times survived elsewhere; covariates (n, p).

        Parameters
        ----------
        lives, dead
            Times, and whether they are ends of life.
        covariates
            Of each life.
        entry
            Every life lasted longer than this.
        width
            Standard deviation of the prior of a coefficient.
        """
        from scipy.optimize import minimize

        centre = covariates.mean(axis=0)
        scale = np.where(covariates.std(axis=0) > 1e-9, covariates.std(axis=0), 1.0)
        scaled, logs = (covariates - centre) / scale, np.log(lives)

        def loss(at: Floats) -> tuple[float, Floats]:
            fitted = cls(at[0], at[2:], float(np.exp(at[1])), np.zeros(len(centre)), np.ones(len(centre)))
            penalty = (at[2:] ** 2).sum() / (2 * width**2) + (at[1] + 1.0) ** 2 / 8
            by_mean, by_deviation = fitted.slopes(lives, dead, scaled, entry=entry)
            slopes = [-by_mean.sum(), (at[1] + 1.0) / 4 - by_deviation.sum(), *(at[2:] / width**2 - by_mean @ scaled)]
            value = penalty - fitted.log_likelihood(lives, dead, scaled, entry=entry).sum()
            return float(value), np.array(slopes)

        begun = np.array([logs.mean() + 0.1, np.log(logs.std() + 0.1), *np.zeros(len(centre))])
        bounds = [(None, None), (np.log(_LEAST_DEVIATION), 2.0), *[(None, None)] * len(centre)]
        found = minimize(loss, begun, method="L-BFGS-B", jac=True, bounds=bounds).x
        return cls(float(found[0]), found[2:], float(np.exp(found[1])), centre, scale)

    def means(self, covariates: Floats) -> Floats:
        """Mean of the logarithm of each life, shape (n,)."""
        return np.asarray(self.intercept + (covariates - self.centre) / self.scale @ self.coefficients)

    def log_likelihood(self, lives: Floats, dead: Mask, covariates: Floats, *, entry: float) -> Floats:
        """Log-likelihood of each life, given that it lasted beyond the entry; of deaths per unit of the logarithm."""
        from scipy.special import log_ndtr

        means = self.means(covariates)
        scaled = (np.log(lives) - means) / self.deviation
        density = -0.5 * scaled**2 - np.log(self.deviation) - 0.5 * np.log(2 * np.pi)
        entered = log_ndtr((means - np.log(entry)) / self.deviation)
        return np.asarray(np.where(dead, density, log_ndtr(-scaled)) - entered)

    def slopes(self, lives: Floats, dead: Mask, covariates: Floats, *, entry: float) -> tuple[Floats, Floats]:
        """Derivatives of the log-likelihood of each life by its mean and by the logarithm of the deviation."""
        means = self.means(covariates)
        scaled, reached = (np.log(lives) - means) / self.deviation, (means - np.log(entry)) / self.deviation
        hazard, entered = _ratio(-scaled), _ratio(reached)
        by_mean = (np.where(dead, scaled, hazard) - entered) / self.deviation
        return by_mean, np.where(dead, scaled**2 - 1, hazard * scaled) + entered * reached

    def quantiles(self, covariates: Floats, share: float, *, beyond: Floats) -> Floats:
        """Cycles that a share of the cells does not exceed which have lasted beyond some cycle, shape (n,)."""
        from scipy.special import ndtr, ndtri

        means = self.means(covariates)
        survived = ndtr((means - np.log(beyond)) / self.deviation)
        return np.asarray(np.exp(means - self.deviation * ndtri(np.clip(survived * (1 - share), 1e-300, 1.0))))


def _ratio(at: Floats) -> Floats:
    """Density over distribution of the standard normal."""
    from scipy.special import log_ndtr

    return np.asarray(np.exp(-0.5 * at**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(at)))
