"""Where can a candidate be evaluated at all? A boundary learned from those that could and those that could not.

A Gaussian process is classified by the logistic function, in Laplace's approximation. Its posterior is that of a
regression on pseudo-values with their own variances, so that it stands beside the other responses as one more of them,
with a gradient; the probability of success is the mean of the logistic function over it.

Failures are taken as facts of the place: one that had another cause, such as a power cut, repels the search from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ragone.models.acquisition.space import Floats

if TYPE_CHECKING:
    import botorch
    import torch

_STEPS = 30  # of Newton's method; it converges in a few
_CONVERGED = 1e-8
_LATENT_DEVIATION = 2.0  # prior median: two standard deviations say 0.02 to 0.98
_DEVIATION_SPREAD = 0.5  # of the logarithm of the deviation
_SMALLEST_WEIGHT = 1e-6  # of a label, as a success of which nothing is left to doubt


def fit_boundary(points: Floats, succeeded: np.ndarray[Any, np.dtype[np.bool_]]) -> botorch.models.SingleTaskGP:
    """The process whose values are the log odds of success, as a BoTorch model.

    Parameters
    ----------
    points
        Shape (n, axes), in the unit cube, n >= 1.
    succeeded
        Shape (n,). Whether the candidate was evaluated.

    References
    ----------
    Rasmussen and Williams, 2006, Gaussian Processes for Machine Learning, ISBN 0-262-18253-X, algorithms 3.1 and 5.1;
    Hvarfner et al., 2024, arXiv 2402.02229 (prior of the length scales).
    """
    import botorch
    import torch

    x, y = torch.from_numpy(points), torch.from_numpy(succeeded.astype(np.float64))
    centre = float(np.log((succeeded.sum() + 1.0) / ((~succeeded).sum() + 1.0)))
    kernel = _fitted_kernel(x, y, centre)
    with torch.no_grad():
        covariance = kernel(x).to_dense()
        latent = _mode(covariance, y, centre)
        share = torch.sigmoid(latent)
        weight = (share * (1.0 - share)).clamp_min(_SMALLEST_WEIGHT)
        pseudo = latent + (y - share) / weight
    model: Any = botorch.models.SingleTaskGP(
        x, pseudo.unsqueeze(-1), (1.0 / weight).unsqueeze(-1), covar_module=kernel, outcome_transform=None
    )
    model.mean_module.constant.data.fill_(centre)
    model.eval()
    return cast("botorch.models.SingleTaskGP", model)


def _fitted_kernel(x: torch.Tensor, y: torch.Tensor, centre: float) -> Any:
    """The kernel of largest evidence, its priors included."""
    import botorch.models.utils.gpytorch_modules as priors
    import gpytorch
    import scipy.optimize
    import torch

    axes = x.shape[1]
    base: Any = priors.get_covar_module_with_dim_scaled_prior(axes, use_rbf_kernel=False).double()
    scales = base.lengthscale_prior

    def kernel(theta: torch.Tensor) -> Any:
        apart = x / theta[:axes].exp()
        distance = torch.cdist(apart, apart, compute_mode="donot_use_mm_for_euclid_dist")
        reach = 5.0**0.5 * distance
        return (2.0 * theta[axes]).exp() * (1.0 + reach + reach**2 / 3.0) * torch.exp(-reach)

    def loss(theta: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        given = torch.from_numpy(theta).requires_grad_()
        prior = scales.log_prob(given[:axes].exp()).sum()
        prior = prior - ((given[axes] - np.log(_LATENT_DEVIATION)) / _DEVIATION_SPREAD) ** 2 / 2.0
        value = -_evidence(kernel(given), y, centre) - prior
        value.backward()
        assert given.grad is not None
        return value.item(), given.grad.numpy().copy()

    start = np.append(np.log(np.full(axes, scales.mode.item())), np.log(_LATENT_DEVIATION))
    bounds = [(np.log(0.05), np.log(50.0))] * axes + [(np.log(0.3), np.log(10.0))]
    found = scipy.optimize.minimize(loss, start, jac=True, bounds=bounds, options={"maxiter": 30}).x
    base.lengthscale = torch.from_numpy(np.exp(found[:axes]))
    scaled: Any = gpytorch.kernels.ScaleKernel(base).double()
    scaled.outputscale = float(np.exp(2.0 * found[axes]))
    return scaled


def _mode(covariance: torch.Tensor, y: torch.Tensor, centre: float) -> torch.Tensor:
    """The most probable log odds, shape (n,), by Newton's method."""
    import torch

    latent = torch.full_like(y, centre)
    for _ in range(_STEPS):
        following = _newton(covariance, y, centre, latent)
        if (following - latent).abs().max() < _CONVERGED:
            return following
        latent = following
    return latent


def _newton(covariance: torch.Tensor, y: torch.Tensor, centre: float, latent: torch.Tensor) -> torch.Tensor:
    """One step of Newton's method from log odds, by way of a matrix whose eigenvalues are at least 1."""
    import torch

    share = torch.sigmoid(latent)
    root = (share * (1.0 - share)).clamp_min(_SMALLEST_WEIGHT).sqrt()
    toward = root**2 * (latent - centre) + y - share
    factor = _factor(covariance, root)
    solved = torch.cholesky_solve((root * (covariance @ toward)).unsqueeze(-1), factor).squeeze(-1)
    return centre + covariance @ (toward - root * solved)


def _factor(covariance: torch.Tensor, root: torch.Tensor) -> Any:
    import torch

    return torch.linalg.cholesky(torch.eye(len(root), dtype=root.dtype) + root[:, None] * covariance * root[None, :])


def _evidence(covariance: torch.Tensor, y: torch.Tensor, centre: float) -> Any:
    """Laplace's approximation of the log marginal likelihood.

    The step of Newton's method that ends at the mode is differentiated with it: at the mode it has no derivative by
    where it starts, so that its own derivative is that of the mode.
    """
    import torch

    with torch.no_grad():
        latent = _mode(covariance, y, centre)
    latent = _newton(covariance, y, centre, latent)
    share = torch.sigmoid(latent)
    factor = _factor(covariance, (share * (1.0 - share)).clamp_min(_SMALLEST_WEIGHT).sqrt())
    fit = torch.nn.functional.logsigmoid(torch.where(y > 0.5, latent, -latent)).sum()
    pull = (y - share) @ (latent - centre)  # at the mode the gradient of the likelihood is K^-1 (f - m)
    return fit - pull / 2.0 - factor.diagonal().log().sum()
