"""The model card of a generator: its purpose, its training data, its limits. Kept in its record.

References
----------
Mitchell et al. 2019, doi 10.1145/3287560.3287596 (what a card says).
"""

from __future__ import annotations

from typing import Any

from ragone.models.generator.training_set import TrainingSet

_LIMITS = (
    "Draws the voxel size and the phases that it was trained on, and no others.",
    "A recipe outside the convex hull of its conditions is extrapolated; the error grows with it.",
    "Volumes may be any size, but structure longer than its crops of 64 voxels was seen only where a volume repeats.",
    "Equal seeds give equal voxels on one machine type; another processor rounds otherwise.",
)


def model_card(
    data: TrainingSet, *, architecture: str, sizes: list[list[int]], left_out: list[list[int]]
) -> dict[str, Any]:
    """Return the card of a generator trained on that data.

    Parameters
    ----------
    data
        The training volumes and their conditions.
    architecture
        The network and how it draws.
    sizes
        Channels per level, for each phase that is placed.
    left_out
        For each member, the indices of the volumes that it was not trained on.
    """
    ranges = {
        name: [float(column.min()), float(column.max())]
        for name, column in zip(data.condition_names, data.conditions.T, strict=True)
    }
    return {
        "purpose": "draws labelled volumes of an electrode from a recipe, in place of a simulation or an image",
        "not_for": "materials, voxel sizes or recipes unlike those that it was trained on",
        "architecture": architecture,
        "channels": sizes,
        "training_volume_count": len(data.conditions),
        "training_volumes_repeat": data.periodic,
        "voxel_size_metre": data.voxel_size_metre,
        "phases": list(data.phase_names),
        "conditions": ranges,
        "left_out_by_member": left_out,
        "judged_by": "ragone generator fidelity, on held-out recipes; ragone generator calibrate, at left-out corners",
        "limits": list(_LIMITS),
    }
