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

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.kernel.blocks import Pieces
from ragone.pipelines.characterise.kernel.cycle import WORK_ROWS, solve_coarse
from ragone.pipelines.characterise.kernel.graph import Levels
from ragone.pipelines.characterise.kernel.operator import Drive, Operator, residual
from ragone.pipelines.characterise.kernel.sweeps import Field
from ragone.pipelines.characterise.kernel.voxel_balance import balance_voxels, sum_over_pieces
from ragone.pipelines.compiled import compiled

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]

_GRAPH_STEPS = 12  # of conjugate gradients on the graph, at most
_GRAPH_ENERGY = 1e-3  # of what was left at first: the rest may take the shortest ways


def certified_interval(
    operator: Operator, pieces: Pieces, levels: Levels, deviation: Field, drive: Drive, spare: Field
) -> tuple[float, float]:
    """Lower and upper bound on the energy of the solution.

    Parameters
    ----------
    operator, pieces, levels
        Of the volume.
    deviation
        Of the potential from the ramp, padded shape.
    drive
        Drop of the ramp across the volume along each axis [-].
    spare
        A field of padded shape; overwritten.
    """
    energy = residual(operator, deviation, drive, spare)
    sources = np.zeros(pieces.count)
    sum_over_pieces(spare, pieces.first, pieces.masks, _blocks(operator), sources)
    potential, drops, gained = _balance_graph(pieces, levels, sources)
    sums = np.zeros(_blocks(operator)[0])
    volume = operator.volume
    balance_voxels(
        spare,
        pieces.first,
        pieces.masks,
        pieces.phases,
        pieces.start,
        pieces.neighbours,
        drops,
        potential,
        volume.pair_conductances(),
        volume.weights,
        None if volume.conductances is None else operator.faces,
        operator.ends,
        pieces.links,
        _blocks(operator),
        np.array(volume.shape),
        np.array(volume.periodic),
        sums,
    )
    return energy - math.fsum(sums), energy - gained


def _blocks(operator: Operator) -> npt.NDArray[np.int64]:
    return np.array([-(-length // 4) for length in operator.volume.shape])


def _balance_graph(pieces: Pieces, levels: Levels, sources: Floats) -> tuple[Floats, Floats, float]:
    """Drive of the correction towards the ends from each piece and along each edge; and what the energy gains.

    The correction along an edge is its conductance times its drive.
    """
    diagonal = pieces.graph().diagonal()
    work = np.zeros((WORK_ROWS, int(levels.offsets[-1])), dtype=levels.diagonal.dtype)
    potential, left, direction = np.zeros_like(sources), sources.copy(), np.zeros_like(sources)
    image = np.empty_like(sources)
    energies = [0.0]
    for _ in range(_GRAPH_STEPS):
        step = solve_coarse(levels, left, work).astype(np.float64)
        energy = float(np.sum(step * left))
        if not energy > _GRAPH_ENERGY * max(energies):
            break
        direction = step + (energy / energies[-1] if energies[-1] else 0.0) * direction
        energies.append(energy)
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


@compiled()
def _graph_product(
    start: Integers, neighbours: Integers, conductances: Floats, diagonal: Floats, x: Floats, out: Floats
) -> None:
    for node in range(len(diagonal)):
        total = diagonal[node] * x[node]
        for place in range(start[node], start[node + 1]):
            total -= conductances[place] * x[neighbours[place]]
        out[node] = total


@compiled()
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
