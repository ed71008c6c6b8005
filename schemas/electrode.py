"""What an electrode is made of: its recipe, its voxels, and how its phases conduct."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import AnisotropicVoxelError, FieldShapeError, FieldTypeError, UnknownFieldError
from ragone.schemas.field import Tolerance, array, choice, integer, real, text, texts, vector
from ragone.schemas.migration import Migrations, added, renamed, repeated
from ragone.schemas.record import Record

PORE = "pore"
ACTIVE_MATERIAL = "active_material"
CARBON_BINDER = "carbon_binder"
PHASES = (PORE, ACTIVE_MATERIAL, CARBON_BINDER)

RAISED = "; {} raised by one standard error"  # how a method ends where a metric of the electrode was perturbed

_BLOCK = 1 << 20  # voxels counted at once
_SAME = 1e-6  # relative difference up to which two edges are one
_SOLVER = Tolerance(relative=1e-4)
_BOUNDS = (
    "pore_tortuosity_factor_lower",
    "pore_tortuosity_factor_upper",
    "solid_effective_conductivity_siemens_per_metre_lower",
    "solid_effective_conductivity_siemens_per_metre_upper",
)
_RADII = ("particle_diffusion_radius_metre", "particle_sauter_radius_metre")
_DIFFUSION_RADIUS = "sphere with the volume-weighted mean diffusion time of the particles"
_SAUTER_RADIUS = "sphere with the volume over surface of the particles together"
_BY_MATERIALS = (
    "by uncertain bulk properties, which all volumes have in common; null if their uncertainty is not stated"
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Design(Record):
    """Composition, porosity and loading of a positive electrode in one, as lakes before recipes hold them."""

    kind: ClassVar[str] = "design"

    active_material_weight_fraction: float = real(
        "1", low=0, high=1, low_open=True, doc="active material over all solids, by mass"
    )
    porosity: float = real("1", low=0, high=1, low_open=True, high_open=True, doc="pore volume over coating volume")
    binder_adhesion: float = real(
        "1", low=0, high=1, doc="0: carbon-binder gathers in aggregates; 1: it coats the particles as a film"
    )
    mass_loading_kilogram_per_square_metre: float = real(
        "kg/m^2", low=0, high=2, low_open=True, doc="solids of one coated side over its area"
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Microstructure(Record):
    """A labelled volume: which phase fills each voxel. Voxels are boxes of one size; see `cubic_voxels` for cubes."""

    kind: ClassVar[str] = "microstructure"
    schema_version: ClassVar[int] = 3
    migrations: ClassVar[Migrations] = {
        1: (repeated("voxel_size_metre", "voxel_edges_metre", 3),),
        2: tuple(added(name, None) for name in _RADII),
    }

    labels: np.ndarray[Any, Any] = array("", "uint8", 3, doc="phase label of each voxel; axis 0 is through-plane")
    voxel_edges_metre: np.ndarray[Any, Any] = vector(
        "m", low=0, low_open=True, high=1e-3, length=3, doc="edges of one voxel, along the axes of `labels`"
    )
    axis_order: str = text(
        default="through-plane, in-plane, in-plane", doc="what the axes of `labels` are, first to last"
    )
    phase_names: tuple[str, ...] = texts(default=PHASES, doc="phases of the material, in the order of `phase_labels`")
    phase_labels: np.ndarray[Any, Any] = vector("", "uint8", doc="the label of each phase")
    source: str = text(doc="simulator, or the title and address of the imaged volume")
    licence: str = text(doc="SPDX identifier, or 'own' for a simulated volume")
    source_sha256: str = text(default="", doc="SHA-256 of the imported file's bytes; empty if simulated")
    particle_diffusion_radius_metre: float | None = real(
        "m", low=0, low_open=True, optional=True, default=None, doc=f"{_DIFFUSION_RADIUS}, as drawn; null if not known"
    )
    particle_sauter_radius_metre: float | None = real(
        "m", low=0, low_open=True, optional=True, default=None, doc=f"{_SAUTER_RADIUS}, as drawn; null if not known"
    )

    def validate(self) -> None:
        """Every voxel's label is claimed by exactly one phase."""
        if self.labels.size == 0:
            raise FieldShapeError(f"microstructure.labels has shape {self.labels.shape}; at least one voxel is needed.")
        if len(self.phase_names) != len(self.phase_labels) or len(set(self.phase_names)) != len(self.phase_names):
            raise FieldShapeError(
                f"phases {self.phase_names} do not match labels {self.phase_labels.tolist()}. Give one label per phase."
            )
        if len(set(self.phase_labels.tolist())) != len(self.phase_labels):
            raise FieldTypeError(f"two phases share a label in {self.phase_map()}. Give each phase its own.")
        counts = label_counts(self.labels)
        orphans = sorted(set(np.flatnonzero(counts).tolist()) - set(self.phase_labels.tolist()))
        if orphans:
            label = orphans[0]
            raise UnknownFieldError(
                f"label {label} ({int(counts[label])} voxels) is claimed by no phase of {self.phase_map()}. "
                f"Name the phase of each of the labels {np.flatnonzero(counts).tolist()}."
            )

    @property
    def voxel_size_metre(self) -> float:
        """Edge of one cubic voxel [m]; edges that differ by a part in a million are one length, written twice.

        Raises
        ------
        AnisotropicVoxelError
            If the voxels are no cubes.
        """
        self.require_cubic_voxels("what asks for one voxel_size_metre")
        return self.equivalent_voxel_size_metre

    @property
    def has_cubic_voxels(self) -> bool:
        """Whether the three edges of a voxel are equal."""
        return bool(np.ptp(self.voxel_edges_metre) <= _SAME * self.voxel_edges_metre.min())

    @property
    def equivalent_voxel_size_metre(self) -> float:
        """Edge of the cube that fills as much as one voxel [m]; of a cubic voxel its own edge, to the bit."""
        edges = self.voxel_edges_metre
        return float(edges[0] if np.ptp(edges) == 0 else np.cbrt(np.prod(edges)))

    def require_cubic_voxels(self, what: str) -> None:
        """Refuse boxes for something that needs cubes, by its name; raises as `voxel_size_metre`."""
        if not self.has_cubic_voxels:
            raise AnisotropicVoxelError(
                f"{what} needs cubic voxels; microstructure.voxel_edges_metre is {self.voxel_text()}. "
                "Resample the labels to cubes and import them again."
            )

    def voxel_text(self) -> str:
        """The edges of a voxel for the eye, as 0.8 x 0.4 x 0.4 um."""
        return " x ".join(f"{edge * 1e6:.6g}" for edge in self.voxel_edges_metre) + " um"

    def phase_map(self) -> dict[str, int]:
        """Label of each phase, by name."""
        return dict(zip(self.phase_names, self.phase_labels.tolist(), strict=True))

    def phase(self, name: str) -> np.ndarray[Any, Any]:
        """Boolean volume, shape (x, y, z): where the phase is.

        Raises
        ------
        UnknownFieldError
            If the microstructure has no such phase.
        """
        if name not in self.phase_names:
            raise UnknownFieldError(f"microstructure has no phase {name!r}; it has {', '.join(self.phase_names)}.")
        return np.asarray(self.labels == self.phase_map()[name])


