"""The pieces of blocks and the graph of them, against scipy's labels and a matrix assembled by hand."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
import pytest
from scipy.ndimage import label

from ragone.pipelines.characterise.kernel.bits import WORD, around, count_bits, down, lowest_bit, up
from ragone.pipelines.characterise.kernel.blocks import Pieces, find_pieces
from ragone.pipelines.characterise.kernel.bounds import _balance_graph
from ragone.pipelines.characterise.kernel.cycle import WORK_ROWS, solve_coarse
from ragone.pipelines.characterise.kernel.graph import Graph, build_levels
from ragone.pipelines.characterise.kernel.volume import Volume, read_volume

Bits = npt.NDArray[np.bool_]

SHAPES = [(4, 4, 4), (1, 1, 1), (5, 9, 13), (8, 3, 17), (2, 16, 7)]


@numba.njit
def _moved(words: npt.NDArray[np.uint64], axis: int, out: npt.NDArray[np.uint64]) -> None:
    for place in range(len(words)):
        out[0, place], out[1, place] = up(words[place], axis), down(words[place], axis)
        out[2, place] = around(words[place])
        out[3, place], out[4, place] = count_bits(words[place]), lowest_bit(words[place])


def to_block(word: int) -> Bits:
    """The voxels of a word, bit 16 i + 4 j + k."""
    return np.array([word >> bit & 1 for bit in range(64)], bool).reshape(4, 4, 4)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_bits_move_as_voxels_do(axis: int) -> None:
    """Shifts of a word are shifts of its 4 x 4 x 4 voxels, nothing wraps; neighbours, counts and positions likewise."""
    words = np.concatenate(
        [np.random.default_rng(axis).integers(1, 2**64, 50, dtype=np.uint64), WORD(1) << np.arange(64, dtype=np.uint64)]
    )
    out = np.empty((5, len(words)), np.uint64)
    _moved(words, axis, out)
    for place, word in enumerate(words.tolist()):
        block = to_block(word)
        padded = np.pad(block, 1)
        higher = np.roll(padded, 1, axis)[1:-1, 1:-1, 1:-1]
        lower = np.roll(padded, -1, axis)[1:-1, 1:-1, 1:-1]
        near = block.copy()
        for a in range(3):
            for step in (1, -1):
                near |= np.roll(padded, step, a)[1:-1, 1:-1, 1:-1]
        assert np.array_equal(to_block(int(out[0, place])), higher)
        assert np.array_equal(to_block(int(out[1, place])), lower)
        assert np.array_equal(to_block(int(out[2, place])), near)
        assert out[3, place] == block.sum()
        assert out[4, place] == np.flatnonzero(block)[0]


def made(
    shape: tuple[int, int, int], seed: int, *, periodic: tuple[bool, bool, bool] = (False, False, False)
) -> Volume:
    """A random volume of three conducting phases and an insulator, with voxels of three different edges."""
    labels = np.random.default_rng(seed).integers(0, 4, shape).astype(np.uint8)
    return read_volume(labels, {0: 0.0, 1: 1.0, 2: 5.0, 3: 0.2}, axis=0, voxel_size=(1.0, 2.0, 0.7), periodic=periodic)


def laplacian(volume: Volume, pieces: Pieces) -> npt.NDArray[np.float64]:
    """Of the graph of pieces, from the voxels: faces between different pieces, one by one."""
    matrix = np.diag(pieces.ground)
    of_voxel, phase = (field[1:-1, 1:-1, 1:-1] for field in (pieces.of_voxel, volume.phase))
    pairs = volume.pair_conductances()
    for voxel in np.ndindex(*volume.shape):
        for axis in range(3):
            beside = list(voxel)
            beside[axis] += 1
            if beside[axis] == volume.shape[axis]:
                if not volume.periodic[axis]:
                    continue
                beside[axis] = 0
            one, other = of_voxel[voxel], of_voxel[tuple(beside)]
            if one == other or pieces.count in (one, other):
                continue
            conductance = volume.weights[axis] * pairs[phase[voxel], phase[tuple(beside)]]
            matrix[[one, other], [one, other]] += conductance
            matrix[[one, other], [other, one]] -= conductance
    return matrix


def dense(graph: Graph) -> npt.NDArray[np.float64]:
    """The operator of a level as a matrix."""
    matrix = np.diag(graph.diagonal())
    rows = np.repeat(np.arange(graph.count), np.diff(graph.start))
    np.subtract.at(matrix, (rows, graph.neighbours), graph.conductances)
    return matrix


def graph_of(pieces: Pieces) -> Graph:
    """The finest level."""
    return Graph(pieces.start, pieces.neighbours, pieces.conductances, pieces.ground)


@pytest.mark.parametrize("shape", SHAPES)
def test_pieces_are_the_connected_parts_of_one_phase_in_a_block(shape: tuple[int, int, int]) -> None:
    """Scipy finds the same parts in each block, of the clusters that span the volume; the rest is made insulating."""
    volume = made(shape, seed=4)
    conducts = volume.phase[1:-1, 1:-1, 1:-1] > 0
    clusters, _ = label(conducts)
    spanning = np.isin(clusters, np.setdiff1d(np.intersect1d(clusters[0], clusters[-1]), [0]))
    before = volume.phase[1:-1, 1:-1, 1:-1].copy()
    pieces = find_pieces(volume)
    phase, of_voxel = volume.phase[1:-1, 1:-1, 1:-1], pieces.of_voxel[1:-1, 1:-1, 1:-1]
    assert np.array_equal(phase, np.where(spanning, before, 0))
    assert np.array_equal(of_voxel < pieces.count, spanning)
    expected = 0
    for low in np.ndindex(*(-(-n // 4) for n in shape)):
        block = tuple(slice(4 * n, 4 * n + 4) for n in low)
        for kind in range(1, 4):
            parts, count = label(phase[block] == kind)
            expected += count
            for part in range(1, count + 1):
                numbers = np.unique(of_voxel[block][parts == part])
                assert len(numbers) == 1
                assert np.sum(of_voxel == numbers[0]) == np.sum(parts == part)
                assert pieces.phases[numbers[0]] == kind
    assert expected == pieces.count


@pytest.mark.parametrize("periodic", [(False, False, False), (False, True, True), (True, True, True)])
@pytest.mark.parametrize("shape", SHAPES)
def test_conductances_between_pieces_are_those_of_their_faces(
    shape: tuple[int, int, int], periodic: tuple[bool, bool, bool]
) -> None:
    """Counted bit by bit or face by face, between any two pieces and to the ends, each neighbour once."""
    volume = made(shape, seed=7, periodic=periodic)
    pieces = find_pieces(volume)
    assert np.allclose(dense(graph_of(pieces)), laplacian(volume, pieces), rtol=1e-13, atol=1e-13)
    for piece in range(pieces.count):
        beside = pieces.neighbours[pieces.start[piece] : pieces.start[piece + 1]]
        assert len(set(beside.tolist())) == len(beside)
    ends = np.zeros(pieces.count + 1)
    if not periodic[0]:
        own = 2 * volume.weights[0] * np.concatenate([[0], volume.conductivities])
        for layer in (1, -2):
            np.add.at(ends, pieces.of_voxel[layer], own[volume.phase[layer]])
    assert np.allclose(pieces.ground, ends[:-1], rtol=1e-13)


def test_each_level_is_the_sum_of_the_one_before() -> None:
    """Conductances between parents are those between their children, added up (Galerkin); the last is inverted."""
    volume = made((24, 20, 16), seed=1)
    finest = graph_of(find_pieces(volume))
    levels = build_levels(finest, np.float64)
    assert len(levels.offsets) > 3
    matrix = dense(finest)
    for level in range(len(levels.offsets) - 1):
        low, high = levels.offsets[level : level + 2]
        found = np.diag(levels.diagonal[low:high])
        for column in range(len(levels.neighbours)):
            place = levels.neighbours[column, low:high] - low
            np.subtract.at(found, (np.arange(high - low), place), levels.conductances[column, low:high])
        more = slice(levels.more_offsets[level], levels.more_offsets[level + 1])
        edges = levels.more_nodes[more] - low, levels.more_neighbours[more] - low
        np.subtract.at(found, edges, levels.more_conductances[more])
        assert np.allclose(found, matrix, rtol=1e-12, atol=1e-12)
        if level < len(levels.offsets) - 2:
            parent = levels.parent[low:high] - high
            gather = np.zeros((levels.offsets[level + 2] - high, high - low))
            gather[parent, np.arange(high - low)] = 1
            assert np.all(gather.sum(axis=1) > 0)
            matrix = gather @ matrix @ gather.T
    assert np.allclose(levels.inverse @ matrix, np.eye(len(matrix)), atol=1e-8)


@pytest.mark.parametrize("contrast", [1.0, 1e3, 1e5])
def test_a_cycle_solves_most_of_the_graph(contrast: float) -> None:
    """One cycle leaves less than half of the error, in the norm of energy, whatever the contrast and the right side."""
    labels = np.random.default_rng(2).integers(0, 3, (24, 24, 24)).astype(np.uint8)
    volume = read_volume(
        labels, {0: 0.0, 1: 1.0, 2: contrast}, axis=0, voxel_size=(1.0, 1.0, 1.0), periodic=(False, False, False)
    )
    graph = graph_of(find_pieces(volume))
    levels, matrix = build_levels(graph, np.float64), dense(graph)
    work = np.zeros((WORK_ROWS, int(levels.offsets[-1])))
    for seed in range(4):
        exact = np.random.default_rng(seed).normal(size=graph.count)
        left = exact - solve_coarse(levels, matrix @ exact, work)
        assert left @ matrix @ left < 0.25 * (exact @ matrix @ exact)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_enters_the_pieces_is_carried_to_the_ends(seed: int) -> None:
    """The correction along the edges and to the ends balances any sources exactly, the same from either side."""
    pieces = find_pieces(made((16, 20, 12), seed))
    graph = graph_of(pieces)
    sources = np.random.default_rng(seed).normal(size=graph.count)
    to_ends, drives, _ = _balance_graph(pieces, build_levels(graph, np.float64), sources.copy())
    rows = np.repeat(np.arange(graph.count), np.diff(graph.start))
    flux = np.zeros((graph.count, graph.count))
    flux[rows, graph.neighbours] = graph.conductances * drives
    assert np.allclose(flux, -flux.T, rtol=0, atol=1e-10)
    assert np.allclose(flux.sum(axis=1) + graph.ground * to_ends, sources, rtol=0, atol=1e-9)
