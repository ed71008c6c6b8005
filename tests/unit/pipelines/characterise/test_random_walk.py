"""Random walkers: where they may go, when their growth is settled, and what is refused."""

from __future__ import annotations

import math
import os

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise import walk_randomly, walkers
from ragone.pipelines.characterise.errors import EmptyPhaseError
from ragone.pipelines.characterise.squared_displacement import final_growth, squared_displacement
from ragone.pipelines.characterise.walkers import displacements
from ragone.schemas import Microstructure, RandomWalk, TransportOutcome, compare
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.errors import BoundsError, UnknownFieldError


def of_pore(pore: npt.ArrayLike) -> Microstructure:
    """A volume with pore where given, else active material."""
    return Microstructure(
        labels=np.where(pore, 0, 1).astype(np.uint8),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="made for a test",
        licence="own",
    )


def noise(shape: tuple[int, int, int] = (6, 5, 7), fraction: float = 0.8) -> npt.NDArray[np.bool_]:
    """Voxels drawn independently."""
    return np.asarray(np.random.default_rng(2).random(shape) < fraction)


def walked(pore: npt.ArrayLike, **parameters: int) -> RandomWalk:
    """The stage's record, for few walkers unless told otherwise."""
    return walk_randomly(of_pore(pore), **{"walker_count": 200, "seed": 4, **parameters})  # type: ignore[arg-type]


def test_equal_seeds_give_equal_records() -> None:
    """The record depends on the seed and on nothing else."""
    assert compare(walked(noise()), walked(noise())) == ()
    assert compare(walked(noise()), walked(noise(), seed=5)) != ()


@pytest.mark.parametrize(("threads", "chunk"), [(1, 64), (5, 64), (2, 7), (None, 1000)])
def test_threads_and_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch, threads: int | None, chunk: int) -> None:
    """However the walkers are shared out among threads, each takes the same steps."""
    before = displacements(noise(), walker_count=150, record_count=4, steps_between=20, seed=1)
    monkeypatch.setattr(os, "cpu_count", lambda: threads)
    monkeypatch.setattr(walkers, "_CHUNK", chunk)
    after = displacements(noise(), walker_count=150, record_count=4, steps_between=20, seed=1)
    assert np.array_equal(before, after)


def test_walkers_take_one_step_at_a_time_along_one_axis() -> None:
    """Seen at every step, a walker has moved one voxel along one axis, or stayed before a wall."""
    tracks = displacements(noise(), walker_count=300, record_count=50, steps_between=1, seed=1)
    steps = np.abs(np.diff(tracks, axis=1)).sum(axis=0)
    assert tracks.shape == (3, 51, 300)
    assert not tracks[:, 0].any()
    assert set(np.unique(steps)) == {0, 1}


def test_directions_are_equally_likely() -> None:
    """Free walkers choose each of the six directions alike: chi-square over 3e5 first steps below its 99.9 % point."""
    first = displacements(np.ones((1, 1, 1), bool), walker_count=300_000, record_count=1, steps_between=1, seed=1)[:, 1]
    counts = np.array([np.sum(first[axis] == sign) for axis in range(3) for sign in (-1, 1)])
    assert counts.sum() == 300_000
    assert np.sum((counts - 50_000) ** 2 / 50_000) < 20.5


def test_starts_are_uniform_over_the_phase() -> None:
    """Of two closed rooms of one and three voxels, the larger gets three quarters of the walkers."""
    rooms = np.zeros((3, 5, 3), bool)
    rooms[1, 0, 1] = rooms[1, 2:, 1] = True
    rooms = np.pad(rooms, 1)  # no room touches a face
    tracks = displacements(rooms, walker_count=4000, record_count=1, steps_between=50, seed=1)
    reached = displacements(rooms, walker_count=4000, record_count=40, steps_between=5, seed=1)[1]
    roams = (reached != 0).any(axis=0)
    assert not tracks[[0, 2]].any()
    assert np.abs(tracks).max() == 2
    assert roams.mean() == pytest.approx(0.75, abs=4 * math.sqrt(0.75 * 0.25 / 4000))


def test_a_walker_meets_the_mirror_image_beyond_a_face() -> None:
    """A room of two voxels at a face is one of four with its image: walkers stay in those, and reach both ends."""
    room = np.zeros((5, 1, 1), bool)
    room[:2] = True
    track = displacements(room, walker_count=200, record_count=100, steps_between=5, seed=1)[0]
    reach = {(int(low), int(high)) for low, high in zip(track.min(axis=0), track.max(axis=0), strict=True)}
    assert reach == {(-2, 1), (-3, 0)}  # from the voxel at the face, and from the other


