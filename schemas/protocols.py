"""What each part of the loop offers to the others.

An engine may take further parameters if they have defaults, further input records, which the study names, and wider
types than asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from schemas.cell import CellParameters
from schemas.curve import Discharge
from schemas.electrode import Design, Microstructure, Transport
from schemas.generator import PredictedErrors
from schemas.kpi import Kpi


class Manufacture(Protocol):
    """Draws the microstructure of a design; equal seeds give equal voxels."""

    def __call__(self, design: Design, *, edge_voxels: int, voxel_size_metre: float, seed: int) -> Microstructure: ...


class Characterise(Protocol):
    """Measures one microstructure."""

    def __call__(self, microstructure: Microstructure) -> Transport: ...


class AverageTransport(Protocol):
    """The mean of several cubes of one material, with its standard error and that of the generator that drew them."""

    def __call__(self, transports: tuple[Transport, ...], predicted: PredictedErrors | None = None) -> Transport: ...


class AssembleCell(Protocol):
    """Sizes a full cell around a measured positive electrode.

    `varied` names the metric that is shifted up by one standard error, for the KPI's uncertainty; empty for none.
    """

    def __call__(
        self, transport: Transport, *, mass_loading_kilogram_per_square_metre: float, varied: str = ""
    ) -> CellParameters: ...


class DischargeCell(Protocol):
    """Discharges a cell at constant power. What cannot be done is an outcome, not an exception."""

    def __call__(self, cell: CellParameters, *, power_watt: float) -> Discharge: ...


class DischargeCellAtRate(Protocol):
    """Discharges a cell at constant current, given over its nominal capacity; else as `DischargeCell`."""

    def __call__(self, cell: CellParameters, *, rate_per_hour: float) -> Discharge: ...


class ExtractKpis(Protocol):
    """Reads the KPIs off a discharge; the varied discharges give their uncertainty. One record per KPI, by name."""

    def __call__(
        self, cell: CellParameters, discharge: Discharge, varied: tuple[Discharge, ...]
    ) -> Mapping[str, Kpi]: ...


class SuggestDesigns(Protocol):
    """Proposes the next designs from the trials so far.

    `designs` and `objectives` are parallel; `space` maps a design field to its low and high in the field's unit.
    The result is keyed "0", "1", ... in order.
    """

    def __call__(
        self,
        designs: tuple[Design, ...],
        objectives: tuple[Kpi, ...],
        *,
        space: Mapping[str, Any],
        count: int,
        maximise: bool,
        seed: int,
    ) -> Mapping[str, Design]: ...
