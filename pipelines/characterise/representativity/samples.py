"""Which samples do the volume elements make? Rows by way of sampling and size, of elements that were measured alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.characterise.errors import SampleError
from ragone.pipelines.characterise.representativity.means import Sample
from ragone.pipelines.characterise.representativity.metrics import METRICS, linearised
from ragone.schemas import Transport
from ragone.schemas.errors import did_you_mean

_ALIKE = (
    "surface_area_method",
    "active_material_conductivity_siemens_per_metre",
    "carbon_binder_conductivity_siemens_per_metre",
    "carbon_binder_ionic_conductivity_share",
    "method",
)


@dataclass(frozen=True)
class Row:
    """Volume elements of one size, sampled in one way."""

    drawn: bool
    edge: int
    sample: Sample

    @property
    def count(self) -> int:
        """Number of volume elements."""
        return len(self.sample.values)

    def __str__(self) -> str:
        return f"{'drawn' if self.drawn else 'cut'} {self.edge}"


def require_alike(metric: str, elements: Sequence[Transport], resolved: Sequence[Transport]) -> None:
    """Refuse an unknown metric, means of volume elements, several methods, and several voxel sizes among the elements.

    Raises
    ------
    SampleError
        If something differs.
    """
    if metric not in METRICS:
        raise SampleError(f"metric {metric!r} is not known: {did_you_mean(metric, METRICS)}")
    everything = (*elements, *resolved)
    if any(transport.volume_element_count != 1 for transport in everything):
        raise SampleError("a transport is a mean of several volume elements. Give the single volume elements.")
    for name, transports in [(name, everything) for name in _ALIKE] + [("voxel_size_metre", elements)]:
        found = sorted({getattr(transport, name) for transport in transports})
        if len(found) > 1:
            raise SampleError(
                f"{name} is {found[0]} in one volume element and {found[-1]} in another. Measure them alike."
            )


def rows_of(
    drawn: Sequence[Transport], cut: Sequence[Transport], metric: str, cut_from: Sequence[int]
) -> tuple[list[Row], str]:
    """Rows that can be used, and those that were left out, with the reason.

    A drawn volume element is a group of its own, together with what was cut from it; what was cut from one single
    volume that is not a drawn volume element counts as independent. Of such cuts the largest may be a single one: the
    whole volume.
    """
    if len(cut_from) != len(cut):
        raise SampleError(
            f"{len(cut)} volume elements were cut, but cut_from names {len(cut_from)}. Name the origin of each."
        )
    origins = list(range(len(cut))) if len(set(cut_from)) == 1 and not drawn else list(cut_from)
    rows = _by_edge(True, drawn, range(len(drawn)), metric) + _by_edge(False, cut, origins, metric)
    whole = rows[-1] if rows and not drawn else None
    kept = [row for row in rows if _conducts(row) and (row.count > 1 or row is whole)]
    reasons = {
        str(row): "a single volume element" if _conducts(row) else "no volume element conducts"
        for row in rows
        if row not in kept
    }
    return kept, "; ".join(f"{name}: {reason}" for name, reason in reasons.items())


def _by_edge(drawn: bool, elements: Sequence[Transport], groups: Sequence[int], metric: str) -> list[Row]:
    rows = []
    for edge in sorted({element.edge_voxels for element in elements}):
        chosen = [number for number, element in enumerate(elements) if element.edge_voxels == edge]
        values = linearised([elements[number] for number in chosen], metric)
        rows.append(Row(drawn, edge, Sample(values, np.array([groups[number] for number in chosen]))))
    return rows


def _conducts(row: Row) -> bool:
    return bool(np.isfinite(row.sample.values).all()) and row.sample.mean != 0
