"""An encoder learned across owners: a network from features to a few latent axes, on which each keeps its own head.

The head is a ridge regression of an owner's standardised values on the latent axes, in closed form. In every step each
owner fits its head to a few of its designs, and takes the gradient of the error on its others with respect to the
encoder; the sum of the gradients over owners moves the encoder. Values, heads and points stay with their owner. Only
sums of gradients are needed, so that they may be summed under masks; here all owners are simulated in one process,
and gradients have no differential privacy.

References
----------
Bertinetto et al. 2019, arXiv 1805.08136 (heads in closed form); Collins et al. 2021, arXiv 2102.07078 (a common
representation, heads of each); McMahan et al. 2017, arXiv 1602.05629 (federated steps).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.surrogate.errors import SurrogateError
from ragone.models.surrogate.kriging import FittedKriging, Kriging
from ragone.models.surrogate.method import Floats
from ragone.models.surrogate.repeatable import repeatable
from ragone.models.surrogate.ridge import FittedRidge, Ridge
from ragone.models.surrogate.scale import Scale

_WIDTH, _LATENT, _STEPS, _RATE = 32, 8, 500, 5e-3
_FEW, _PENALTY = 8, 0.1  # designs to which a head is fitted in a step; its ridge, of standardised values
FEWEST = _FEW + 2

Layers = tuple[tuple[Floats, Floats], ...]
Gradients = list[Floats]
Summed = Callable[[Sequence[Gradients]], Gradients]


@dataclass(frozen=True)
class OwnedSet:
    """Designs of one owner: points of the common unit cube, shape (n, axes), and values in any unit, shape (n,)."""

    points: Floats
    values: Floats


@dataclass(frozen=True)
class Head:
    """The part that an owner keeps: a regression on the latent axes, in the unit of its own values."""

    encoder: Encoder
    fitted: FittedRidge

    def predict_means(self, points: Floats) -> Floats:
        """Means, shape (n,)."""
        return self.fitted.predict_means(self.encoder.encoded(points))

    def predict_deviations(self, points: Floats) -> Floats:
        """Standard deviations of an observation, shape (n,)."""
        return self.fitted.predict_deviations(self.encoder.encoded(points))


@dataclass(frozen=True)
class Encoder:
    """Weights and offsets of each layer."""

    layers: Layers

    def encoded(self, points: Floats) -> Floats:
        """Latent coordinates of points, shape (n, latent)."""
        flow = 2 * points - 1
        for weights, offsets in self.layers:
            flow = np.tanh(flow @ weights.T + offsets)
        return np.asarray(flow)

    def head(self, owned: OwnedSet) -> Head:
        """Fit the head of an owner, who may be a new one, with the penalty of the smallest leave-one-out error."""
        return Head(self, Ridge(1).fit(self.encoded(owned.points), owned.values, None, 0))


def head_or_own(encoder: Encoder, owned: OwnedSet, seed: int) -> Head | FittedKriging:
    """The head of an owner, or a Gaussian process of its own if that errs less on designs that are left out in turn.

    With twenty designs or so this avoids an encoder that does harm; ten are too few to tell.

    Parameters
    ----------
    encoder
        Learned by others.
    owned
        The owner's designs, each left out once.
    seed
        Of the fits of the process.
    """

    def own(part: OwnedSet) -> FittedKriging:
        return Kriging().fit(part.points, part.values, None, seed)

    if _left_out_error(encoder.head, owned) < _left_out_error(own, owned):
        return encoder.head(owned)
    return own(owned)


def _left_out_error(fit: Callable[[OwnedSet], Head | FittedKriging], owned: OwnedSet) -> float:
    """The mean square of the errors of fits to all designs but one, on that one."""
    errors = []
    for place, value in enumerate(owned.values):
        kept = np.arange(len(owned.values)) != place
        part = OwnedSet(owned.points[kept], owned.values[kept])
        errors.append(float(fit(part).predict_means(owned.points[[place]])[0] - value))
    return float(np.mean(np.square(errors)))


def plain_sum(gradients: Sequence[Gradients]) -> Gradients:
    """The sum over owners, layer by layer."""
    return [np.sum(parts, axis=0) for parts in zip(*gradients, strict=True)]


def fit_encoder(sets: Sequence[OwnedSet], seed: int, summed: Summed = plain_sum, steps: int = _STEPS) -> Encoder:
    """Learn an encoder across owners.

    Parameters
    ----------
    sets
        Designs of each owner, in the same unit cube.
    seed
        Seed of weights and of the designs to which heads are fitted.
    summed
        The sum of gradients over owners, such as one under masks.
    steps
        Number of steps.

    Raises
    ------
    SurrogateError
        If there is no owner, or one has too few designs.
    """
    import torch

    few = next((len(one.values) for one in sets if len(one.values) < FEWEST), None if sets else 0)
    if few is not None:
        raise SurrogateError(f"an encoder needs {FEWEST} designs of each owner, of whom one has {few}. Leave it out.")
    random = np.random.Generator(np.random.PCG64(seed))
    with repeatable(seed):
        model = _network(sets[0].points.shape[1])
        owners = [_tensors(one) for one in sets]
        optimiser: Any = torch.optim.AdamW(model.parameters(), lr=_RATE)
        schedule: Any = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        for _ in range(steps):
            gradients = [_gradients(model, *one, random.permutation(len(one[1]))) for one in owners]
            for parameter, gradient in zip(model.parameters(), summed(gradients), strict=True):
                parameter.grad = torch.from_numpy(np.asarray(gradient / len(sets)))
            optimiser.step()
            schedule.step()
        linear = [part for part in model if isinstance(part, torch.nn.Linear)]
        return Encoder(tuple((p.weight.detach().numpy().copy(), p.bias.detach().numpy().copy()) for p in linear))


def _network(axes: int) -> Any:
    import torch

    sizes = (axes, _WIDTH, _LATENT)
    layers = [
        part for size, after in itertools.pairwise(sizes) for part in (torch.nn.Linear(size, after), torch.nn.Tanh())
    ]
    return torch.nn.Sequential(*layers).double()


def _tensors(owned: OwnedSet) -> tuple[Any, Any]:
    import torch

    return torch.from_numpy(2 * owned.points - 1), torch.from_numpy(Scale.of(owned.values).standardised(owned.values))


def _gradients(model: Any, points: Any, values: Any, order: np.ndarray[Any, np.dtype[np.int64]]) -> Gradients:
    """The gradient of one owner's error on the designs that its head was not fitted to."""
    import torch

    latent = torch.hstack([model(points), torch.ones(len(points), 1, dtype=torch.float64)])
    fitted, judged = order[:_FEW], order[_FEW:]
    known = latent[fitted]
    square = known.T @ known + _PENALTY * torch.eye(known.shape[1], dtype=torch.float64)
    head = torch.linalg.solve(square, known.T @ values[fitted])
    loss = torch.mean((latent[judged] @ head - values[judged]) ** 2)
    return [one.numpy() for one in torch.autograd.grad(loss, list(model.parameters()))]
