"""Which marker's basin does each voxel belong to? Watershed by flooding, from the highest values down.

Voxels are taken in the order of their value, the highest first, and those of one value in the order in which they were
reached; each gives its number to the neighbours (through faces) that have none yet. A voxel higher than the one that it
is reached from counts as high as that. What no marker reaches keeps none.

The front waits in levels of value, and is sorted exactly within the level that is taken: a heap of few entries instead
of one of the whole front. What the entries of that level are about to read is touched before, so that the memory
answers for all of them at once. Values are compared by their bits, which for numbers >= 0 sort as they do.

References
----------
Soille and Ansoult 1990, Signal Process. 20, 171, doi 10.1016/0165-1684(90)90127-K.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.geometry.labelled_volume import Counts, Floats, Mask
from ragone.pipelines.compiled import compiled

Numbers = npt.NDArray[np.int32]

_LEVELS = 1 << 16
_ROOM = 1 << 16  # entries of the front to begin with
_NONE = -1
_NEIGHBOURS = 6
_BITS, _TURN, _VOXEL, _NEXT = 0, 1, 2, 3  # of an entry: of the heap, or of the chain of a level
_LEVEL, _TURNS, _IN_HEAP, _IN_CHAINS, _FREE, _SEEDED, _TOUCHED = 0, 1, 2, 3, 4, 5, 6  # of the state


def flood(values: Floats, numbers: Numbers, mask: Mask) -> None:
    """Spread the numbers of the markers over the mask, in place.

    Parameters
    ----------
    values
        Shape (x, y, z), in C order, finite and >= 0: what is flooded from the highest value down.
    numbers
        Shape (x, y, z), in C order: > 0 in the markers, which lie in the mask; 0 elsewhere.
    mask
        Shape (x, y, z): where basins may be.
    """
    numbers[~mask] = _NONE
    scale = (_LEVELS - 1) / (float(values.max(initial=0.0)) or 1.0)
    heap, chains = np.empty((_ROOM, 3), np.int64), np.empty((_ROOM, 4), np.int64)
    levels, state = np.full(_LEVELS, _NONE), np.array([_LEVELS, 0, 0, 0, _NONE, 0, 0])
    while not _flood(values, values.view(np.int64), numbers, scale, heap, chains, levels, state):
        heap, chains = (np.concatenate([entries, np.empty_like(entries)]) for entries in (heap, chains))
    numbers[~mask] = 0


@compiled()
def _flood(
    values: Floats, bits: Counts, numbers: Numbers, scale: float,
    heap: Counts, chains: Counts, levels: Counts, state: Counts,
) -> bool:  # fmt: skip
    """Go on until all is flooded; False where the front needs more room."""
    shape, numbers, values, bits = numbers.shape, numbers.reshape(-1), values.reshape(-1), bits.reshape(-1)
    steps = np.array([-shape[1] * shape[2], -shape[2], -1, 1, shape[2], shape[1] * shape[2]])
    near, room = np.empty(_NEIGHBOURS, np.int64), len(heap) - _NEIGHBOURS
    while state[_SEEDED] < numbers.size and state[_IN_CHAINS] < room:
        voxel = state[_SEEDED]
        if numbers[voxel] > 0 and _unnumbered(voxel, numbers, shape, steps, near):
            _chain(int(values[voxel] * scale), bits[voxel], voxel, chains, levels, state)
        state[_SEEDED] += 1
    while state[_IN_HEAP] < room and state[_IN_CHAINS] < room:
        if state[_IN_HEAP] == 0 and not _take_level(values, numbers, steps, heap, chains, levels, state):
            return True
        reached = heap[0, _BITS]
        voxel = _pop(heap, state)
        for place in range(_unnumbered(voxel, numbers, shape, steps, near)):
            other = near[place]
            numbers[other] = numbers[voxel]
            level = int(values[other] * scale)
            if level >= state[_LEVEL]:
                state[_TURNS] += 1
                _push(min(bits[other], reached), state[_TURNS], other, heap, state)
            else:
                _chain(level, bits[other], other, chains, levels, state)
    return False


@compiled()
def _unnumbered(voxel: int, numbers: Numbers, shape: tuple[int, int, int], steps: Counts, near: Counts) -> int:
    """Put the neighbours without a number into `near`, those before the voxel first; how many there are."""
    x, rest = voxel // steps[5], voxel % steps[5]
    y, z = rest // steps[4], rest % steps[4]
    count = 0
    for side in range(_NEIGHBOURS):
        outside = (
            (side == 0 and x == 0)
            or (side == 1 and y == 0)
            or (side == 2 and z == 0)
            or (side == 3 and z == shape[2] - 1)
            or (side == 4 and y == shape[1] - 1)
            or (side == 5 and x == shape[0] - 1)
        )
        if not outside and numbers[voxel + steps[side]] == 0:
            near[count] = voxel + steps[side]
            count += 1
    return count


@compiled()
def _chain(level: int, bits: int, voxel: int, chains: Counts, levels: Counts, state: Counts) -> None:
    """Let a voxel wait in the chain of its level, in a place that was left or in a new one."""
    entry = state[_FREE]
    if entry == _NONE:
        entry = state[_IN_CHAINS]
        state[_IN_CHAINS] += 1
    else:
        state[_FREE] = chains[entry, _NEXT]
    state[_TURNS] += 1
    chains[entry, _BITS], chains[entry, _TURN], chains[entry, _VOXEL] = bits, state[_TURNS], voxel
    chains[entry, _NEXT] = levels[level]
    levels[level] = entry


@compiled()
def _take_level(
    values: Floats, numbers: Numbers, steps: Counts, heap: Counts, chains: Counts, levels: Counts, state: Counts
) -> bool:
    """Put all that waits in the next level below into the heap; False if nothing waits."""
    touched = 0.0
    while state[_IN_HEAP] == 0 and state[_LEVEL] > 0:
        state[_LEVEL] -= 1
        entry = levels[state[_LEVEL]]
        while entry != _NONE:
            voxel, following = chains[entry, _VOXEL], chains[entry, _NEXT]
            _push(chains[entry, _BITS], chains[entry, _TURN], voxel, heap, state)
            for step in steps:
                near = min(max(voxel + step, 0), values.size - 1)
                touched += values[near] + numbers[near]
            chains[entry, _NEXT], state[_FREE] = state[_FREE], entry
            entry = following
        levels[state[_LEVEL]] = _NONE
    state[_TOUCHED] = int(touched)  # so that the compiler reads it
    return bool(state[_IN_HEAP] > 0)


@compiled()
def _push(bits: int, turn: int, voxel: int, heap: Counts, state: Counts) -> None:
    at = state[_IN_HEAP]
    state[_IN_HEAP] += 1
    while at > 0:
        above = (at - 1) // 2
        if not _before(bits, turn, heap[above, _BITS], heap[above, _TURN]):
            break
        _put(heap[above, _BITS], heap[above, _TURN], heap[above, _VOXEL], heap, at)
        at = above
    _put(bits, turn, voxel, heap, at)


@compiled()
def _pop(heap: Counts, state: Counts) -> int:
    """Take the first entry out of the heap; its voxel."""
    state[_IN_HEAP] -= 1
    first, size = heap[0, _VOXEL], state[_IN_HEAP]
    bits, turn, voxel = heap[size, _BITS], heap[size, _TURN], heap[size, _VOXEL]
    at, below = 0, 1
    while below < size:
        if below + 1 < size and _before(
            heap[below + 1, _BITS], heap[below + 1, _TURN], heap[below, _BITS], heap[below, _TURN]
        ):
            below += 1
        if _before(bits, turn, heap[below, _BITS], heap[below, _TURN]):
            break
        _put(heap[below, _BITS], heap[below, _TURN], heap[below, _VOXEL], heap, at)
        at, below = below, 2 * below + 1
    _put(bits, turn, voxel, heap, at)
    return int(first)


@compiled()
def _put(bits: int, turn: int, voxel: int, heap: Counts, at: int) -> None:
    heap[at, _BITS], heap[at, _TURN], heap[at, _VOXEL] = bits, turn, voxel


@compiled()
def _before(bits: int, turn: int, other_bits: int, other_turn: int) -> bool:
    return bits > other_bits or (bits == other_bits and turn < other_turn)