def test_the_squared_displacement_counts_all_pairs_of_times() -> None:
    """Walkers that move on evenly have the square of the distance at every lag; a single jump counts where it falls."""
    steady = np.outer(np.arange(9), [1, -2, 0]).astype(np.int32)
    jump = (np.arange(9) >= 4).astype(np.int32)[:, None]
    assert squared_displacement(steady, 3).tolist() == [9, 36, 0]
    assert squared_displacement(jump, 2).tolist() == [2 / 7]


def test_the_growth_of_a_free_walk_is_its_variance_per_interval() -> None:
    """Independent increments of variance 4: slope 4 within its standard error, from the lag where 4 t reaches 5^2."""
    steps = np.random.default_rng(3).normal(0, 200, (64, 2000)).astype(np.int32)
    track = np.concatenate([np.zeros((1, 2000), np.int32), np.cumsum(steps, axis=0, dtype=np.int32)])
    found = final_growth(track, edge=500)
    assert found.first_lag == 7
    assert found.settled
    assert found.slope == pytest.approx(4e4, abs=3 * found.standard_error)
    assert found.standard_error < 0.03 * 4e4


@pytest.mark.parametrize(("memory", "settles"), [(0.6, True), (0.95, False)])
def test_growth_that_still_falls_is_fitted_later(memory: float, settles: bool) -> None:
    """Jitter on top of a free walk bends the first lags: the fit moves on; if its memory is long, in vain."""
    rng = np.random.default_rng(4)
    free = np.cumsum(rng.normal(0, 100, (65, 20_000)), axis=0)
    jitter = rng.normal(0, 500, free.shape)  # stationary: its variance does not change with time
    for time in range(1, 65):
        jitter[time] = memory * jitter[time - 1] + math.sqrt(1 - memory**2) * jitter[time]
    found = final_growth((free + jitter).astype(np.int32), edge=100)
    assert found.first_lag > 2
    assert found.settled is settles
    assert (abs(found.slope - 1e4) < 3 * found.standard_error) is settles


def test_a_phase_that_does_not_span_is_an_outcome_per_axis() -> None:
    """A slab across axis 0 ends nowhere along the others: +inf along axis 0 alone, without a standard error."""
    pore = np.zeros((6, 6, 6), bool)
    pore[2] = True
    found = walked(pore)
    assert found.tortuosity_factor_axis_0 == math.inf
    assert found.tortuosity_factor_axis_0_standard_error is None
    assert found.outcome_axis_0 is TransportOutcome.NOT_PERCOLATING
    assert found.outcome_axis_1 is found.outcome_axis_2 is TransportOutcome.CONVERGED
    assert found.first_fitted_step_count[0] == 0
    assert found.first_fitted_step_count.all() == 0
    assert min(found.first_fitted_step_count[1:]) > 0


def test_a_cluster_that_touches_both_faces_only_through_edges_does_not_span() -> None:
    """Voxels that meet at an edge are not connected."""
    pore = np.zeros((2, 2, 1), bool)
    pore[0, 0] = pore[1, 1] = True
    found = walked(pore)
    assert found.outcome_axis_0 is found.outcome_axis_1 is TransportOutcome.NOT_PERCOLATING
    assert found.outcome_axis_2 is TransportOutcome.CONVERGED


def test_a_walk_too_short_reports_its_value_and_says_so() -> None:
    """Walkers that have not crossed the cell give the value so far, with that outcome."""
    found = walked(np.ones((40, 2, 2)), step_count=100)
    assert found.step_count == 64
    assert found.outcome_axis_0 is TransportOutcome.MAX_STEPS
    assert found.outcome_axis_1 is TransportOutcome.CONVERGED
    assert 0.5 < found.tortuosity_factor_axis_0 < 2


def test_another_phase_can_be_walked() -> None:
    """The phase named is the one that conducts, and its fraction is recorded."""
    found = walk_randomly(of_pore(~noise()), phase="active_material", walker_count=200, seed=4)
    same = walked(noise())
    assert found.phase == "active_material"
    assert found.phase_fraction == same.phase_fraction == noise().mean()
    assert found.tortuosity_factor_axis_0 == same.tortuosity_factor_axis_0


def test_phases_without_voxels_are_refused() -> None:
    """A phase unknown to the volume, or known but absent, has no walkers."""
    with pytest.raises(UnknownFieldError, match="no phase 'silver'"):
        walk_randomly(of_pore(noise()), phase="silver", seed=1)
    with pytest.raises(EmptyPhaseError, match=r"'carbon_binder'.*Choose a phase"):
        walk_randomly(of_pore(noise()), phase="carbon_binder", seed=1)


@pytest.mark.parametrize(
    ("name", "value"), [("walker_count", -1), ("walker_count", 1), ("step_count", -5), ("step_count", 63)]
)
def test_counts_out_of_range_are_refused(name: str, value: int) -> None:
    """One walker has no standard error, and fewer steps than records no track; the count and its bounds are named."""
    with pytest.raises(BoundsError, match=f"{name} = {value} .*outside"):
        walked(noise(), **{name: value})
