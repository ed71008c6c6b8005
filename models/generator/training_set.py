"""The volumes that a generator learns from, as batches of crops of their fields.

Crops are drawn anywhere, mirrored along every axis and with the in-plane axes exchanged: an electrode has a thickness
direction and no other. Periodic volumes are also learned whole, as they will be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.generator.errors import TrainingSetError
from ragone.models.generator.fields import distance_field, field_scale, repeats
from ragone.models.generator.phases import Units, phase_shape
from ragone.models.generator.recipe import condition_names, condition_of_volume, fixed_fields, hidden_fields
from ragone.schemas import Microstructure, Recipe

_LEAST = 2
_JITTER = 0.03  # of a condition's half range: neighbouring recipes must not be distinguished by the last digit

Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Batch:
    """Crops: the phase, shape (n, 1, x, y, z); fields (n, fields, x, y, z); conditions (n, conditions), scaled."""

    phase: Floats
    fields: Floats
    condition: Floats
    periodic: bool


class TrainingSet:
    """Volumes of one phase map and voxel size with their conditions.

    Parameters
    ----------
    volumes, recipes
        Parallel; recipes may be empty where there are none.

    Raises
    ------
    TrainingSetError
        If they cannot be learned from together.
    """

    def __init__(self, volumes: Sequence[Microstructure], recipes: Sequence[Recipe]) -> None:
        _require_alike(volumes, recipes)
        paired: Sequence[Recipe | None] = recipes or [None] * len(volumes)
        self.phase_names = volumes[0].phase_names
        self.voxel_size_metre = volumes[0].voxel_size_metre
        hidden = hidden_fields(recipes)
        self.condition_names = condition_names(self.phase_names, hidden)
        self.fixed = fixed_fields(recipes)
        self.conditions = np.stack([condition_of_volume(v, r, hidden) for v, r in zip(volumes, paired, strict=True)])
        self.periodic = all(repeats(volume.labels) for volume in volumes)
        self._labels = [_ordered(volume) for volume in volumes]

    def phase(self, index: int, width: int, units: Units | None = None) -> PhaseSet:
        """Return what a network needs to learn one phase, 1 being the first placed. A network keeps its first units."""
        masks = [labels == index for labels in self._labels]
        units = units or self.units(
            width, [field_scale([labels == n for labels in self._labels]) for n in range(1, index + 1)]
        )
        earlier = range(1, index) if phase_shape(index, units).by_chance else (index,)
        fields = [
            [distance_field(labels == n, units.field_scales[n - 1], periodic=self.periodic) for n in earlier]
            for labels in self._labels
        ]
        return PhaseSet(units, masks, fields, units.scaled(self.conditions), self.periodic)

    def units(self, width: int = 0, scales: Sequence[float] = ()) -> Units:
        """Return the units: half ranges of conditions, one where a condition is constant; distances per phase."""
        low, high = self.conditions.min(axis=0), self.conditions.max(axis=0)
        half = (high - low) / 2
        return Units(
            width, tuple(scales), tuple(((low + high) / 2).tolist()), tuple(np.where(half > 0, half, 1.0).tolist())
        )

    def crop(self, rng: np.random.Generator, number: int, edge: int) -> np.ndarray[Any, Any]:
        """Return the labels of a crop of that edge [voxel] from a volume, turned at random."""
        labels = self._labels[number]
        return np.ascontiguousarray(
            _turned(labels[_window(rng, labels.shape, (edge,) * 3, self.periodic)], int(rng.integers(16)))
        )


@dataclass(frozen=True)
class PhaseSet:
    """Places of a phase in every volume, fields, and scaled conditions.

    The field is the phase's own if it is grown; those of the earlier phases if it is filled by chance.
    """

    units: Units
    masks: list[np.ndarray[Any, Any]]
    fields: list[list[Floats]]
    conditions: Floats
    periodic: bool

    def batch(self, rng: np.random.Generator, members: Sequence[int], count: int, edge: int, *, whole: bool) -> Batch:
        """Return crops of that edge [voxel] from some of the volumes, or one whole volume."""
        rows = [self._crop(rng, int(rng.choice(members)), edge, whole) for _ in range(1 if whole else count)]
        phase, fields, condition = (np.stack(part) for part in zip(*rows, strict=True))
        return Batch(phase[:, None].astype(np.float32), fields, condition, whole)

    def _crop(self, rng: np.random.Generator, number: int, edge: int, whole: bool) -> tuple[Floats, ...]:
        sizes = self.masks[number].shape
        lengths = sizes if whole else (edge,) * 3
        window = _window(rng, sizes, lengths, self.periodic)
        symmetry = int(rng.integers(16))
        jitter = _JITTER * rng.standard_normal(self.conditions.shape[1]).astype(np.float32)
        mask, *fields = (_turned(kept[window], symmetry) for kept in (self.masks[number], *self.fields[number]))
        return mask, np.stack(fields), self.conditions[number] + jitter


def _window(rng: np.random.Generator, sizes: tuple[int, ...], lengths: tuple[int, ...], periodic: bool) -> Any:
    """Return the indices of a box anywhere in a volume, across its faces if it is periodic."""
    starts = [int(rng.integers(size if periodic else size - n + 1)) for size, n in zip(sizes, lengths, strict=True)]
    return np.ix_(*((start + np.arange(n)) % size for start, n, size in zip(starts, lengths, sizes, strict=True)))


def _turned(volume: Any, symmetry: int) -> Any:
    """Return a volume in one of the sixteen orientations of an electrode: mirrored, in-plane axes exchanged."""
    for axis in range(3):
        if symmetry >> axis & 1:
            volume = np.flip(volume, axis)
    return volume.swapaxes(1, 2) if symmetry & 8 else volume


def _ordered(volume: Microstructure) -> np.ndarray[Any, Any]:
    """Return labels 0, 1, 2, ... in the order of the phases, whatever numbers stand in the volume."""
    lookup = np.zeros(256, dtype=np.uint8)
    lookup[np.asarray(volume.phase_labels)] = np.arange(len(volume.phase_labels), dtype=np.uint8)
    ordered = np.empty_like(volume.labels)
    for layer, given in zip(ordered, volume.labels, strict=True):
        layer[...] = lookup[given]  # looking up widens labels to eight bytes: a layer's, not the volume's
    return ordered


def _require_alike(volumes: Sequence[Microstructure], recipes: Sequence[Recipe]) -> None:
    """Refuse volumes that do not belong together, or that hold nothing to learn."""
    if len(volumes) < _LEAST:
        raise TrainingSetError(
            f"{len(volumes)} training volume is too few: at least {_LEAST} are needed. Cut a large one into crops "
            "(ragone generator train --crop EDGE), or give more."
        )
    if recipes and len(recipes) != len(volumes):
        raise TrainingSetError(f"{len(volumes)} volumes and {len(recipes)} recipes; give a recipe for each, or none.")
    first = volumes[0]
    for number, volume in enumerate(volumes):
        volume.require_cubic_voxels(f"training (volume {number})")
        if volume.voxel_size_metre != first.voxel_size_metre:
            raise TrainingSetError(
                f"volume {number} has voxels of {volume.voxel_size_metre:g} m, the first of "
                f"{first.voxel_size_metre:g} m. Resample them to one voxel size."
            )
        if _phase_map(volume) != _phase_map(first):
            raise TrainingSetError(
                f"volume {number} has the phases {_phase_map(volume)}, the first {_phase_map(first)}. "
                "Import them with one phase map."
            )
        absent = [name for name, label in _phase_map(volume).items() if not (volume.labels == label).any()]
        if absent:
            raise TrainingSetError(
                f"volume {number} holds no {', '.join(absent)}: there is nothing to learn of it. Leave it out."
            )


def _phase_map(volume: Microstructure) -> dict[str, int]:
    return dict(zip(volume.phase_names, (int(label) for label in volume.phase_labels), strict=True))
