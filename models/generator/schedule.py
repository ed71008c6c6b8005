"""Between noise and a clean field: noisy = (1 - level) * clean + level * white noise, level from 1 down to 0.

Levels are crowded towards pure noise the smoother the field is, because a smooth field shows through much noise: with
u even in [0, 1], level = s u / (1 + (s - 1) u), s >= 1.

References
----------
Lipman et al. 2023, arXiv 2210.02747 (flow matching along straight paths); Esser et al. 2024, arXiv 2403.03206 (levels
by resolution); Lu et al. 2022, arXiv 2211.01095 (the clean field carried on from step to step).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def crowded(even: torch.Tensor, crowding: float) -> torch.Tensor:
    """Return noise levels from numbers even in [0, 1], crowded towards 1."""
    return crowding * even / (1 + (crowding - 1) * even)


def noised(clean: torch.Tensor, noise: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
    """Return the clean fields, shape (n, ...), at their noise levels, shape (n,)."""
    share = level.reshape(-1, *[1] * (clean.dim() - 1))
    return (1 - share) * clean + share * noise


def stepped(noisy: torch.Tensor, clean: torch.Tensor, level: torch.Tensor, lower: torch.Tensor) -> torch.Tensor:
    """Return the noisy field one step further down, along the straight line towards the clean field expected."""
    return clean + (noisy - clean) * (lower / level)


def ahead(clean: torch.Tensor, before: torch.Tensor | None) -> torch.Tensor:
    """Return the clean field expected in the middle of the next step, from those of this step and the one before.

    On steps as even as those before crowding it makes the walk one of second order (Adams and Bashforth's two-step
    rule) and costs no further evaluation of the network; the first step has none before it and is of first order.
    """
    return clean if before is None else clean + (clean - before) / 2
