"""A Gaussian process over designs and fidelities: what do cheap evaluations say of a response at the target?

At fidelity l the response is

    f_l(x) = a_l g(x) + d_l(x) + c_l

with g common to all fidelities, d_l and c_l, a smooth and a constant bias, its own. All that is learned: how much a
fidelity says is its correlation with the target, which is none where a_l is 0 or d_l large, so that a bias is never
taken for the response. Values are standardised fidelity by fidelity.

References
----------
Kennedy and O'Hagan, 2000, doi 10.1093/biomet/87.1.1; Bonilla et al., 2007, Multi-task Gaussian process prediction,
NeurIPS 20 (linear model of coregionalisation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.acquisition.fidelities import TARGET
from ragone.models.acquisition.posterior import SMALLEST_VARIANCE
from ragone.models.acquisition.space import Floats
from ragone.models.surrogate import GaussianProcess, Scale

if TYPE_CHECKING:
    import torch

_FACTOR, _FACTOR_SPREAD = 1.0, 0.5  # prior of a_l
_BIAS, _BIAS_SPREAD = 0.1, 1.0  # prior of the variance of d_l: median, and deviation of its logarithm
_OFFSET = 1.0  # variance of c_l
_NONE = 1e-8  # of a part that is not there

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class FidelityProcess:
    """A fitted process; `process` has the fidelity's number as its last axis and the scale of the target.

    `noise` has shape (fidelities,): the usual variance of an observation, standardised.
    """

    process: GaussianProcess
    noise: Floats

    def information(self, at: torch.Tensor, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The variance of the target that an evaluation takes away: one at a fidelity, and one at the target itself.

        Parameters
        ----------
        at
            Shape (n, axes + 1), of the target.
        number
            Of the fidelity.
        """
        import torch

        there = torch.cat([at[..., :-1], torch.full_like(at[..., -1:], float(number))], dim=-1)
        posterior: Any = self.process.differentiable.posterior(torch.stack([at, there], dim=-2))
        covariance = posterior.distribution.covariance_matrix
        own, between, other = covariance[..., 0, 0], covariance[..., 0, 1], covariance[..., 1, 1]
        return between**2 / (other + self.noise[number]), own**2 / (own + self.noise[TARGET])


def fit_fidelities(
    points: Floats, numbers: Ints, values: Floats, variances: Floats | None, count: int
) -> FidelityProcess:
    """The fitted process.

    Parameters
    ----------
    points
        Shape (n, axes), in the unit cube.
    numbers
        Shape (n,), of the fidelities; two values at the target at least.
    values
        Shape (n,), in any unit.
    variances
        Shape (n,), in its square; None if unknown.
    count
        Fidelities in all.
    """
    import botorch
    import botorch.exceptions.errors as errors
    import gpytorch
    import torch

    scales = [_scale(values[numbers == number], values[numbers == TARGET]) for number in range(count)]
    standardised = np.array([scales[n].standardised(v) for n, v in zip(numbers, values, strict=True)])
    spreads = np.array([scale.spread for scale in scales])
    noise = None if variances is None else np.maximum(variances / spreads[numbers] ** 2, SMALLEST_VARIANCE)
    model: Any = botorch.models.SingleTaskGP(
        torch.from_numpy(np.column_stack([points, numbers.astype(np.float64)])),
        torch.from_numpy(standardised).unsqueeze(-1),
        train_Yvar=None if noise is None else torch.from_numpy(noise).unsqueeze(-1),
        covar_module=_kernel(points.shape[1], count),
        outcome_transform=None,
    )
    try:
        botorch.fit_gpytorch_mll(gpytorch.mlls.ExactMarginalLogLikelihood(model.likelihood, model))
    except errors.ModelFittingError:
        model.eval()
    usual = _usual(noise, numbers, count) if noise is not None else np.full(count, model.likelihood.noise.item())
    return FidelityProcess(GaussianProcess(model, scales[TARGET]), usual)


def _scale(own: Floats, target: Floats) -> Scale:
    return Scale.of(own) if len(own) > 1 else Scale.of(target)


def _usual(noise: Floats, numbers: Ints, count: int) -> Floats:
    """The median variance of the observations at each fidelity; of all where there are none."""
    return np.array([np.median(own if len(own := noise[numbers == n]) else noise) for n in range(count)])


def _kernel(axes: int, count: int) -> Any:
    """The covariance over points of shape (n, axes + 1)."""
    import gpytorch

    common, own = _between(axes, count, [_NONE] * count), _between(axes, count, None)
    offsets = _between(axes, count, [_NONE if number == TARGET else _OFFSET for number in range(count)], factor=0.0)
    common.register_prior(
        "factor_prior", gpytorch.priors.NormalPrior(_FACTOR, _FACTOR_SPREAD), lambda m: m.covar_factor, _set_factor
    )
    return _matern(axes) * common + _matern(axes) * own + offsets


def _matern(axes: int) -> Any:
    import botorch.models.utils.gpytorch_modules as priors

    return priors.get_covar_module_with_dim_scaled_prior(axes, active_dims=range(axes), use_rbf_kernel=False)


def _between(axes: int, count: int, variances: Sequence[float] | None, factor: float = _FACTOR) -> Any:
    """The covariance of fidelities: of a common part if no variances are to be learned, else of each one's own."""
    import gpytorch
    import torch

    learned = variances is None
    kernel: Any = gpytorch.kernels.IndexKernel(num_tasks=count, rank=1, active_dims=[axes]).double()
    kernel.covar_factor.data.fill_(0.0 if learned else factor)
    kernel.var = torch.tensor([_BIAS] * count if variances is None else variances, dtype=torch.float64)
    kernel.covar_factor.requires_grad_(not learned and factor != 0.0)
    kernel.raw_var.requires_grad_(learned)
    if learned:
        prior = gpytorch.priors.LogNormalPrior(float(np.log(_BIAS)), _BIAS_SPREAD)
        kernel.register_prior("variance_prior", prior, lambda m: m.var, lambda m, value: m._set_var(value))
    return kernel


def _set_factor(kernel: Any, value: Any) -> None:
    kernel.initialize(covar_factor=value)
