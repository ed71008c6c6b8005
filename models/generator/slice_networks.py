"""The networks of the baseline that is judged by slices, and one step of their adversarial training."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch


def maker(inputs: int, classes: int, widths: Sequence[int], *, periodic: bool) -> torch.nn.Sequential:
    """Return a network from noise and recipe on a coarse grid to logits of the phases on voxels."""
    import torch

    mode: Literal["circular", "replicate"] = "circular" if periodic else "replicate"
    layers: list[torch.nn.Module] = []
    for a, b in pairwise([inputs, *widths]):
        layers += [torch.nn.Conv3d(a, b, 3, padding=1, padding_mode=mode), torch.nn.ReLU()]
        layers += [torch.nn.Upsample(scale_factor=2, mode="nearest")]
    return torch.nn.Sequential(*layers, torch.nn.Conv3d(widths[-1], classes, 3, padding=1, padding_mode=mode))


def critic(inputs: int, widths: Sequence[int]) -> torch.nn.Module:
    """Return a network that scores how real a slice is, by one number per slice."""
    import torch

    layers: list[torch.nn.Module] = []
    for a, b in pairwise([inputs, *widths]):
        layers += [torch.nn.Conv2d(a, b, 4, stride=2, padding=1), torch.nn.LeakyReLU(0.2)]
    return torch.nn.Sequential(*layers, torch.nn.Conv2d(widths[-1], 1, 4))


class Game:
    """Critics that distinguish slices of drawn volumes from real ones, and a maker that learns from them."""

    def __init__(
        self,
        maker: torch.nn.Sequential,
        critics: Sequence[torch.nn.Module],
        rate: float,
        penalty: float,
        averaged: float,
    ) -> None:
        import torch

        self._maker, self._critics, self._rate = maker, critics, rate
        self._penalty, self._kept = penalty, averaged
        self.average = {name: tensor.clone() for name, tensor in maker.state_dict().items()}
        self._making = torch.optim.Adam(maker.parameters(), lr=rate, betas=(0.0, 0.9))
        self._judging = [torch.optim.Adam(c.parameters(), lr=rate, betas=(0.0, 0.9)) for c in critics]

    def judge(self, real: torch.Tensor, condition: torch.Tensor, noise: torch.Tensor, slices: int) -> float:
        """Take one step of every critic; return their mean distance between real and drawn slices."""
        import torch

        classes = len(self.average[list(self.average)[-1]])
        truth = torch.nn.functional.one_hot(real, classes).permute(3, 0, 1, 2).float()
        with torch.no_grad():
            drawn = torch.softmax(self._maker(noise), 1)[0]
        distances = []
        for number, optimiser in enumerate(self._judging):
            real_slices, fake = (_slices(v, condition, number, slices) for v in (truth, drawn))
            distance = self._critics[number](real_slices).mean() - self._critics[number](fake).mean()
            loss = self._penalty * self._steepness(number, real_slices, fake) - distance
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            distances.append(float(distance.detach()))
        return sum(distances) / len(distances)

    def make(self, condition: torch.Tensor, noise: torch.Tensor, slices: int, *, rate: float) -> None:
        """Take one step of the maker, with a share of the first step size."""
        import torch

        for group in self._making.param_groups:
            group["lr"] = self._rate * max(rate, 0.05)
        drawn = torch.softmax(self._maker(noise), 1)[0]
        loss = -torch.stack([c(_slices(drawn, condition, n, slices)).mean() for n, c in enumerate(self._critics)]).sum()
        self._making.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._making.step()
        for name, tensor in self._maker.state_dict().items():
            self.average[name].lerp_(tensor, 1 - self._kept)

    def _steepness(self, number: int, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """Return how far the critic's slope is from one between real and drawn slices."""
        import torch

        share = torch.rand(len(real), 1, 1, 1)
        between = (share * real + (1 - share) * fake).requires_grad_(True)
        (slope,) = torch.autograd.grad(self._critics[number](between).sum(), between, create_graph=True)
        steepness: torch.Tensor = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
        return steepness


def _slices(volume: torch.Tensor, condition: torch.Tensor, number: int, count: int) -> torch.Tensor:
    """Return slices across the through-plane axis (critic 1) or along it (critic 0), with the recipe as channels."""
    import torch

    axes = (1,) if number else (2, 3)
    found = []
    for axis in axes:
        places = torch.randint(volume.shape[axis], (count // len(axes),))
        found.append(volume.index_select(axis, places).movedim(axis, 0))
    stack = torch.cat(found)
    spread = condition.reshape(1, -1, 1, 1).expand(len(stack), -1, *stack.shape[2:])
    return torch.cat([stack, spread], 1)
