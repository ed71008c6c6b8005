"""What becomes of a response when what is made differs from what was asked for, as a coater's tolerances let it.

The response of a candidate is the mean over normal deviations of its inputs. Averaging is linear, so that the average
of a Gaussian process is one, with a gradient; the points that it is averaged over are the same for every candidate.

What is averaged is the response, a constraint's too: a limit is kept on the average, not by every piece.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.acquisition.posterior import SMALLEST_VARIANCE, joint_posterior
from ragone.models.acquisition.space import Floats, Real, UnitCube
from ragone.schemas.errors import BoundsError, ParameterError, did_you_mean

if TYPE_CHECKING:
    import torch
    from botorch.posteriors.gpytorch import GPyTorchPosterior

_DEVIATIONS = 16  # a power of two, and antithetic: the mean deviation is zero


def deviations_of(cube: UnitCube, tolerances: Mapping[str, float], seed: int, count: int = _DEVIATIONS) -> Floats:
    """Deviations from a candidate in the unit cube, shape (deviations, axes); one of zero without tolerances.

    Parameters
    ----------
    cube
        The cube that a candidate is a point of.
    tolerances
        Path to the standard deviation of what is made from what was asked for, in the unit of the path.
    seed
        Of the deviations.
    count
        Of the deviations, a power of two.

    Raises
    ------
    ParameterError, BoundsError
        If a path is no number that the space varies continuously, or a tolerance is not positive.
    """
    if not tolerances:
        return np.zeros((1, cube.axes))
    spreads = np.zeros(cube.axes)
    for path, tolerance in tolerances.items():
        spreads[cube.axes_of(path)] = tolerance / _width(cube, path, tolerance)
    from scipy.stats import qmc  # heavy

    used = np.flatnonzero(spreads)
    half = qmc.MultivariateNormalQMC(np.zeros(len(used)), seed=np.random.default_rng(seed)).random(count // 2)
    half /= np.sqrt(np.mean(half**2, axis=0))  # few points fall short of the tails: the variance is made exact
    found = np.zeros((count, cube.axes))
    found[:, used] = np.vstack([half, -half]) * spreads[used]
    return found


def _width(cube: UnitCube, path: str, tolerance: float) -> float:
    """The extent of a variable, in its unit."""
    if path not in cube.variables:
        raise ParameterError(f"tolerances.{path} is no variable of the space: {did_you_mean(path, cube.variables)}")
    variable = cube.variables[path]
    if not isinstance(variable, Real):
        raise ParameterError(f"tolerances.{path}: the variable is no continuous number, so that it has no tolerance.")
    if not 0 < tolerance < float("inf"):
        raise BoundsError(f"tolerances.{path} = {tolerance} must be a standard deviation > 0, in the unit of the path.")
    return variable.high - variable.low


@dataclass(frozen=True)
class AveragedModel:
    """The means of BoTorch models of one response each over deviations of shape (deviations, axes)."""

    models: Sequence[Any]
    deviations: Floats

    @property
    def num_outputs(self) -> int:
        """Number of responses."""
        return len(self.models)

    @property
    def batch_shape(self) -> torch.Size:
        """The batch shape: none, for there is one model, not several."""
        import torch

        return torch.Size()

    def posterior(self, X: torch.Tensor, **_: Any) -> GPyTorchPosterior:  # noqa: N803 - BoTorch's
        """The joint normal distribution at points of shape (..., n, axes)."""
        import torch

        spread = (X.unsqueeze(-2) + torch.from_numpy(self.deviations)).flatten(-3, -2)
        return joint_posterior([self._averaged(model.posterior(spread), X.shape[-2]) for model in self.models])

    def _averaged(self, posterior: Any, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Means (..., n) and covariances (..., n, n) of averages over consecutive points."""
        import torch

        each = (count, len(self.deviations))
        means = posterior.mean.squeeze(-1).unflatten(-1, each).mean(-1)
        covariances = posterior.covariance_matrix.unflatten(-1, each).mean(-1).unflatten(-2, each).mean(-2)
        return means, covariances + SMALLEST_VARIANCE * torch.eye(count, dtype=means.dtype)
