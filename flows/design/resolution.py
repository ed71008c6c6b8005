"""How finely a design is evaluated: the voxels of a volume element, and how many volume elements a recipe has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragone.flows.design.sampling import read_volume_elements
from ragone.flows.parameter_files.parameters import Section
from ragone.pipelines.characterise.representativity import Target
from ragone.schemas import Microstructure

_SMALLEST_EDGE, _LARGEST_EDGE = 8, 2048


@dataclass(frozen=True)
class Resolution:
    """Voxels along an edge, their size [m], and volume elements per recipe: all of them, or until the target is met."""

    edge_voxels: int
    voxel_size_metre: float
    volume_elements: int
    target: Target | None = None

    @property
    def first_volume_elements(self) -> int:
        """Volume elements of a recipe that are measured before anything is known of it."""
        return self.volume_elements if self.target is None else self.target.least

    @property
    def size(self) -> dict[str, Any]:
        """The edge and voxel size that a step that draws is given."""
        return {"edge_voxels": self.edge_voxels, "voxel_size_metre": self.voxel_size_metre}

    @property
    def stated(self) -> dict[str, Any]:
        """The values that a cheaper fidelity can state otherwise: the number of volume elements only if it is fixed."""
        return {**self.size, **({"volume_elements": self.volume_elements} if self.target is None else {})}

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for the record of a campaign."""
        return {
            **self.size,
            "volume_elements": self.volume_elements if self.target is None else vars(self.target).copy(),
        }


def read_resolution(root: Section) -> Resolution:
    """Read `resolution`, in metres."""
    section = root.section("resolution", ["edge_voxels", "voxel_size", "volume_elements"])
    bounds = Microstructure.fields()["voxel_edges_metre"].bounds
    return Resolution(
        section.integer("edge_voxels", _SMALLEST_EDGE, _LARGEST_EDGE),
        section.quantity("voxel_size", "m", bounds),
        *read_volume_elements(section),
    )
