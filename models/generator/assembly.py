"""A generator from its trained networks, and a training from a generator.

The trunk is stored once; of a member only what it has of its own. Stored numbers have 16 bits: their rounding is far
below what a further step of training changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.generator import network, training
from ragone.models.generator.card import model_card
from ragone.models.generator.chance import grain_length
from ragone.models.generator.networks import ARCHITECTURE, network_tensors, weights_of
from ragone.models.generator.phases import MEMBER_PARTS, Units, phase_shape
from ragone.models.generator.recipe import FIXED
from ragone.models.generator.training_set import TrainingSet
from ragone.models.generator.weights import from_bytes, to_bytes
from ragone.schemas import Generator, GeneratorTraining, Microstructure, Recipe, stage

if TYPE_CHECKING:
    import torch

_CORNER = 64  # voxels along the edge of the part that the grain is measured in


@stage("generator.assemble", libraries=("numpy", "torch"), informed_by=("volumes", "recipes"))
def assemble_generator(
    volumes: tuple[Microstructure, ...],
    recipes: tuple[Recipe, ...],
    members: tuple[GeneratorTraining, ...],
    *,
    left_out: tuple[tuple[int, ...], ...],
    seed: int,
    snapshot_id: str = "",
) -> Generator:
    """Assemble the trained members to one generator.

    Parameters
    ----------
    volumes, recipes
        The volumes that they were trained on, and their recipes.
    members
        The last stretch of every member of every phase, phase by phase.
    left_out
        For each member, the indices of the volumes that it was not trained on.
    seed
        Seed of the training.
    snapshot_id
        Snapshot of the lake that was queried for them.
    """
    data = TrainingSet(volumes, recipes)
    tensors: dict[str, Any] = {}
    units: dict[int, Any] = {}
    for state in members:
        found, units[state.phase] = from_bytes(state.weights, training.ARCHITECTURE)
        tensors |= _stored(found, state)
    shapes = [phase_shape(phase, Units(**units[phase])) for phase in sorted(units)]
    settings: dict[str, Any] = {
        "grains": [_grain(data, tensors, phase, Units(**units[phase])) for phase in sorted(units)],
        "granule": max(shape.granule for shape in shapes),
        "member_count": len(left_out),
        "member_excluded": [list(indices) for indices in left_out],
        "periodic": data.periodic,
        "units": [units[phase] for phase in sorted(units)],
        **({FIXED: data.fixed} if data.fixed else {}),
    }
    last = [(s.training_step, s.training_loss) for s in members if s.member == 0]
    steps = min((step for step, _ in last), key=len)
    return Generator(
        architecture=ARCHITECTURE,
        weights=to_bytes(tensors, ARCHITECTURE, settings),
        settings=settings,
        trained_on=tuple(volume.id for volume in volumes),
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
            architecture="a U-Net per phase, an ensemble on a shared trunk; flow matching, and odds for thin phases",
            sizes=[list(shape.widths) for shape in shapes],
            left_out=settings["member_excluded"],
        ),
    )


def _grain(data: TrainingSet, tensors: Mapping[str, torch.Tensor], phase: int, units: Units) -> float:
    """Return the grain of a phase filled by chance, by the first member's odds in a corner of each volume; else 0."""
    import torch

    shape = phase_shape(phase, units)
    if not shape.by_chance:
        return 0.0
    weights = {name: tensor.float() for name, tensor in network_tensors(tensors, phase, 0).items()}
    learned = data.phase(phase, units.width, units)
    logits, phases, free = [], [], []
    with torch.inference_mode(), network.reduced_precision(torch.device("cpu")):
        for mask, earlier, condition in zip(learned.masks, learned.fields, learned.conditions, strict=True):
            corner = tuple(slice(min(_CORNER, size) // shape.granule * shape.granule) for size in mask.shape)
            context = torch.from_numpy(np.stack([field[corner] for field in earlier]))[None]
            logit = network.log_odds(weights, shape, context, torch.from_numpy(condition)[None], periodic=False)
            logits.append(logit[0, 0])
            phases.append(torch.from_numpy(np.ascontiguousarray(mask[corner])))
            free.append((context < 0).all(1)[0])
    return grain_length(logits, phases, free)


def _stored(tensors: Mapping[str, torch.Tensor], state: GeneratorTraining) -> dict[str, Any]:
    import torch

    kept: dict[str, Any] = {}
    for name, tensor in tensors.items():
        if not name.startswith("average."):
            continue
        bare = name.removeprefix("average.")
        own = bare.startswith(MEMBER_PARTS)
        owner = f"member{state.member}" if own else "trunk"
        kept[f"phase{state.phase}.{owner}.{bare}"] = tensor.to(torch.float16)
    return kept


@stage("generator.take_apart", libraries=("torch",))
def take_apart(generator: Generator, *, phase: int, member: int) -> GeneratorTraining:
    """Return the network of one phase and member, as a training that can continue from it."""
    tensors = {f"average.{name}": tensor for name, tensor in weights_of(generator.weights, phase, member).items()}
    return GeneratorTraining(
        weights=to_bytes(tensors, training.ARCHITECTURE, generator.settings["units"][phase - 1]),
        phase=phase,
        member=member,
        step=0,
        training_step=np.empty(0),
        training_loss=np.empty(0),
    )
