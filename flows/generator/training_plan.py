"""What a generator is trained on and for how long, read from a parameter file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section, changed, read_yaml
from ragone.models.generator.recipe import NUMBERS
from ragone.schemas import Microstructure, Recipe

_MOST = 10**6
_LARGEST_SEED = 2**32 - 1
_SIMULATED = ("active_material_weight_fraction", "porosity", "binder_adhesion")
_FEWEST_VOXELS, _MOST_VOXELS = 16, 2048


@dataclass(frozen=True)
class TrainingPlan:
    """The length of a training: members of the ensemble, steps of the trunk and of each member, per phase."""

    seed: int = 2026
    member_count: int = 4
    trunk_steps: tuple[int, ...] = (3000, 3000)
    member_steps: tuple[int, ...] = (500, 500)
    stretch: int = 500
    width: int = 64

    @property
    def step_count(self) -> int:
        """Return the number of steps of all networks together."""
        return sum(self.trunk_steps) + self.member_count * sum(self.member_steps)


@dataclass(frozen=True)
class SimulationPlan:
    """The simulated recipes (low and high of fields of a recipe), the size of their volumes and voxels."""

    space: Mapping[str, tuple[float, float]]
    edge_voxels: int
    voxel_size_metre: float


@dataclass(frozen=True)
class GeneratorPlan:
    """A generator's name, its training, and the simulation that gives its volumes unless others are named."""

    name: str
    training: TrainingPlan
    simulation: SimulationPlan

    @classmethod
    def load(cls, path: str | Path, changes: Sequence[str] = ()) -> GeneratorPlan:
        """Read a plan; changes such as ``training.width=32`` replace values below generator.

        Raises
        ------
        StudyError
            For anything in the file that cannot be used, named by its path.
        """
        content = changed(read_yaml(path), [f"generator.{change}" for change in changes])
        root = Section(content, "", ["generator"]).section("generator", ("name", "seed", "simulate", "training"))
        seed = root.integer("seed", 0, _LARGEST_SEED)
        return cls(root.text("name"), _training(root, seed), _simulation(root))


def _training(root: Section, seed: int) -> TrainingPlan:
    section = root.section("training", ("members", "trunk_steps", "member_steps", "stretch", "width"))
    return TrainingPlan(
        seed=seed,
        member_count=section.integer("members", 1, 64),
        trunk_steps=_steps(section, "trunk_steps"),
        member_steps=_steps(section, "member_steps"),
        stretch=section.integer("stretch", 1, _MOST),
        width=section.integer("width", 8, 512),
    )


def _steps(section: Section, name: str) -> tuple[int, ...]:
    """Read the steps for each phase that is placed."""
    value: Any = section.raw(name)
    whole = isinstance(value, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in value)
    if not whole or not value or not all(1 <= n <= _MOST for n in value):
        raise StudyError(
            f"{section.at(name)} = {value!r} must be steps per phase, from 1 to {_MOST}, for example [3000, 3000]."
        )
    return tuple(value)


def _simulation(root: Section) -> SimulationPlan:
    numbers = {Recipe.parameters()[name].short: Recipe.parameters()[name] for name in NUMBERS}
    section = root.section("simulate", (*numbers, "edge_voxels", "voxel_size"))
    space = {}
    for short, parameter in numbers.items():
        if not (section.has(short) or short in _SIMULATED):
            continue
        ends = section.section(short, ("low", "high"))
        low, high = (ends.value(end, parameter) for end in ("low", "high"))
        if low > high:
            raise StudyError(f"{ends.path}: low = {low:g} is above high = {high:g}. Exchange them.")
        space[parameter.name] = (low, high)
    bounds = Microstructure.fields()["voxel_edges_metre"].bounds
    return SimulationPlan(
        space,
        section.integer("edge_voxels", _FEWEST_VOXELS, _MOST_VOXELS),
        section.quantity("voxel_size", "m", bounds),
    )
