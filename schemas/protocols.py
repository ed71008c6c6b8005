"""What each part of the loop offers to the others.

A stage may take further parameters if they have defaults, further input records that need not be given, and wider types
than asked for. Where a Protocol takes ``**settings``, further parameters may be without a default: a study gives them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ragone.schemas.cell import CellParameters
from ragone.schemas.curve import Curve
from ragone.schemas.electrode import Microstructure, Transport
from ragone.schemas.generator import PredictedErrors
from ragone.schemas.kpi import Kpi
from ragone.schemas.materials import Materials
from ragone.schemas.recipe import Candidate, CellDesign, Recipe

Floats = np.ndarray[Any, np.dtype[np.float64]]


class Manufacture(Protocol):
    """Draws the microstructure of a recipe; equal seeds give equal voxels."""

    def __call__(
        self, recipe: Recipe, materials: Materials, *, edge_voxels: int, voxel_size_metre: float, seed: int
    ) -> Microstructure: ...


class Characterise(Protocol):
    """Measures one microstructure, whose solids conduct as the materials say."""

    def __call__(self, microstructure: Microstructure, materials: Materials) -> Transport: ...


class AverageTransport(Protocol):
    """The mean of several volume elements of one material, with its standard error, the generator's included."""

    def __call__(self, transports: tuple[Transport, ...], predicted: PredictedErrors | None = None) -> Transport: ...


class PerturbTransport(Protocol):
    """Raises one metric by its standard error, for the uncertainty of whatever is computed from it."""

    def __call__(self, transport: Transport, *, metric: str) -> Transport: ...


class AssembleCell(Protocol):
    """Sizes a cell around a measured positive electrode."""

    def __call__(
        self, transport: Transport, materials: Materials, design: CellDesign, **settings: Any
    ) -> CellParameters: ...


class OperateCell(Protocol):
    """Operates a cell as the settings say. What cannot be done is an outcome, not an exception."""

    def __call__(self, cell: CellParameters, **settings: Any) -> Curve: ...


class SuggestCandidates(Protocol):
    """Proposes the next candidates from those so far.

    `kpis` holds the KPI of each goal for each of `candidates` in turn; those of `failed` have none. `space` maps a path
    to its values, `goals` are objectives and constraints. The result is keyed "0", "1", ... in order.

    One that suggests beside candidates that are being evaluated takes these as `pending: tuple[Candidate, ...] = ()`.
    """

    def __call__(
        self,
        candidates: tuple[Candidate, ...],
        kpis: tuple[Kpi, ...],
        failed: tuple[Candidate, ...] = (),
        *,
        space: Mapping[str, Any],
        goals: Sequence[Mapping[str, Any]],
        count: int,
        seed: int,
    ) -> Mapping[str, Candidate]: ...


class Surrogate(Protocol):
    """Predicts a response at points that were not tried."""

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means, shape (n,), and covariances, shape (n, n), at points of shape (n, axes) in the unit volume element."""
        ...


@runtime_checkable
class DifferentiableSurrogate(Surrogate, Protocol):
    """A surrogate that is also a BoTorch model, of the values less their mean over their sample deviation."""

    @property
    def differentiable(self) -> Any: ...


class FitSurrogate(Protocol):
    """Fits a surrogate to points, shape (n, axes), values (n,) and their variances (n,), None if unknown."""

    def __call__(self, points: Floats, values: Floats, variances: Floats | None) -> Surrogate: ...
