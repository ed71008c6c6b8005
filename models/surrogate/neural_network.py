"""A small neural network: two hidden layers, fitted by full-batch gradient steps, with decay of its weights.

Variances that are given are not used. The standard deviation is one number for all points, as of `boosting`.

References
----------
Loshchilov and Hutter 2019, arXiv 1711.05101 (AdamW); Elfwing et al. 2018, doi 10.1016/j.neunet.2017.12.012 (SiLU).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.surrogate.method import Floats, Tensors
from ragone.models.surrogate.repeatable import repeatable
from ragone.models.surrogate.scale import Scale

_WIDTH, _STEPS, _RATE, _DECAY = 32, 600, 1e-2, 1e-2


@dataclass(frozen=True)
class FittedNetwork:
    """Weights and offsets of each layer in turn, of standardised values."""

    layers: tuple[tuple[Floats, Floats], ...]
    centre: float
    spread: float
    deviation: float

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means, and independent errors; see `Fitted`."""
        return self.predict_means(points), np.diag(np.full(len(points), self.deviation**2))

    def predict_means(self, points: Floats) -> Floats:
        """Means; see `Fitted`."""
        flow = 2 * points - 1
        for number, (weights, offsets) in enumerate(self.layers):
            flow = flow @ weights.T + offsets
            if number + 1 < len(self.layers):
                flow = flow / (1 + np.exp(-np.clip(flow, -500, 500)))
        return np.asarray(self.centre + self.spread * flow[:, 0])

    def predict_deviations(self, points: Floats) -> Floats:
        """One standard deviation for all; see `Fitted`."""
        return np.full(len(points), self.deviation)

    def tensors(self) -> dict[str, Floats]:
        """All that is needed to make it again."""
        named = {f"weights.{n}": weights for n, (weights, _) in enumerate(self.layers)}
        named |= {f"offsets.{n}": offsets for n, (_, offsets) in enumerate(self.layers)}
        return named | {"numbers": np.array([self.centre, self.spread, self.deviation])}


class NeuralNetwork:
    """The method."""

    def largest(self) -> int:
        """Some ten thousand points: every step sees all of them."""
        return 20_000

    def fit(self, points: Floats, values: Floats, variances: Floats | None, seed: int) -> FittedNetwork:
        """Fit from random weights."""
        scale = Scale.of(values)
        with repeatable(seed):
            layers = _trained(2 * points - 1, scale.standardised(values))
        raw = FittedNetwork(layers, float(scale.centre), scale.spread, 1.0)
        residuals = values - raw.predict_means(points)
        deviation = float(np.sqrt(np.mean(residuals**2))) or scale.spread
        return FittedNetwork(layers, raw.centre, raw.spread, deviation)

    def load(self, tensors: Tensors) -> FittedNetwork:
        """Make a fitted one again."""
        count = sum(name.startswith("weights.") for name in tensors)
        layers = tuple((tensors[f"weights.{n}"], tensors[f"offsets.{n}"]) for n in range(count))
        return FittedNetwork(layers, *tensors["numbers"].tolist())


def _trained(points: Floats, values: Floats) -> tuple[tuple[Floats, Floats], ...]:
    """Weights and offsets of each layer after all steps, whose size falls to zero along half a cosine."""
    import torch

    where, wanted = torch.from_numpy(points), torch.from_numpy(values)[:, None]
    linear, bend = torch.nn.Linear, torch.nn.SiLU
    model = torch.nn.Sequential(
        linear(points.shape[1], _WIDTH), bend(), linear(_WIDTH, _WIDTH), bend(), linear(_WIDTH, 1)
    ).double()
    optimiser: Any = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=_DECAY)
    schedule: Any = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, _STEPS)
    for _ in range(_STEPS):
        optimiser.zero_grad()
        loss = torch.nn.functional.mse_loss(model(where), wanted)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    found = [part for part in model if isinstance(part, linear)]
    return tuple((p.weight.detach().numpy().copy(), p.bias.detach().numpy().copy()) for p in found)
