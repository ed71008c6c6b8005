"""Comparison of volumes with real ones, as it was when similarity was called resemblance."""

from __future__ import annotations

from collections.abc import Sequence

from ragone.pipelines.fidelity import compare_volumes as compare
from ragone.pipelines.fidelity import measure_similarity
from ragone.schemas import Fidelity, Geometry, Microstructure, Resemblance, TransportTensor, stage


@stage("fidelity.resemblance", libraries=measure_similarity.libraries)
def find_resemblance(
    microstructure: Microstructure, others: Sequence[Microstructure], *, turned: bool = True
) -> Resemblance:
    """Call `ragone.pipelines.fidelity.measure_similarity`."""
    made = measure_similarity(microstructure, others, turned=turned)
    return Resemblance(**{name: getattr(made, name) for name in made.fields()})


@stage("fidelity.compare_volumes", libraries=compare.libraries)
def compare_volumes(
    real_tensors: Sequence[TransportTensor],
    real_geometries: Sequence[Geometry],
    tensors: Sequence[TransportTensor],
    geometries: Sequence[Geometry],
    real_resemblances: Sequence[Resemblance] = (),
    resemblances: Sequence[Resemblance] = (),
    *,
    real_conditions: tuple[int, ...],
    conditions: tuple[int, ...],
    recipe_names: tuple[str, ...] = (),
    recipes: tuple[tuple[float, ...], ...] = (),
    sample: str = "generated",
    left_out: str = "",
    repeats: int = 1999,
    seed: int = 0,
) -> Fidelity:
    """Call `ragone.pipelines.fidelity.compare_volumes`."""
    return compare(
        real_tensors,
        real_geometries,
        tensors,
        geometries,
        real_resemblances,
        resemblances,
        real_conditions=real_conditions,
        conditions=conditions,
        recipe_names=recipe_names,
        recipes=recipes,
        sample=sample,
        left_out=left_out,
        repeats=repeats,
        seed=seed,
    )
