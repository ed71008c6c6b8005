"""How far is the effective conductivity from what the potential says? A certified interval, from a balanced flux.

Any potential gives an upper bound on the conductance of the discrete problem: its energy. Any flux without sources,
driven by the same ends, gives a lower one (Thomson's principle). From an approximate potential u the flux -g grad u is
balanced by a correction d that carries off what is left of the equation in each voxel. For that flux the distance of
the two bounds is the sum over the faces of d^2 / g, whatever d: so any d that balances is a proof, and a short one is
a good proof.

The correction is built in two steps. Between pieces it is that of a potential on the graph of pieces, found by
conjugate gradients, plus a flow along shortest ways to the ends that balances what these leave. It is spread over the
faces between two pieces in proportion to their conductances. Inside a piece what then remains is passed from the
outside in towards a root, layer by layer, shared by conductance: it sums to zero over the piece. The potential of the
pieces also improves the upper bound, at no cost.

Sums are in double precision; the interval holds for the discrete problem up to rounding, about 1e-6 of the value with
single-precision fields.

References
----------
Prager and Synge 1947, Q. Appl. Math. 5, 241, doi 10.1090/qam/25902 (two-sided bounds). Doyle and Snell 1984, Random
Walks and Electric Networks, section 1.3.5 (Thomson's principle for resistor networks).
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import prange

from pipelines.characterise.kernel.blocks import Pieces
from pipelines.characterise.kernel.cycle import WORK_ROWS, solve_coarse
from pipelines.characterise.kernel.graph import Levels
from pipelines.characterise.kernel.operator import Operator, residual
from pipelines.characterise.kernel.sweeps import Field

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]

_U = np.uint64
_NOT_LAST = np.array([0x0000FFFFFFFFFFFF, 0x0FFF0FFF0FFF0FFF, 0x7777777777777777], dtype=_U)
_SHIFT = np.array([16, 4, 1], dtype=_U)
_CENTRE = _U(0x0000066006600000)  # the inner 2 x 2 x 2 voxels of a block
_GRAPH_STEPS = 3  # of conjugate gradients on the graph


def certified_interval(
    operator: Operator, pieces: Pieces, levels: Levels, deviation: Field, axis: int, spare: Field
) -> tuple[float, float]:
    """Lower and upper bound on the energy of the solution, for a unit drop across the volume.

    Parameters
    ----------
    operator, pieces, levels
        Of the volume.
    deviation
        Of the potential from the ramp, padded shape.
    axis
        Of the ramp.
    spare
        A field of padded shape; overwritten.
    """
    energy = residual(operator, deviation, axis, spare)
    sources = np.zeros(pieces.count)
    _gather(spare, pieces.first, pieces.masks, _blocks(operator), sources)
    potential, drops, gained = _balance_graph(pieces, levels, sources)
    sums = np.zeros(_blocks(operator)[0])
    pairs = operator.volume.pair_conductances()
    _balance_voxels(
        spare,
        operator.volume.phase,
        pieces.of_voxel,
        pieces.count,
        pieces.first,
        pieces.masks,
        pieces.phases,
        pieces.start,
        pieces.neighbours,
        drops,
        potential,
        pairs,
        operator.volume.weights,
        _blocks(operator),
        not operator.volume.periodic[0],
        sums,
    )
    return energy - math.fsum(sums), energy - gained


def _blocks(operator: Operator) -> npt.NDArray[np.int64]:
    return np.array([-(-length // 4) for length in operator.volume.shape])


def _balance_graph(pieces: Pieces, levels: Levels, sources: Floats) -> tuple[Floats, Floats, float]:
    """Drive of the correction towards the ends from each piece and along each edge; and what the energy gains.

    The correction along an edge is its conductance times its drive.
    """
    diagonal = pieces.ground + _row_sums(pieces.start, pieces.conductances)
    work = np.zeros((WORK_ROWS, int(levels.offsets[-1])), dtype=levels.diagonal.dtype)
    potential, left, direction = np.zeros_like(sources), sources.copy(), np.zeros_like(sources)
    image = np.empty_like(sources)
    previous = 0.0
    for _ in range(_GRAPH_STEPS):
        step = solve_coarse(levels, left, work).astype(np.float64)
        energy = float(np.sum(step * left))
        if not energy > 0:
            break
        direction = step + (energy / previous if previous else 0.0) * direction
        previous = energy
        _graph_product(pieces.start, pieces.neighbours, pieces.conductances, diagonal, direction, image)
        length = energy / float(np.sum(direction * image))
        potential += length * direction
        left -= length * image
    _graph_product(pieces.start, pieces.neighbours, pieces.conductances, diagonal, potential, image)
    gained = float(np.sum(potential * (2 * sources - image)))
    to_ends = potential.copy()
    drops = np.empty(len(pieces.neighbours))
    _drain(
        pieces.start,
        pieces.neighbours,
        pieces.conductances,
        pieces.ground,
        sources - image,
        potential,
        to_ends,
        drops,
    )
    return to_ends, drops, gained


@numba.njit(cache=True)
def _row_sums(start: Integers, values: Floats) -> Floats:
    sums = np.zeros(len(start) - 1)
    for row in range(len(sums)):
        for place in range(start[row], start[row + 1]):
            sums[row] += values[place]
    return sums


@numba.njit(cache=True)
def _graph_product(
    start: Integers, neighbours: Integers, conductances: Floats, diagonal: Floats, x: Floats, out: Floats
) -> None:
    for node in range(len(diagonal)):
        total = diagonal[node] * x[node]
        for place in range(start[node], start[node + 1]):
            total -= conductances[place] * x[neighbours[place]]
        out[node] = total


@numba.njit(cache=True)
def _drain(
    start: Integers,
    neighbours: Integers,
    conductances: Floats,
    ground: Floats,
    left: Floats,
    potential: Floats,
    to_ends: Floats,
    drops: Floats,
) -> None:
    """Drives of the potential, plus those of a flow that carries `left` to the ends along shortest ways."""
    count = len(ground)
    distance = np.full(count, -1, dtype=np.int32)
    order = np.empty(count, dtype=np.int32)
    known = 0
    for node in range(count):
        if ground[node] > 0:
            distance[node], order[known] = 0, node
            known += 1
    done, seed = 0, 0
    while known < count:  # where nothing leads to an end, each cluster has a root of its own
        if done == known:
            while distance[seed] >= 0:
                seed += 1
            distance[seed], order[known] = 0, seed
            known += 1
        node = order[done]
        done += 1
        for place in range(start[node], start[node + 1]):
            other = neighbours[place]
            if distance[other] < 0:
                distance[other], order[known] = distance[node] + 1, other
                known += 1
    for node in range(count):
        for place in range(start[node], start[node + 1]):
            drops[place] = potential[node] - potential[neighbours[place]]
    for place_in_order in range(count - 1, -1, -1):
        node = order[place_in_order]
        if distance[node] == 0:
            if ground[node] > 0:
                to_ends[node] += left[node] / ground[node]
            continue
        ways = 0.0
        for place in range(start[node], start[node + 1]):
            if distance[neighbours[place]] < distance[node]:
                ways += conductances[place]
        drive = left[node] / ways
        for place in range(start[node], start[node + 1]):
            other = neighbours[place]
            if distance[other] < distance[node]:
                left[other] += drive * conductances[place]
                drops[place] += drive
                for back in range(start[other], start[other + 1]):
                    if neighbours[back] == node:
                        drops[back] -= drive


@numba.njit(cache=True, parallel=True)
def _gather(
    values: Field, first: Integers, masks: npt.NDArray[np.uint64], blocks: npt.NDArray[np.int64], out: Floats
) -> None:
    """Sum of a field over the voxels of each piece, in double precision."""
    for i in prange(blocks[0]):
        for j in range(blocks[1]):
            for k in range(blocks[2]):
                here = (i * blocks[1] + j) * blocks[2] + k
                for piece in range(first[here], first[here + 1]):
                    total = 0.0
                    for bit in range(64):
                        if masks[piece] >> _U(bit) & _U(1):
                            total += values[4 * i + 1 + (bit >> 4), 4 * j + 1 + (bit >> 2 & 3), 4 * k + 1 + (bit & 3)]
                    out[piece] = total


@numba.njit(cache=True, parallel=True)
def _balance_voxels(
    left: Field,
    phase: npt.NDArray[np.uint8],
    of_voxel: Integers,
    none: int,
    first: Integers,
    masks: npt.NDArray[np.uint64],
    phases: npt.NDArray[np.uint8],
    start: Integers,
    neighbours: Integers,
    drops: Floats,
    to_ends: Floats,
    pairs: Floats,
    weights: Floats,
    blocks: npt.NDArray[np.int64],
    ended: bool,
    sums: Floats,
) -> None:
    """Sum over all faces of the squared correction over the conductance, for each layer of blocks.

    A face between two pieces counts with both, half each.
    """
    layers = phase.shape[0] - 2
    for i in prange(blocks[0]):
        remains = np.empty(64)
        shells = np.empty(64, dtype=np.uint64)
        total = 0.0
        for j in range(blocks[1]):
            for k in range(blocks[2]):
                here = (i * blocks[1] + j) * blocks[2] + k
                for piece in range(first[here], first[here + 1]):
                    mask, own = masks[piece], pairs[phases[piece]]
                    still = mask
                    while still:
                        bit = _lowest(still)
                        still &= still - _U(1)
                        u, v, w = 4 * i + 1 + (bit >> 4), 4 * j + 1 + (bit >> 2 & 3), 4 * k + 1 + (bit & 3)
                        remains[bit] = left[u, v, w]
                        if ended and (u == 1 or u == layers):
                            conductance = 2 * weights[0] * own[phases[piece]] * (int(u == 1) + int(u == layers))
                            remains[bit] -= conductance * to_ends[piece]
                            total += conductance * to_ends[piece] ** 2
                    for axis in range(3):
                        for side in range(2):
                            if side == 0:
                                still = mask & ~((mask & _NOT_LAST[axis]) << _SHIFT[axis])
                            else:
                                still = mask & ~((mask >> _SHIFT[axis]) & _NOT_LAST[axis])
                            while still:
                                bit = _lowest(still)
                                still &= still - _U(1)
                                u = 4 * i + 1 + (bit >> 4) + (2 * side - 1) * int(axis == 0)
                                v = 4 * j + 1 + (bit >> 2 & 3) + (2 * side - 1) * int(axis == 1)
                                w = 4 * k + 1 + (bit & 3) + (2 * side - 1) * int(axis == 2)
                                other = of_voxel[u, v, w]
                                if other == piece or other == none:
                                    continue
                                place = start[piece]
                                while neighbours[place] != other:
                                    place += 1
                                conductance = weights[axis] * own[phase[u, v, w]]
                                remains[bit] -= conductance * drops[place]
                                total += conductance * drops[place] ** 2 / 2
                    total += _collect(mask, remains, shells, weights) / own[phases[piece]]
        sums[i] = total


@numba.njit(cache=True, inline="always")
def _lowest(word: np.uint64) -> np.int64:
    """Position of the lowest bit."""
    word = (word & (~word + _U(1))) - _U(1)
    word = word - ((word >> _U(1)) & _U(0x5555555555555555))
    word = (word & _U(0x3333333333333333)) + ((word >> _U(2)) & _U(0x3333333333333333))
    word = (word + (word >> _U(4))) & _U(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * _U(0x0101010101010101)) >> _U(56))


@numba.njit(cache=True)
def _collect(mask: np.uint64, remains: Floats, shells: npt.NDArray[np.uint64], weights: Floats) -> float:
    """Pass what remains in the voxels of a piece on to its root, shell by shell; returns squared flux over weight."""
    seed = mask & _CENTRE if mask & _CENTRE else mask
    shells[0] = seed & (~seed + _U(1))
    reached, count = shells[0], 1
    while reached != mask:
        grown = reached
        for axis in range(3):
            grown |= (reached & _NOT_LAST[axis]) << _SHIFT[axis]
            grown |= (reached >> _SHIFT[axis]) & _NOT_LAST[axis]
        shells[count] = grown & mask & ~reached
        reached |= shells[count]
        count += 1
    total = 0.0
    for shell in range(count - 1, 0, -1):
        still, inner = shells[shell], shells[shell - 1]
        while still:
            bit = _lowest(still)
            still &= still - _U(1)
            here = _U(1) << _U(bit)
            ways = 0.0
            for axis in range(3):
                for side in range(2):
                    there = (here >> _SHIFT[axis]) & _NOT_LAST[axis] if side == 0 else (here & _NOT_LAST[axis]) << _SHIFT[axis]
                    if there & inner:
                        ways += weights[axis]
            drive = remains[bit] / ways
            total += drive * remains[bit]
            for axis in range(3):
                step = np.int64(_SHIFT[axis])
                for side in range(2):
                    there = (here >> _SHIFT[axis]) & _NOT_LAST[axis] if side == 0 else (here & _NOT_LAST[axis]) << _SHIFT[axis]
                    if there & inner:
                        remains[bit - step if side == 0 else bit + step] += drive * weights[axis]
    return total
