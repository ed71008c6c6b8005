"""The slope of every belief at a candidate: how fast each KPI is believed to change with each number, and how surely.

The derivative of a Gaussian process is a Gaussian process: the mean is differentiated automatically, its variance is
that of the prior's derivative less what the candidates seen explain of it. The prior's part is that of the Matern-5/2
kernel, whose distance cannot be differentiated automatically at zero. Options of a choice have no slope.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.space import Choice, Floats, Real, Whole
from ragone.models.surrogate import GaussianProcess
from ragone.schemas import Candidate

_MATERN = 5.0 / 3.0  # variance of the derivative of a unit process over one length scale, with a Matern-5/2 kernel


@dataclass(frozen=True, slots=True)
class Slope:
    """The derivative of a goal's KPI by the value of a path, in the KPI's unit per the path's, with its deviation."""

    kpi: str
    path: str
    value: float
    standard_deviation: float


def slopes_of(beliefs: Beliefs, candidate: Candidate) -> tuple[Slope, ...]:
    """The slopes at a candidate, goal by goal, of each path that is a number.

    A whole number is taken as if it could change continuously. None without a surrogate.

    References
    ----------
    Rasmussen and Williams, 2006, ISBN 0-262-18253-X, section 9.4.
    """
    point = beliefs.space.points([candidate])
    found = []
    for number, (goal, surrogate) in enumerate(zip(beliefs.goals, beliefs.surrogates, strict=False)):
        means, covariances = gradient_of(surrogate, point)
        factor = abs(float(beliefs.predict_jointly(number, point)[0][0])) if goal.is_logarithmic else 1.0
        for path, variable in beliefs.space.known.variables.items():
            if not isinstance(variable, Choice):
                axis, width = beliefs.space.known.axes_of(path).start, _width(variable) / factor
                deviation = float(np.sqrt(max(covariances[axis, axis], 0.0)))
                found.append(Slope(goal.kpi, path, goal.sign * float(means[axis]) / width, deviation / width))
    return tuple(found)


def gradient_of(surrogate: GaussianProcess, point: Floats) -> tuple[Floats, Floats]:
    """Mean, shape (axes,), and covariance, shape (axes, axes), of a response's gradient, per edge of the unit cube.

    Parameters
    ----------
    surrogate
        With a Matern-5/2 kernel, as every surrogate of an acquisition has.
    point
        Shape (1, axes), in the unit cube.
    """
    import torch

    model: Any = surrogate.differentiable
    at = torch.from_numpy(point).requires_grad_()
    (mean,) = torch.autograd.grad(model.posterior(at).mean.sum(), at)
    with torch.no_grad():
        prior = model.likelihood(model.forward(model.train_inputs[0]), model.train_inputs[0])
        factor = torch.linalg.cholesky(prior.covariance_matrix)
        seen = _kernel_gradients(model, torch.from_numpy(point))
        explained = seen.T @ torch.cholesky_solve(seen, factor)
        lengths = model.covar_module.lengthscale.squeeze(0)
        covariance = torch.diag(_MATERN / lengths**2) - explained
    spread = surrogate.scale.spread
    return spread * mean.squeeze(0).numpy(), spread**2 * covariance.numpy()


def _kernel_gradients(model: Any, point: Any) -> Any:
    """Gradients of the kernel between a point and those seen by the point, shape (seen, axes)."""
    import torch

    with torch.enable_grad():
        inputs = model.train_inputs[0]
        repeated = point.repeat(len(inputs), 1).requires_grad_()
        diagonal = model.covar_module(repeated, inputs).to_dense().diagonal()
        (gradients,) = torch.autograd.grad(diagonal.sum(), repeated)
    return gradients


def _width(variable: Real | Whole) -> float:
    """The change of a value along the whole edge of the cube, in its unit."""
    return variable.high - variable.low + (1 if isinstance(variable, Whole) else 0)
