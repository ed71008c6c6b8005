"""What would voxels of size zero show? The same structures at several voxel sizes, extrapolated.

The error is taken as proportional to the voxel size to a stated order; a stair-stepped interface gives order one.
All voxel sizes weigh alike. Two errors are kept apart: the statistical one, of structures, and the one of the model,
which is how far the line through the two finest alone leads away from the line through all.

What it does not do: no fit of the order, which three or four sizes do not determine.

References
----------
Roache 1994, J. Fluids Eng. 116, 405, doi 10.1115/1.2910291 (grid refinement).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.pipelines.characterise.errors import SampleError
from ragone.pipelines.characterise.representativity.fits import line
from ragone.pipelines.characterise.representativity.means import Means, Sample
from ragone.pipelines.characterise.representativity.metrics import Floats, linearised
from ragone.schemas import Transport


def resolution_fields(
    resolved: Sequence[Transport], resolved_of: Sequence[int], metric: str, *, voxel_size: float, order: float
) -> dict[str, Any]:
    """The fields of a `Representativity` that tell of the voxel size.

    Parameters
    ----------
    resolved
        The same structures, at equal edges in metres, at several voxel sizes; may be empty.
    resolved_of
        For each of them the number of its structure.
    metric
        One of `METRICS`.
    voxel_size
        The bias is that of this voxel size [m], if it is among them.
    order
        Of the error in the voxel size [-].

    Raises
    ------
    SampleError
        If a structure is missing at a voxel size, or the edges differ.
    """
    sizes, samples = _samples(resolved, resolved_of, metric)
    fields: dict[str, Any] = {
        "resolution_voxel_size_metre": sizes,
        "resolution_structure_count": len(set(resolved_of)),
        "resolution_mean": np.array([sample.mean for sample in samples]),
        "resolution_standard_error": np.zeros(0),
        "resolution_order": order,
    }
    if len(sizes) < 2:
        return {**fields, "resolution_standard_error": np.zeros(len(sizes))}
    means = Means(samples)
    relative = (sizes / sizes[0]) ** order
    value = means.combined(line(relative, np.ones(len(sizes)))[0])
    finest = means.combined(line(relative, (np.arange(len(sizes)) < 2).astype(np.float64))[0])
    fields |= {
        "resolution_standard_error": means.standard_errors,
        "zero_voxel_value": value.value,
        "zero_voxel_value_standard_error": value.standard_error if fields["resolution_structure_count"] > 1 else None,
        "zero_voxel_value_model_error": abs(finest.value - value.value) if len(sizes) > 2 else None,
    }
    row = np.flatnonzero(np.isclose(sizes, voxel_size, rtol=1e-9))
    if row.size and value.value != 0:
        fields["resolution_bias"] = float(means.values[row[0]]) / value.value - 1
    return fields


def _samples(resolved: Sequence[Transport], resolved_of: Sequence[int], metric: str) -> tuple[Floats, list[Sample]]:
    """Voxel sizes that conduct, finest first, and the sample of each."""
    _require_complete(resolved, resolved_of)
    sizes, samples = [], []
    for size in sorted({t.voxel_size_metre for t in resolved}):
        chosen = [n for n, t in enumerate(resolved) if t.voxel_size_metre == size]
        values = linearised([resolved[n] for n in chosen], metric)
        if np.isfinite(values).all():
            sizes.append(size)
            samples.append(Sample(values, np.array([resolved_of[n] for n in chosen])))
    return np.array(sizes), samples


def _require_complete(resolved: Sequence[Transport], resolved_of: Sequence[int]) -> None:
    seen = sorted((t.voxel_size_metre, n) for t, n in zip(resolved, resolved_of, strict=True))
    wanted = sorted((size, n) for size in {t.voxel_size_metre for t in resolved} for n in set(resolved_of))
    edges = {float(f"{t.voxel_size_metre * t.edge_voxels:.9g}") for t in resolved}
    if seen != wanted or len(edges) > 1:
        raise SampleError(
            "the structures at several voxel sizes are not the same: each must be there once at each voxel size, "
            f"and all edges be equal; there are {len(seen)} of {len(wanted)}, with edges of {sorted(edges)} m."
        )
