"""What is the effective conductivity of a labelled volume along an axis? A value with a certified interval.

Steady conduction with the potential fixed on two opposite end faces, half a voxel outside the first and the last voxel
centres; the other four sides are closed, or joined pairwise. Every voxel has one conductivity, every face the
conductance of the two half voxels in series: the discretisation of every voxel solver, TauFactor's among them. What it
does not do: anything about how far this discrete problem is from the continuous one (see `representativity`).

The solve stops on the error of the result: the energy of the potential bounds the conductivity from above, a balanced
flux from below, and when the two are closer than the tolerance the value between them is returned.

Bytes per voxel: 5 fields of 4, one number of 4 and two labels of 1; three more fields where several phases conduct; and
about 8 for the coarse levels of a porous volume. Fields are of 8 bytes where the tolerance is below 3e-5 or the
conductivities differ by more than 2000, and from where on single precision narrows the interval no further: in large
volumes that conduct far worse than what they are made of.

References
----------
Hestenes and Stiefel 1952, J. Res. Natl. Bur. Stand. 49, 409, doi 10.6028/jres.049.044 (conjugate gradients).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ragone.pipelines.characterise.errors import VolumeError
from ragone.pipelines.characterise.kernel.blocks import Pieces, find_pieces
from ragone.pipelines.characterise.kernel.bounds import certified_interval
from ragone.pipelines.characterise.kernel.coarsened import read_coarsened_volume
from ragone.pipelines.characterise.kernel.conjugate_gradients import FIELDS, ConjugateGradients
from ragone.pipelines.characterise.kernel.fields import lend_fields
from ragone.pipelines.characterise.kernel.graph import Levels, build_levels
from ragone.pipelines.characterise.kernel.operator import ALONG_FIRST_AXIS, Drive, Operator, build_operator, residual
from ragone.pipelines.characterise.kernel.threads import run_side_by_side, solving
from ragone.pipelines.characterise.kernel.torch_gradients import TorchGradients, require_device
from ragone.pipelines.characterise.kernel.volume import Labels, Volume, read_volume, wrap
from ragone.schemas import TransportOutcome
from ragone.schemas.errors import BoundsError

# What single precision can do: beyond, its rounding in the good conductor drives fluxes as large as the poor one's.
_SINGLE_PRECISION_TOLERANCE = 3e-5
_SINGLE_PRECISION_CONTRAST = 2000
_TIGHTEST_TOLERANCE = 1e-11
_EXPECTED_RATIO = 4.0  # of the certified interval to the estimated error, before it is known
_LARGEST_RATIO_GROWTH = 8.0
_NARROWED = 0.8  # of the interval at the look before; a wider one was a look in vain
_LOOKS_IN_VAIN = 2  # after which rounding is what is left

COMPILED = "cpu"
Gradients = ConjugateGradients | TorchGradients


@dataclass(frozen=True, slots=True)
class EffectiveConductivity:
    """Effective conductivity along an axis, in the unit of the conductivities given.

    Attributes
    ----------
    value
        Best estimate, inside the interval.
    lower, upper
        Certified bounds of the discrete problem.
    outcome
        Converged, not percolating (all three are zero), or step limit (the interval is wider than asked for).
    iterations
        Of the conjugate gradients.
    """

    value: float
    lower: float
    upper: float
    outcome: TransportOutcome
    iterations: int


def effective_conductivity(
    labels: Labels,
    conductivities: Mapping[int, float],
    *,
    axis: int = 0,
    voxel_size: tuple[float, float, float] = (1.0, 1.0, 1.0),
    periodic_sides: bool = False,
    relative_tolerance: float = 1e-3,
    largest_iteration_count: int = 200,
    device: str = COMPILED,
    coarsening: int = 1,
) -> EffectiveConductivity:
    """Effective conductivity of a labelled volume along one axis.

    Parameters
    ----------
    labels
        Shape (x, y, z), uint8.
    conductivities
        Of every label that occurs [any unit], finite, >= 0; zero insulates. Contrasts up to 1e5 were tried.
    axis
        Of the mean flux.
    voxel_size
        Edges of a voxel along x, y, z [any unit of length].
    periodic_sides
        Whether the four sides are joined pairwise; closed otherwise.
    relative_tolerance
        Largest width of the certified interval over the value [-], from 1e-11 to 1.
    largest_iteration_count
        After which the interval reached is returned [-], >= 1.
    device
        "cpu": the compiled kernel. "cuda" or another device of torch: the same method through torch, whose CPU is
        "torch:cpu".
    coarsening
        Voxels of the volume along the edge of one of the solve [-]: its faces conduct as the layers of the volume
        between the centres do (`coarsened`). Divides each length; more than one with closed sides only.

    Returns
    -------
    EffectiveConductivity
        On "cpu" the same to the last bit whatever the number of threads.

    Raises
    ------
    VolumeError, ConductivityError, BoundsError, DeviceError
        If the volume, a conductivity, the tolerance or the device cannot be used.

    Examples
    --------
    >>> effective_conductivity(np.ones((8, 8, 8), np.uint8), {1: 2.5}).value
    2.5
    """
    require_limits(relative_tolerance, largest_iteration_count)
    if coarsening != 1 and periodic_sides:
        raise VolumeError("voxels are made coarser with closed sides only. Leave periodic_sides, or coarsening, out.")
    if device != COMPILED:
        require_device(_of_torch(device))
    sides = tuple(periodic_sides and a != axis for a in range(3))
    with solving(np.size(labels)):
        if coarsening == 1:
            volume = read_volume(
                labels, conductivities, axis=axis, voxel_size=voxel_size, periodic=(sides[0], sides[1], sides[2])
            )
        else:
            volume = read_coarsened_volume(labels, conductivities, axis=axis, voxel_size=voxel_size, factor=coarsening)
        problem = prepare(volume, relative_tolerance)
        if problem is None:
            return EffectiveConductivity(0.0, 0.0, 0.0, TransportOutcome.NOT_PERCOLATING, 0)
        bracket = solve(problem, ALONG_FIRST_AXIS, relative_tolerance, largest_iteration_count, device)
    scale = volume.scale * volume.shape[0] / (volume.shape[1] * volume.shape[2])
    outcome = TransportOutcome.CONVERGED if bracket.narrow(relative_tolerance) else TransportOutcome.MAX_STEPS
    return EffectiveConductivity(
        scale * bracket.value, scale * bracket.lower, scale * bracket.upper, outcome, bracket.iterations
    )


def effective_conductivities(
    volumes: Sequence[Labels],
    conductivities: Mapping[int, float],
    *,
    progress: Callable[[int], None] = lambda _: None,
    axis: int = 0,
    voxel_size: tuple[float, float, float] = (1.0, 1.0, 1.0),
    periodic_sides: bool = False,
    relative_tolerance: float = 1e-3,
    largest_iteration_count: int = 200,
    device: str = COMPILED,
) -> list[EffectiveConductivity]:
    """Effective conductivities of several volumes, several solves at a time.

    Parameters are those of `effective_conductivity`; `progress` receives the number done. The results are the same to
    the last bit as one by one.
    """

    def task(labels: Labels) -> Callable[[], EffectiveConductivity]:
        return lambda: effective_conductivity(
            labels,
            conductivities,
            axis=axis,
            voxel_size=voxel_size,
            periodic_sides=periodic_sides,
            relative_tolerance=relative_tolerance,
            largest_iteration_count=largest_iteration_count,
            device=device,
        )

    return run_side_by_side([task(labels) for labels in volumes], progress)


@dataclass(frozen=True, slots=True)
class Problem:
    """A volume ready to be solved."""

    operator: Operator
    pieces: Pieces
    levels: Levels

    def in_double_precision(self) -> Problem:
        """The same with fields and levels in double precision."""
        operator = build_operator(self.operator.volume, np.float64)
        return Problem(operator, self.pieces, build_levels(self.pieces.graph(), np.float64))


def prepare(volume: Volume, relative_tolerance: float) -> Problem | None:
    """Operator, pieces and coarse levels of a volume; None if nothing conducts from end to end."""
    dtype = _precision(volume, relative_tolerance)
    pieces = find_pieces(volume)
    if pieces.count == 0:
        return None
    wrap(volume.phase, volume.periodic)
    levels = build_levels(pieces.graph(), dtype)
    return Problem(build_operator(volume, dtype), pieces, levels)


def _precision(volume: Volume, relative_tolerance: float) -> type[np.floating[Any]]:
    """Single where it serves. A periodic volume has no ends that hold the potential: there only for one phase."""
    contrast = volume.weights.max() / volume.weights.min() / volume.conductivities.min(initial=1.0)
    largest = _SINGLE_PRECISION_CONTRAST if not volume.periodic[0] else 1.0
    single = relative_tolerance >= _SINGLE_PRECISION_TOLERANCE and contrast <= largest
    return np.float32 if single else np.float64


def solve(problem: Problem, drive: Drive, tolerance: float, limit: int, device: str) -> Bracket:
    """Energy of the solution, in single precision or, where that is not enough, in double."""
    operator = problem.operator
    with lend_fields(operator.diagonal.shape, operator.dtype, FIELDS) as fields:
        parts = operator, problem.pieces, problem.levels, fields
        gradients = ConjugateGradients(*parts) if device == COMPILED else TorchGradients(*parts, _of_torch(device))
        bracket = solve_to_interval(problem, gradients, drive, tolerance, limit)
    if bracket.needs_double_precision(problem, limit):
        del fields, parts, gradients
        found = solve(problem.in_double_precision(), drive, tolerance, limit - bracket.iterations, device)
        return replace(found, iterations=found.iterations + bracket.iterations)
    return bracket


@dataclass(frozen=True, slots=True)
class Bracket:
    """Energy of the solution: estimate and certified bounds [-], and whether iterating narrowed them no further.

    It is that of a drive, above zero, or that of sources, which falls from zero by what they dissipate.
    """

    value: float
    lower: float
    upper: float
    iterations: int
    stalled: bool

    def narrow(self, tolerance: float) -> bool:
        """Whether the interval is narrower than a part of the value."""
        return self.upper - self.lower <= tolerance * abs(self.value)

    def needs_double_precision(self, problem: Problem, limit: int) -> bool:
        """Whether rounding in single precision keeps the interval wide, with iterations left."""
        return self.stalled and problem.operator.dtype == np.float32 and self.iterations < limit


def solve_to_interval(problem: Problem, gradients: Gradients, drive: Drive, tolerance: float, limit: int) -> Bracket:
    """Iterate until the certified interval is narrow enough, narrows no further, or the limit is reached.

    The interval costs about as much as an iteration. It is looked at when the falls of the energy suggest that it is
    narrow enough; how much wider it is than the error they suggest is learned from the last look.
    """
    operator = problem.operator
    driven = operator.volume.sources is None
    energy = residual(operator, gradients.deviation, drive, gradients.left)
    falls: list[float] = []
    ratio = _EXPECTED_RATIO
    width, in_vain = np.inf, 0
    while True:
        left = _left(falls, energy if driven else np.inf)
        if ratio * left <= tolerance * abs(energy) or (driven and not energy > 0) or len(falls) == limit:
            wrap(gradients.deviation, operator.volume.periodic)
            lower, upper = certified_interval(
                operator, problem.pieces, problem.levels, gradients.deviation, drive, gradients.spare
            )
            lower = max(lower, 0.0) if driven else lower
            in_vain = in_vain + 1 if upper - lower > _NARROWED * width else 0
            width = upper - lower
            stalled = in_vain == _LOOKS_IN_VAIN or energy < lower - width  # what fell is more than there was
            bracket = Bracket(min(max(energy - left, (lower + upper) / 2), upper), lower, upper, len(falls), stalled)
            if bracket.narrow(tolerance) or bracket.stalled or len(falls) == limit:
                return bracket
            ratio = min((upper - lower) / left if left > 0 else np.inf, _LARGEST_RATIO_GROWTH * ratio)
        falls.append(gradients.step())
        energy -= falls[-1]


def _left(falls: Sequence[float], energy: float) -> float:
    """Remaining fall of the energy, if it goes on as geometrically as in the last two steps."""
    if len(falls) < 2 or not falls[-2] > 0:
        return falls[-1] if falls else energy
    ratio = min(falls[-1] / falls[-2], 0.9)
    return falls[-1] * ratio / (1 - ratio)


def _of_torch(device: str) -> str:
    return device.removeprefix("torch:")


def require_limits(relative_tolerance: float, largest_iteration_count: int) -> None:
    """Refuse a tolerance or a limit that cannot be met."""
    if not _TIGHTEST_TOLERANCE <= relative_tolerance <= 1:
        raise BoundsError(
            f"relative_tolerance = {relative_tolerance} [-] is outside [{_TIGHTEST_TOLERANCE:g}, 1]. "
            "It is the width of the certified interval over the value."
        )
    if largest_iteration_count < 1:
        raise BoundsError(f"largest_iteration_count = {largest_iteration_count} [-] must be at least 1.")
