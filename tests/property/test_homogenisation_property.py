"""What must hold for the effective conductivity of any volume whatsoever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from resistor_network import conductivity_of_network
from scipy.ndimage import label

from ragone.pipelines.characterise.kernel import EffectiveConductivity, effective_conductivity
from ragone.pipelines.characterise.kernel.bounds import certified_interval
from ragone.pipelines.characterise.kernel.operator import ALONG_FIRST_AXIS
from ragone.pipelines.characterise.kernel.solver import prepare
from ragone.pipelines.characterise.kernel.volume import read_volume, wrap
from ragone.schemas import TransportOutcome

SINGLE_ROUNDING = 2e-6  # fields of single precision move the balance of each voxel by some 1e-7 of its fluxes
DOUBLE_ROUNDING = 1e-9
MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(MANY, max_examples=25)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Thousands of tiny volumes: threads would wait for one another most of the time."""
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(threads)


@dataclass(frozen=True)
class Case:
    """A volume with all that may be chosen beside it."""

    labels: npt.NDArray[np.uint8]
    conductivities: dict[int, float]
    axis: int
    voxel_size: tuple[float, float, float]
    periodic_sides: bool

    def solve(self, **changes: Any) -> EffectiveConductivity:
        """By the kernel; keyword arguments replace what was drawn."""
        return effective_conductivity(**{**vars(self), **changes})

    def exact(self) -> float:
        """By a direct solve of the network."""
        options = {name: value for name, value in vars(self).items() if name not in ("labels", "conductivities")}
        return conductivity_of_network(self.labels, self.conductivities, **options)


@st.composite
def cases(draw: st.DrawFn, *, largest: int = 9, insulating: bool | None = None) -> Case:
    """Volumes of 1 to `largest` voxels along each axis: grains of one to three voxels, contrasts up to 1e5."""
    shape = draw(st.tuples(*[st.integers(min(5, largest), largest) | st.integers(1, largest)] * 3))
    grain = draw(st.integers(1, 3))
    count = draw(st.integers(1, 4))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    grains = generator.integers(0, count + 1, shape)
    labels = np.kron(grains, np.ones((grain,) * 3, int))[: shape[0], : shape[1], : shape[2]].astype(np.uint8)
    exponents = draw(st.lists(st.floats(0, draw(st.sampled_from([0.0, 1.0, 5.0]))), min_size=5, max_size=5))
    unit = draw(st.sampled_from([1.0, 3e-12, 7e8]))
    values = {position: unit * 10**exponent for position, exponent in enumerate(exponents)}
    if insulating or (insulating is None and draw(st.booleans())):
        values[0] = 0.0
    size = draw(st.just((1.0, 1.0, 1.0)) | st.tuples(*[st.floats(0.5, 2.0)] * 3))
    return Case(labels, values, draw(st.sampled_from([0, 1, 2])), size, draw(st.booleans()))


@pytest.mark.parametrize(
    ("tolerance", "rounding"), [(1e-3, SINGLE_ROUNDING), (1e-4, SINGLE_ROUNDING), (1e-9, DOUBLE_ROUNDING)]
)
@MANY
@given(case=cases())
def test_the_interval_contains_the_exact_value(tolerance: float, rounding: float, case: Case) -> None:
    """The bounds enclose the direct solution, the value is between them, and converged means as narrow as asked for."""
    exact, found = case.exact(), case.solve(relative_tolerance=tolerance)
    if exact == 0:
        nothing = EffectiveConductivity(0.0, 0.0, 0.0, TransportOutcome.NOT_PERCOLATING, 0)
        assert found == nothing
        return
    assert found.lower - rounding * exact <= exact <= found.upper + rounding * exact
    assert found.lower <= found.value <= found.upper
    assert found.value == pytest.approx(exact, rel=tolerance + rounding)
    assert found.outcome is TransportOutcome.CONVERGED
    assert found.upper - found.lower <= tolerance * found.value


@MANY
@given(case=cases(), limit=st.integers(1, 4))
def test_also_an_unfinished_solve_is_certified(case: Case, limit: int) -> None:
    """Stopped by the limit of iterations, that is the outcome; the interval still contains the exact value."""
    exact = case.exact()
    found = case.solve(relative_tolerance=1e-9, largest_iteration_count=limit)
    assert found.iterations <= limit
    assert found.lower - DOUBLE_ROUNDING * exact <= exact <= found.upper + DOUBLE_ROUNDING * exact
    assert found.lower <= found.value <= found.upper
    if found.outcome is TransportOutcome.MAX_STEPS:
        assert found.iterations == limit
        assert found.upper - found.lower > 1e-9 * found.value


