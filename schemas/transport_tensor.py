"""How ions and electrons cross a microstructure along every axis, and along its own axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.electrode import TransportOutcome
from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, array, choice, real, text, texts
from ragone.schemas.migration import Migrations, Values, added, withdrawn
from ragone.schemas.record import Record

_SOLVER = Tolerance(relative=1e-4)


class Boundary(StrEnum):
    """The condition at the sides of the volume."""

    FIXED = "fixed potential on two ends, other sides closed"
    PERIODIC = "periodic"


def _matrix(unit: str, doc: str) -> Any:
    return array(unit, "float64", 2, tolerance=_SOLVER, doc=doc)


def _anisotropy() -> Any:
    return real(
        "1",
        low=0,
        infinite=True,
        optional=True,
        tolerance=_SOLVER,
        doc="mean of the two in-plane entries over the through-plane one; 1 if isotropic, +inf if only that is zero, "
        "null if all are: nothing crosses, as the outcomes say",
    )


def _closed(tensor: str) -> Callable[[Values], bool]:
    """Whether nothing crosses along any axis, by the values of a record."""
    return lambda values: not np.diag(values[tensor]).any()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TransportTensor(Record):
    """Relative diffusivity of the pores and conductivity of the solids, shape (3, 3) each; axis 0 is through-plane.

    A `..._half_width` is the largest error on these voxels. Off the diagonal entries are zero where the boundary
    defines none. Principal values ascend; the principal axes are the columns beside them.
    """

    kind: ClassVar[str] = "transport_tensor"
    schema_version: ClassVar[int] = 3
    migrations: ClassVar[Migrations] = {
        1: (
            withdrawn("pore_anisotropy", 1.0, _closed("pore_relative_diffusivity")),
            withdrawn("solid_anisotropy", 1.0, _closed("solid_conductivity_siemens_per_metre")),
        ),
        2: (added("nanopore_fraction", 0.0), added("carbon_binder_ionic_conductivity_share", 0.0)),
    }

    boundary: Boundary = choice(Boundary, doc="condition on the side faces")
    pore_relative_diffusivity: np.ndarray[Any, Any] = _matrix("1", "D_eff / D = porosity / tau")
    pore_relative_diffusivity_half_width: np.ndarray[Any, Any] = _matrix("1", "certified")
    pore_principal_values: np.ndarray[Any, Any] = _matrix("1", "shape (1, 3)")
    pore_principal_axes: np.ndarray[Any, Any] = _matrix("1", "unit vectors in the columns")
    pore_anisotropy: float | None = _anisotropy()
    pore_outcomes: tuple[str, ...] = texts(doc="of each axis, as TransportOutcome")
    solid_conductivity_siemens_per_metre: np.ndarray[Any, Any] = _matrix("S/m", "active material and carbon-binder")
    solid_conductivity_siemens_per_metre_half_width: np.ndarray[Any, Any] = _matrix("S/m", "certified")
    solid_principal_values_siemens_per_metre: np.ndarray[Any, Any] = _matrix("S/m", "shape (1, 3)")
    solid_principal_axes: np.ndarray[Any, Any] = _matrix("1", "unit vectors in the columns")
    solid_anisotropy: float | None = _anisotropy()
    solid_outcomes: tuple[str, ...] = texts(doc="of each axis, as TransportOutcome")
    pore_fraction: float = real("1", low=0, high=1, doc="pore volume over volume")
    nanopore_fraction: float = real(
        "1",
        low=0,
        high=1,
        default=0.0,
        doc="volume of the nanopores of the carbon-binder over volume, where ions cross them; else 0",
    )
    active_material_conductivity_siemens_per_metre: float = real("S/m", low=0, doc="bulk value that entered the solve")
    carbon_binder_conductivity_siemens_per_metre: float = real("S/m", low=0, doc="bulk value that entered the solve")
    carbon_binder_ionic_conductivity_share: float = real(
        "1", low=0, high=1, default=0.0, doc="of the electrolyte's; value that entered the solve"
    )
    voxel_size_metre: float = real("m", low=0, low_open=True, doc="of cubes, or of the cubes of equal volume")
    method: str = text(doc="solver and its tolerance")

    def validate(self) -> None:
        """Tensors are three by three, with an outcome for each axis."""
        for name in self.fields():
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                wanted = (1, 3) if "principal_values" in name else (3, 3)
                if value.shape != wanted:
                    raise FieldShapeError(f"{self.kind}.{name} has shape {value.shape}; {wanted} is needed.")
        for name in ("pore_outcomes", "solid_outcomes"):
            given = getattr(self, name)
            if len(given) != 3 or not set(given) <= set(TransportOutcome):
                raise FieldShapeError(f"{self.kind}.{name} = {given} must be three of {list(TransportOutcome)}.")

    @property
    def porosity(self) -> float:
        """Pore volume over volume [-] that the tortuosity factor refers to: with the nanopores that ions cross."""
        return self.pore_fraction + self.nanopore_fraction

    def pore_tortuosity_factors(self) -> np.ndarray[Any, Any]:
        """Shape (3,): porosity over the diagonal entries [-], +inf where that is zero."""
        diagonal = np.diag(self.pore_relative_diffusivity)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(diagonal > 0, self.porosity / diagonal, np.inf))
