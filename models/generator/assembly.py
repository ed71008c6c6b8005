"""A generator from its trained networks, and its networks from a generator.

The trunk is stored once; of a member only what it has of its own. Stored numbers have 16 bits: their rounding is far
below what a further step of training changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from models.generator import training
from models.generator.card import model_card
from models.generator.network import Shape, laid_out
from models.generator.training_set import TrainingSet, Units
from models.generator.weights import describe, from_bytes, to_bytes
from schemas import Design, Generator, GeneratorTraining, Microstructure, stage

if TYPE_CHECKING:
    import torch

ARCHITECTURE = "phase_flow"
SAMPLING_STEPS = (8, 8)  # of the first phase placed, and of the others


@dataclass(frozen=True)
class PhaseNetwork:
    """The network of one phase, ready to draw."""

    weights: Mapping[str, torch.Tensor]
    shape: Shape
    units: Units
    crowding: float
    steps: int
    by_chance: bool


@stage("generator.assemble", libraries=("numpy", "torch"))
def assemble_generator(
    volumes: tuple[Microstructure, ...],
    designs: tuple[Design, ...],
    members: tuple[GeneratorTraining, ...],
    *,
    volume_ids: tuple[str, ...],
    left_out: tuple[tuple[int, ...], ...],
    seed: int,
    snapshot_id: str = "",
) -> Generator:
    """The trained members as one generator.

    Parameters
    ----------
    volumes, designs
        What they were trained on.
    members
        The last stretch of every member of every phase, phase by phase.
    volume_ids
        Of the volumes, in their order.
    left_out
        Per member: indices of the volumes that it has not seen.
    seed
        Of the training.
    snapshot_id
        Of the lake that was queried for them.
    """
    data = TrainingSet(volumes, designs)
    tensors: dict[str, Any] = {}
    units: dict[int, Any] = {}
    for state in members:
        found, units[state.phase] = from_bytes(state.weights, training.ARCHITECTURE)
        tensors |= _stored(found, state)
    shapes = [training.phase_shape(phase, Units(**units[phase])) for phase in sorted(units)]
    settings: dict[str, Any] = {
        "granule": max(shape.granule for shape in shapes),
        "member_count": len(left_out),
        "member_excluded": [list(indices) for indices in left_out],
        "periodic": data.periodic,
        "units": [units[phase] for phase in sorted(units)],
    }
    last = [(s.training_step, s.training_loss) for s in members if s.member == 0]
    steps = min((step for step, _ in last), key=len)
    return Generator(
        architecture=ARCHITECTURE,
        weights=to_bytes(tensors, ARCHITECTURE, settings),
        settings=settings,
        trained_on=volume_ids,
        snapshot_id=snapshot_id,
        phase_names=data.phase_names,
        voxel_size_metre=data.voxel_size_metre,
        condition_names=data.condition_names,
        training_conditions=data.conditions,
        training_step=steps,
        training_loss=np.sum([loss[: len(steps)] for _, loss in last], axis=0),
        seed=seed,
        card=model_card(
            data,
            architecture="flow matching along straight paths, a U-Net per phase, an ensemble on a shared trunk",
            sizes=[list(shape.widths) for shape in shapes],
            left_out=settings["member_excluded"],
        ),
    )


def _stored(tensors: Mapping[str, torch.Tensor], state: GeneratorTraining) -> dict[str, Any]:
    import torch

    kept: dict[str, Any] = {}
    for name, tensor in tensors.items():
        if not name.startswith("average."):
            continue
        bare = name.removeprefix("average.")
        own = bare.startswith(training.MEMBER_PARTS)
        owner = f"member{state.member}" if own else "trunk"
        kept[f"phase{state.phase}.{owner}.{bare}"] = tensor.to(torch.float16)
    return kept


@stage("generator.take_apart", libraries=("torch",))
def take_apart(generator: Generator, *, phase: int, member: int) -> GeneratorTraining:
    """The network of one phase and member, as a training that can go on from it."""
    tensors = {f"average.{name}": tensor for name, tensor in _weights(generator.weights, phase, member).items()}
    return GeneratorTraining(
        weights=to_bytes(tensors, training.ARCHITECTURE, generator.settings["units"][phase - 1]),
        phase=phase,
        member=member,
        step=0,
        training_step=np.empty(0),
        training_loss=np.empty(0),
    )


def networks_of(generator: Generator, number: int, device: str) -> tuple[PhaseNetwork, ...]:
    """The networks of a member (counted round), phase by phase."""
    member = number % int(generator.settings["member_count"])
    return tuple(_network(generator.weights, phase, member, device) for phase in range(1, len(generator.phase_names)))


@lru_cache(maxsize=16)
def _network(content: bytes, phase: int, member: int, device: str) -> PhaseNetwork:
    units = Units(**describe(content)["settings"]["units"][phase - 1])
    weights = {name: laid_out(tensor.to(device)) for name, tensor in _weights(content, phase, member).items()}
    shape = training.phase_shape(phase, units)
    return PhaseNetwork(
        weights,
        shape,
        units,
        training.crowding(phase),
        SAMPLING_STEPS[0 if phase == 1 else 1],
        training.by_chance(phase),
    )


def _weights(content: bytes, phase: int, member: int) -> dict[str, torch.Tensor]:
    """One network's weights by name: the trunk's and the member's own."""
    tensors, _ = from_bytes(content, ARCHITECTURE)
    found: dict[str, torch.Tensor] = {}
    for owner in ("trunk", f"member{member}"):
        start = f"phase{phase}.{owner}."
        found |= {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}
    return found