def interval_of(case: Case, seed: int, roughness: float) -> tuple[float, float]:
    """Certified bounds from a random potential in double precision; zeros if nothing percolates."""
    sides = [case.periodic_sides and axis != case.axis for axis in range(3)]
    volume = read_volume(
        case.labels,
        case.conductivities,
        axis=case.axis,
        voxel_size=case.voxel_size,
        periodic=(sides[0], sides[1], sides[2]),
    )
    problem = prepare(volume, 1e-9)
    if problem is None:
        return 0.0, 0.0
    deviation = roughness * np.random.default_rng(seed).normal(size=volume.phase.shape)
    deviation[problem.pieces.of_voxel == problem.pieces.count] = 0
    wrap(deviation, volume.periodic)
    spare = np.zeros_like(deviation)
    lower, upper = certified_interval(
        problem.operator, problem.pieces, problem.levels, deviation, ALONG_FIRST_AXIS, spare
    )
    scale = volume.scale * volume.shape[0] / (volume.shape[1] * volume.shape[2])
    return scale * lower, scale * upper


SEEDS = st.integers(0, 2**32 - 1)


@MANY
@given(case=cases(), seed=SEEDS, roughness=st.sampled_from([0.0, 1e-3, 1.0, 1e3]))
def test_any_potential_gives_a_true_interval(case: Case, seed: int, roughness: float) -> None:
    """The bounds are a proof, not an estimate: they hold for a potential that is nowhere near the solution."""
    exact, (lower, upper) = case.exact(), interval_of(case, seed, roughness)
    rounding = DOUBLE_ROUNDING * max(exact, upper) + 1e-14 * roughness**2  # of what differs and is squared
    assert lower - rounding <= exact <= upper + rounding


def alternating(case: Case) -> Case:
    """The case with other labels, no two neighbours alike: each voxel is a piece of its own."""
    parity = np.indices(case.labels.shape).sum(axis=0) % 2
    labels = np.where(case.labels % 3 == 0, 0, 1 + 2 * (case.labels % 2) + parity).astype(np.uint8)
    return replace(case, labels=labels, conductivities={0: 0.0, 1: 1.0, 2: 3.0, 3: 7.0, 4: 0.5})


@MANY
@given(case=cases(largest=4).map(alternating), seed=SEEDS, roughness=st.sampled_from([0.0, 1.0]))
def test_where_each_voxel_is_a_piece_the_interval_closes(case: Case, seed: int, roughness: float) -> None:
    """With no two neighbours alike the graph of pieces is the whole problem: both bounds are the exact value.

    So a bound that is wrong by a little cannot hide behind one that is not sharp.
    """
    exact = case.exact()
    assert interval_of(case, seed, roughness) == pytest.approx((exact, exact), rel=1e-8)


@FEW
@given(length=st.integers(1, 4), seed=SEEDS, roughness=st.sampled_from([1e-3, 1.0]))
def test_inside_a_piece_the_flux_is_balanced(length: int, seed: int, roughness: float) -> None:
    """In a chain of n voxels, one piece, the bound is that of the one flux there can be: 2 J - n J^2 (Thomson).

    What enters and leaves at the ends is averaged: J = 1 / n + first - last deviation from the ramp.
    """
    chain = Case(np.ones((length, 1, 1), np.uint8), {1: 1.0}, 0, (1.0, 1.0, 1.0), False)
    deviation = roughness * np.random.default_rng(seed).normal(size=(length + 2, 3, 3))[1:-1, 1, 1]
    flux = 1 / length + deviation[0] - deviation[-1]
    lower, upper = interval_of(chain, seed, roughness)
    assert lower == pytest.approx(length * (2 * flux - length * flux**2), rel=1e-9, abs=1e-9)
    assert upper >= 1 - 1e-12


@MANY
@given(case=cases(largest=9).map(alternating), seed=SEEDS)
def test_what_the_graph_leaves_is_balanced_too(case: Case, seed: int) -> None:
    """Of more pieces than are solved directly, the rest is carried to the ends: sharp bounds, and on the right side."""
    exact, (lower, upper) = case.exact(), interval_of(case, seed, 1.0)
    rounding = DOUBLE_ROUNDING * max(exact, upper)
    assert lower - rounding <= exact <= upper + rounding


@FEW
@given(case=cases(insulating=True))
def test_it_percolates_where_scipy_finds_a_cluster(case: Case) -> None:
    """With closed sides something flows exactly if a cluster of conducting voxels touches both ends."""
    clusters, _ = label(np.vectorize(case.conductivities.__getitem__, otypes=[float])(case.labels) > 0)
    low, high = (np.take(clusters, end, case.axis) for end in (0, -1))
    spans = (np.intersect1d(low, high) > 0).any()
    found = case.solve(periodic_sides=False)
    assert (found.outcome is not TransportOutcome.NOT_PERCOLATING) == spans
    assert (found.lower > 0) == spans


