"""Learns to draw one phase: a network that finds its clean field in a noisy one, or the odds of its voxels.

A stretch of steps is one stage: it starts where the last one ended, down to the optimiser's moments, and every step
draws its crops and its noise from a seed of its own. So a training that was stopped goes on as if it had not been.

All members of the ensemble share a trunk, trained on the volumes that no member leaves out. Each member then trains
its own last layers on all volumes but those that it leaves out, with a step size that falls to zero.

Loss: cross entropy of the phase, and squared error of the clean field of a phase that is grown, at all noise levels
alike: where there is much noise the recipe decides what is drawn, and a loss that favours little noise is slow to learn
that. The weights kept are an exponential moving average.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.generator import network, schedule
from ragone.models.generator.phases import MEMBER_PARTS, Units, phase_shape
from ragone.models.generator.training_set import Batch, TrainingSet
from ragone.models.generator.weights import from_bytes, to_bytes
from ragone.schemas import GeneratorTraining, Microstructure, Recipe, stage

if TYPE_CHECKING:
    import torch

ARCHITECTURE = "phase_by_phase_training"
TRUNK = -1

_CROP = 64  # voxels
_BATCH = 2
_WHOLE_EVERY = 16  # steps; a whole volume costs as much as four batches of crops
_WARMUP = 200  # steps
_AVERAGED = 0.999
_LARGEST_GRADIENT = 1.0
_CROWDING = 5.0  # of noise levels
_SQUARED_SHARE = 2.0  # of the squared error of the field, next to the cross entropy of the phase


@stage("generator.train_steps", libraries=("numpy", "scipy", "torch"), informed_by=("volumes", "recipes"))
def train_steps(
    volumes: tuple[Microstructure, ...],
    recipes: tuple[Recipe, ...],
    before: GeneratorTraining | None = None,
    *,
    phase: int,
    member: int,
    left_out: tuple[int, ...],
    step_count: int,
    fall_from: int,
    fall_to: int,
    seed: int,
    width: int = 64,
    learning_rate: float = 1.5e-3,
    device: str = "cpu",
) -> GeneratorTraining:
    """Train one phase's network for a stretch of steps.

    Parameters
    ----------
    volumes, recipes
        Parallel; no recipes for volumes without.
    before
        The training to continue: the last stretch of the same member, or of the trunk for a member's first.
    phase
        Index of the phase, >= 1.
    member
        Number of the ensemble's member, -1 for the trunk.
    left_out
        Indices of volumes that are left out.
    step_count
        Steps of this stretch.
    fall_from, fall_to
        Steps between which the step size falls linearly to zero.
    seed
        Seed of everything random.
    width
        Channels of the network's finest level; what comes before decides if there is something before.
    learning_rate
        Largest step size of AdamW.
    device
        "cpu", or "cuda" where there is one.

    Returns
    -------
    GeneratorTraining
        The state after the last step.

    Raises
    ------
    TrainingSetError
        If the volumes cannot be learned from.
    """
    import torch

    data = TrainingSet(volumes, recipes)
    run = _Training(data, before, phase, member, width, learning_rate, seed, torch.device(device))
    learned = [number for number in range(len(volumes)) if number not in left_out]
    losses = [run.step(learned, fall_from, fall_to) for _ in range(step_count)]
    return run.state(float(np.mean(losses)))


class _Training:
    """Weights, their average and the optimiser between two steps."""

    def __init__(
        self,
        volumes: TrainingSet,
        before: GeneratorTraining | None,
        phase: int,
        member: int,
        width: int,
        learning_rate: float,
        seed: int,
        device: torch.device,
    ) -> None:
        import torch

        self._device = device
        self._phase, self._member, self._rate, self._seed = phase, member, learning_rate, seed
        tensors, about = ({}, {}) if before is None else from_bytes(before.weights, ARCHITECTURE)
        self._data = volumes.phase(phase, width, Units(**about) if about else None)
        self._shape = phase_shape(phase, self._data.units)
        self._step = 0 if before is None else before.step
        self._losses = (np.empty(0), np.empty(0)) if before is None else (before.training_step, before.training_loss)
        goes_on = before is not None and before.member == member and any(n.startswith("first.") for n in tensors)
        if before is None:
            average = network.initial_weights(self._shape, torch.Generator().manual_seed(seed))
        else:
            average = {name: tensors[f"average.{name}"] for name in self._shape.sizes()}
        start = {name: tensors[f"weight.{name}"] for name in average} if goes_on else average
        self._average = {n: network.laid_out(w.detach().clone().to(device)) for n, w in average.items()}
        self._weights = {
            n: network.laid_out(w.clone().to(device)).requires_grad_(self._learns(n)) for n, w in start.items()
        }
        learned = [w for w in self._weights.values() if w.requires_grad]
        self._optimiser = torch.optim.AdamW(learned, lr=learning_rate, betas=(0.9, 0.99), weight_decay=0.01)
        if goes_on:
            self._restore(tensors)

    def _learns(self, name: str) -> bool:
        return self._member == TRUNK or name.startswith(MEMBER_PARTS)

    def step(self, volumes: Sequence[int], fall_from: int, fall_to: int) -> float:
        """Take one step and return its loss."""
        import torch

        rng = np.random.Generator(np.random.PCG64([self._seed, self._phase, self._member + 1, self._step]))
        share = min(1.0, max(0.0, (fall_to - self._step) / max(1, fall_to - fall_from)))
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate * min(1.0, (self._step + 1) / _WARMUP) * share
        whole = self._data.periodic and self._step % _WHOLE_EVERY == _WHOLE_EVERY - 1
        loss = self._loss(self._data.batch(rng, volumes, _BATCH, self._crop(), whole=whole), rng)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._optimiser.param_groups[0]["params"], _LARGEST_GRADIENT)
        self._optimiser.step()
        self._step += 1
        kept = min(_AVERAGED, self._step / (10 + self._step))
        with torch.no_grad():
            for name, weight in self._weights.items():
                if weight.requires_grad:
                    self._average[name].lerp_(weight, 1 - kept)
        return float(loss.detach())

    def _crop(self) -> int:
        granule = self._shape.granule
        return min(_CROP, int(min(min(mask.shape) for mask in self._data.masks)) // granule * granule)

    def _loss(self, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        import torch

        phase, fields, condition = (
            torch.from_numpy(part).to(self._device) for part in (batch.phase, batch.fields, batch.condition)
        )
        entropy = torch.nn.functional.binary_cross_entropy_with_logits
        with network.reduced_precision(self._device):
            if self._shape.by_chance:
                logit = network.log_odds(self._weights, self._shape, fields, condition, periodic=batch.periodic)
                open_ = (fields < 0).all(1, keepdim=True).float()  # earlier phases are known
                return (entropy(logit, phase, reduction="none") * open_).mean() / open_.mean()
            level = self._levels(len(fields), rng)
            source = torch.Generator(self._device).manual_seed(int(rng.integers(2**63)))
            noisy = schedule.noised(fields, torch.randn(fields.shape, generator=source, device=self._device), level)
            found, logit = network.clean_field(
                self._weights, self._shape, noisy, level, condition, periodic=batch.periodic
            )
        return entropy(logit, phase) + _SQUARED_SHARE * ((found - fields) ** 2).mean()

    def _levels(self, count: int, rng: np.random.Generator) -> torch.Tensor:
        """Return noise levels, evenly spread but for their crowding."""
        import torch

        even = (torch.arange(count, device=self._device) + float(rng.random())) / count
        return schedule.crowded(even, _CROWDING)

    def state(self, loss: float) -> GeneratorTraining:
        """Return all that the next stretch needs."""
        tensors = {f"weight.{n}": w for n, w in self._weights.items()}
        tensors |= {f"average.{n}": w for n, w in self._average.items()}
        for name, weight in self._learned():
            moments = self._optimiser.state[weight]
            tensors |= {f"first.{name}": moments["exp_avg"], f"second.{name}": moments["exp_avg_sq"]}
            tensors[f"step.{name}"] = moments["step"].reshape(1)
        steps, losses = self._losses
        return GeneratorTraining(
            weights=to_bytes(tensors, ARCHITECTURE, asdict(self._data.units)),
            phase=self._phase,
            member=self._member,
            step=self._step,
            training_step=np.append(steps, float(self._step)),
            training_loss=np.append(losses, loss),
        )

    def _learned(self) -> Iterator[tuple[str, Any]]:
        return ((name, weight) for name, weight in self._weights.items() if weight.requires_grad)

    def _restore(self, tensors: dict[str, Any]) -> None:
        for name, weight in self._learned():
            self._optimiser.state[weight] = {
                "step": tensors[f"step.{name}"].reshape(()),
                "exp_avg": network.laid_out(tensors[f"first.{name}"].to(self._device)),
                "exp_avg_sq": network.laid_out(tensors[f"second.{name}"].to(self._device)),
            }
