"""What is measured in a study of representativity, and the question that it answers."""

from __future__ import annotations

from dataclasses import dataclass

from ragone.flows.errors import StudyError
from ragone.pipelines.characterise.representativity import METRICS
from ragone.schemas.errors import did_you_mean


@dataclass(frozen=True)
class Plan:
    """The samples to measure, and the question that they answer.

    `edges` are in voxels of the study or image; `volume_elements` is the number of each size, `cuts` the largest number
    of smaller volume elements that are cut from one large volume element of a design (0: none). `structures` are seen
    at voxels of `voxel_ratios` times the size, in volume elements whose edge is `voxel_edge` such voxels at ratio 1.
    """

    edges: tuple[int, ...] = (32, 48, 64, 96, 128)
    volume_elements: int = 16
    cuts: int = 8
    structures: int = 4
    voxel_edge: int = 64
    voxel_ratios: tuple[float, ...] = (0.5, 1.0, 2.0)
    metric: str = "pore_tortuosity_factor"
    target: float = 0.01
    confidence: float = 0.95
    fit_from: int = 1
    cost_exponent: float = 3.0

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise StudyError(f"metric {self.metric!r} is not known: {did_you_mean(self.metric, METRICS)}")
        lows = {"volume_elements": 2, "cuts": 0, "structures": 0, "voxel_edge": 1}
        for name, low in lows.items():
            if getattr(self, name) < low:
                raise StudyError(f"{name} = {getattr(self, name)} is too few. Give at least {low}.")
        if min((*self.edges, *self.voxel_ratios)) <= 0:
            raise StudyError(f"sizes {self.edges} and ratios of the voxel {self.voxel_ratios} must be positive.")

    def voxel_edges(self) -> dict[float, int]:
        """Voxels along the edge at each ratio, largest voxel first.

        Raises
        ------
        StudyError
            If they are not whole at one, or the voxel studied is not among them.
        """
        if not self.structures:
            return {}
        if 1.0 not in self.voxel_ratios:
            raise StudyError(f"ratios of the voxel size {self.voxel_ratios} leave out 1, the size studied. Add it.")
        edges = {ratio: round(self.voxel_edge / ratio) for ratio in sorted(self.voxel_ratios, reverse=True)}
        for ratio, edge in edges.items():
            if edge * ratio != self.voxel_edge:
                raise StudyError(
                    f"{self.voxel_edge} voxels are {self.voxel_edge / ratio:g} of {ratio:g} times the size. "
                    "Choose an edge or ratios that make them whole."
                )
        return edges

    def merged_voxels(self) -> list[int]:
        """The ratios as numbers of voxels of an image that are merged, most first.

        Raises
        ------
        StudyError
            If one is no whole number from 1.
        """
        ratios = list(self.voxel_edges())
        for ratio in ratios:
            if ratio < 1 or ratio != int(ratio):
                raise StudyError(
                    f"an image has no voxels {ratio:g} times as large as its own. Give whole ratios from 1."
                )
        return [int(ratio) for ratio in ratios]

    def sizes(self, largest: int | None = None) -> list[int]:
        """Edges in rising order; those below `largest` and itself, if it is given.

        Raises
        ------
        StudyError
            If there are fewer than two.
        """
        edges = sorted(
            {edge for edge in self.edges if largest is None or edge < largest} | {largest or max(self.edges)}
        )
        if len(edges) < 2:
            raise StudyError(f"sizes {edges} are too few to see what a size does. Give at least two that fit.")
        return edges