@MANY
@given(case=cases(largest=12))
def test_it_lies_between_closed_lines_and_shorted_layers(case: Case) -> None:
    """Cutting lateral faces lowers the conductance and shorting layers raises it; the means of Wiener are further out.

    Both hold for the discrete problem itself: harmonic mean <= lines alone <= value <= layers at one potential each <=
    arithmetic mean.
    """
    sigma = np.moveaxis(np.vectorize(case.conductivities.__getitem__, otypes=[float])(case.labels), case.axis, 0)
    with np.errstate(divide="ignore"):
        lines = 1 / np.mean(1 / sigma, axis=0)
        between = np.sum(2 / (1 / sigma[1:] + 1 / sigma[:-1]), axis=(1, 2))
        ends = 2 * np.sum(sigma[[0, -1]], axis=(1, 2))
        resistance = np.sum(1 / between) + np.sum(1 / ends)
        harmonic = 1 / np.mean(1 / sigma)
    shorted = len(sigma) / resistance / sigma[0].size
    found = case.solve()
    rounding = 1 + SINGLE_ROUNDING
    assert harmonic <= lines.mean() * rounding
    assert lines.mean() <= found.upper * rounding
    assert found.lower <= shorted * rounding
    assert shorted <= sigma.mean() * rounding


@FEW
@given(case=cases(), factor=st.floats(1e-9, 1e9), length=st.floats(1e-9, 1e9))
def test_units_do_not_matter(case: Case, factor: float, length: float) -> None:
    """Conductivities in another unit scale the result; lengths in another unit change nothing."""
    found, rounding = case.solve(), 1e-5  # rounding differs, and may move the step at which the solve stops
    scaled = {given: factor * value for given, value in case.conductivities.items()}
    other = case.solve(conductivities=scaled, voxel_size=tuple(length * size for size in case.voxel_size))
    assert other.outcome is found.outcome
    if found.iterations == other.iterations:
        assert other.value == pytest.approx(factor * found.value, rel=rounding)
    assert other.lower <= factor * found.upper * (1 + rounding)
    assert other.upper >= factor * found.lower * (1 - rounding)


@FEW
@given(case=cases(), power=st.integers(-60, 60))
def test_powers_of_two_scale_to_the_last_bit(case: Case, power: int) -> None:
    """A factor that a binary number takes without rounding comes out as it went in."""
    scaled = {given: value * 2.0**power for given, value in case.conductivities.items()}
    found, other = case.solve(), case.solve(conductivities=scaled)
    assert (other.value, other.lower, other.upper) == tuple(
        2.0**power * value for value in (found.value, found.lower, found.upper)
    )
    assert other.iterations == found.iterations


@FEW
@given(case=cases(), order=st.permutations(range(3)))
def test_turning_the_volume_turns_the_axis(case: Case, order: list[int]) -> None:
    """The value along an axis stays with the axis when the volume is transposed."""
    turned = case.solve(
        labels=case.labels.transpose(order),
        axis=order.index(case.axis),
        voxel_size=tuple(case.voxel_size[axis] for axis in order),
        relative_tolerance=1e-9,
    )
    assert turned.value == pytest.approx(case.solve(relative_tolerance=1e-9).value, rel=2e-9)


@FEW
@given(case=cases(), axis=st.sampled_from([0, 1, 2]))
def test_mirroring_changes_nothing(case: Case, axis: int) -> None:
    """Neither the sign of the drive nor that of a lateral axis matters."""
    mirrored = case.solve(labels=np.flip(case.labels, axis), relative_tolerance=1e-9)
    assert mirrored.value == pytest.approx(case.solve(relative_tolerance=1e-9).value, rel=2e-9)


@FEW
@given(case=cases(), shift=st.tuples(*[st.integers(0, 8)] * 3))
def test_periodic_sides_have_no_origin(case: Case, shift: tuple[int, int, int]) -> None:
    """Where sides are joined, the volume may be cut open anywhere."""
    lateral = [axis for axis in range(3) if axis != case.axis]
    rolled = np.roll(case.labels, [shift[axis] for axis in lateral], lateral)
    found = case.solve(periodic_sides=True, relative_tolerance=1e-9)
    moved = case.solve(labels=rolled, periodic_sides=True, relative_tolerance=1e-9)
    assert moved.outcome is found.outcome
    assert moved.value == pytest.approx(found.value, rel=2e-9)


@FEW
@given(case=cases(largest=5))
def test_periodic_sides_are_closed_sides_for_mirrored_media(case: Case) -> None:
    """Across a plane of symmetry nothing flows, joined or closed."""
    labels = case.labels
    for axis in range(3):
        if axis != case.axis:
            labels = np.concatenate([labels, np.flip(labels, axis)], axis)
    closed = case.solve(labels=labels, periodic_sides=False, relative_tolerance=1e-9)
    joined = case.solve(labels=labels, periodic_sides=True, relative_tolerance=1e-9)
    assert joined.outcome is closed.outcome
    assert joined.value == pytest.approx(closed.value, rel=2e-9)


@FEW
@given(case=cases(), position=st.integers(0, 4), factor=st.floats(1, 100))
def test_a_better_conductor_never_conducts_worse(case: Case, position: int, factor: float) -> None:
    """Raising the conductivity of one phase does not lower the effective one (Rayleigh)."""
    raised = case.conductivities | {position: factor * case.conductivities[position]}
    assert case.solve(conductivities=raised).upper >= case.solve().lower * (1 - SINGLE_ROUNDING)
