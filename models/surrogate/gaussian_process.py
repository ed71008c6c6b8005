"""A Gaussian process with a Matern-5/2 kernel: means and covariances of a response that is twice differentiable.

Its errors are taken as independent and normal: of the variances given, of one fitted level where none are. The length
scales have a prior that grows with the number of axes (Hvarfner et al., 2024, arXiv 2402.02229). Being exact, it is
meant for up to some hundreds of points.

The fit gives the same bits again within `repeatable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.surrogate.scale import Floats, Scale

if TYPE_CHECKING:
    import botorch

_SMALLEST_VARIANCE = 1e-6  # of standardised values: keeps the covariance positive definite


@dataclass(frozen=True)
class GaussianProcess:
    """A fitted process; `differentiable` is the BoTorch model of the values standardised by `scale`."""

    differentiable: botorch.models.SingleTaskGP
    scale: Scale

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means, shape (n,), and covariances, shape (n, n), of the response without noise.

        Parameters
        ----------
        points
            Shape (n, axes), in the unit cube.
        """
        import torch

        with torch.no_grad():
            posterior: Any = self.differentiable.posterior(torch.from_numpy(points))
            means, covariances = posterior.mean.squeeze(-1).numpy(), posterior.covariance_matrix.numpy()
        return self.scale.centre + self.scale.spread * means, self.scale.spread**2 * covariances

    def prior(self, points: Floats) -> tuple[Floats, Floats]:
        """Means and covariances of the response before any observation, as `predict` gives those after them."""
        import torch

        with torch.no_grad():
            before: Any = self.differentiable.forward(torch.from_numpy(points))
            means, covariances = before.mean.numpy(), before.covariance_matrix.numpy()
        return self.scale.centre + self.scale.spread * means, self.scale.spread**2 * covariances

    def with_observations(self, points: Floats, values: Floats, variances: Floats | None) -> GaussianProcess:
        """The process of this kernel, mean and scale after other observations, as `fit_gaussian_process` takes them."""
        import botorch
        import torch

        fitted, scale = self.differentiable, self.scale
        noise = None if variances is None else np.maximum(variances / scale.spread**2, _SMALLEST_VARIANCE)
        model: Any = botorch.models.SingleTaskGP(
            torch.from_numpy(points),
            torch.from_numpy(scale.standardised(values)).unsqueeze(-1),
            train_Yvar=None if noise is None else torch.from_numpy(noise).unsqueeze(-1),
            covar_module=fitted.covar_module,
            likelihood=fitted.likelihood if noise is None else None,
            outcome_transform=None,
        )
        model.mean_module = fitted.mean_module
        return GaussianProcess(model.eval(), scale)


def fit_gaussian_process(
    points: Floats, values: Floats, variances: Floats | None, scale: Scale | None = None
) -> GaussianProcess:
    """The fitted process; unfitted, at its prior's mode, where the fit fails.

    Parameters
    ----------
    points
        Shape (n, axes), in the unit cube, n >= 2.
    values
        Shape (n,), in any unit.
    variances
        Shape (n,), of the values, in the square of their unit; None if unknown.
    scale
        By which values are standardised; their own if None.

    References
    ----------
    Balandat et al., 2020, arXiv 1910.06403 (BoTorch).
    """
    import botorch
    import botorch.exceptions.errors as errors
    import botorch.models.utils.gpytorch_modules as priors
    import gpytorch
    import torch

    scale = scale or Scale.of(values)
    noise = None if variances is None else np.maximum(variances / scale.spread**2, _SMALLEST_VARIANCE)
    model: Any = botorch.models.SingleTaskGP(
        torch.from_numpy(points),
        torch.from_numpy(scale.standardised(values)).unsqueeze(-1),
        train_Yvar=None if noise is None else torch.from_numpy(noise).unsqueeze(-1),
        covar_module=priors.get_covar_module_with_dim_scaled_prior(points.shape[1], use_rbf_kernel=False),
        outcome_transform=None,
    )
    try:
        botorch.fit_gpytorch_mll(gpytorch.mlls.ExactMarginalLogLikelihood(model.likelihood, model))
    except errors.ModelFittingError:
        model.eval()
    return GaussianProcess(model, scale)