def cubic_voxels(edge_metre: float) -> np.ndarray[Any, Any]:
    """The `voxel_edges_metre` of cubes, shape (3,) [m]."""
    return np.full(3, edge_metre, np.float64)


def raised(metric: str) -> str:
    """The end of a method where this metric was raised; nothing if it is empty."""
    return RAISED.format(metric) if metric else ""


def raised_in(method: str) -> str:
    """The metric that was raised by what a method says at its end; empty if none was."""
    found = re.search(re.escape(RAISED).replace(re.escape("{}"), r"(\w+)") + r"\Z", method)
    return found[1] if found else ""


def label_counts(labels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Voxels of each label from 0 to 255, shape (256,); a block at a time, since counting widens each byte to eight."""
    flat = labels.reshape(-1)
    blocks = (flat[start : start + _BLOCK] for start in range(0, flat.size, _BLOCK))
    return np.asarray(sum(np.bincount(block, minlength=256) for block in blocks))


class TransportOutcome(StrEnum):
    """The outcome of a transport solve."""

    CONVERGED = "converged"
    NOT_PERCOLATING = "not percolating"
    MAX_STEPS = "largest number of steps reached"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Transport(Record):
    """The metrics of an electrode that a cell model needs, of one volume or averaged over several.

    A `..._standard_error` is that of the mean over `volume_element_count` volumes; that of a single one is by how much
    its voxels may be off, null where that was not estimated. Between `..._lower` and `..._upper` lies the exact
    solution on these voxels; null where the solver gives no such bounds. The tortuosity factor is `porosity` over the
    relative diffusivity.
    """

    kind: ClassVar[str] = "transport"
    schema_version: ClassVar[int] = 4
    migrations: ClassVar[Migrations] = {
        1: tuple(added(name, None) for name in _BOUNDS),
        2: (renamed("cube_count", "volume_element_count"),),
        3: (
            *(added(name, None) for name in (*_RADII, f"{_RADII[1]}_standard_error")),
            added("nanopore_fraction", 0.0),
            added("carbon_binder_ionic_conductivity_share", 0.0),
            added("materials_pore_tortuosity_factor_standard_error", None),
            added("materials_solid_effective_conductivity_siemens_per_metre_standard_error", None),
        ),
    }

    pore_fraction: float = real("1", low=0, high=1, doc="pore volume over volume")
    active_material_fraction: float = real("1", low=0, high=1, doc="volume of active material over volume")
    carbon_binder_fraction: float = real("1", low=0, high=1, doc="volume of carbon-binder over volume")
    nanopore_fraction: float = real(
        "1",
        low=0,
        high=1,
        default=0.0,
        doc="volume of the nanopores of the carbon-binder over volume, where ions cross them; else 0",
    )
    specific_surface_area_per_metre: float = real(
        "1/m",
        low=0,
        tolerance=_SOLVER,
        doc="area of active material over volume that the electrolyte wets: towards pores, and towards nanopores that "
        "ions cross",
    )
    specific_surface_area_per_metre_standard_error: float | None = real(
        "1/m",
        low=0,
        optional=True,
        tolerance=_SOLVER,
        doc="of the mean; of a single volume by its voxels, null where that was not estimated",
    )
    surface_area_method: str = text(doc="how the surface area was measured")
    pore_tortuosity_factor: float = real(
        "1", low=1, infinite=True, tolerance=_SOLVER, doc="through-plane, pore phase; +inf if it does not percolate"
    )
    pore_tortuosity_factor_standard_error: float | None = real(
        "1",
        low=0,
        optional=True,
        tolerance=_SOLVER,
        doc="of the mean; of a single volume by its voxels, null where that was not estimated",
    )
    pore_tortuosity_factor_lower: float | None = real(
        "1",
        low=0,
        infinite=True,
        optional=True,
        default=None,
        tolerance=_SOLVER,
        doc="not more than the exact solution on these voxels; null if not known",
    )
    pore_tortuosity_factor_upper: float | None = real(
        "1",
        low=0,
        infinite=True,
        optional=True,
        default=None,
        tolerance=_SOLVER,
        doc="not less than the exact solution on these voxels; null if not known",
    )
    materials_pore_tortuosity_factor_standard_error: float | None = real(
        "1", low=0, optional=True, default=None, tolerance=_SOLVER, doc=_BY_MATERIALS
    )
    pore_outcome: TransportOutcome = choice(TransportOutcome, doc="outcome of the solve in the pores")
    solid_effective_conductivity_siemens_per_metre: float = real(
        "S/m", low=0, tolerance=_SOLVER, doc="through-plane, active material and carbon-binder together"
    )
    solid_effective_conductivity_siemens_per_metre_standard_error: float | None = real(
        "S/m",
        low=0,
        optional=True,
        tolerance=_SOLVER,
        doc="of the mean; of a single volume by its voxels, null where that was not estimated",
    )
    solid_effective_conductivity_siemens_per_metre_lower: float | None = real(
        "S/m",
        low=0,
        optional=True,
        default=None,
        tolerance=_SOLVER,
        doc="not more than the exact solution on these voxels; null if not known",
    )
    solid_effective_conductivity_siemens_per_metre_upper: float | None = real(
        "S/m",
        low=0,
        optional=True,
        default=None,
        tolerance=_SOLVER,
        doc="not less than the exact solution on these voxels; null if not known",
    )
    materials_solid_effective_conductivity_siemens_per_metre_standard_error: float | None = real(
        "S/m", low=0, optional=True, default=None, tolerance=_SOLVER, doc=_BY_MATERIALS
    )
    solid_outcome: TransportOutcome = choice(TransportOutcome, doc="outcome of the solve in the solids")
    active_material_conductivity_siemens_per_metre: float = real("S/m", low=0, doc="bulk value that entered the solve")
    carbon_binder_conductivity_siemens_per_metre: float = real("S/m", low=0, doc="bulk value that entered the solve")
    carbon_binder_ionic_conductivity_share: float = real(
        "1", low=0, high=1, default=0.0, doc="of the electrolyte's; value that entered the solve"
    )
    voxel_size_metre: float = real("m", low=0, low_open=True, doc="of cubes, or of the cubes of equal volume")
    edge_voxels: int = integer(low=1, doc="voxels along axis 0 of one volume")
    volume_element_count: int = integer(low=1, doc="volume elements that the means are taken over")
    method: str = text(doc="solver, its version and its convergence criterion")
    particle_diffusion_radius_metre: float | None = real(
        "m", low=0, low_open=True, optional=True, default=None, doc=f"{_DIFFUSION_RADIUS}; null if not known"
    )
    particle_sauter_radius_metre: float | None = real(
        "m", low=0, low_open=True, optional=True, default=None, doc=f"{_SAUTER_RADIUS}; null if not known"
    )
    particle_sauter_radius_metre_standard_error: float | None = real(
        "m",
        low=0,
        optional=True,
        default=None,
        doc="standard error of the mean over the volume elements; null for a single one",
    )

    @property
    def porosity(self) -> float:
        """Pore volume over volume [-] that the tortuosity factor refers to: with the nanopores that ions cross."""
        return self.pore_fraction + self.nanopore_fraction

    def percolates(self) -> bool:
        """Whether ions and electrons both cross the electrode."""
        return TransportOutcome.NOT_PERCOLATING not in (self.pore_outcome, self.solid_outcome)
