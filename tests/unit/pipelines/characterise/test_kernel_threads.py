"""The homogenisation kernel gives the same bits however its work is shared out, and batches report on their way."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise.errors import ConductivityError
from ragone.pipelines.characterise.kernel import EffectiveConductivity, effective_conductivities, effective_conductivity
from ragone.pipelines.characterise.kernel.fields import lend_fields
from ragone.pipelines.characterise.kernel.threads import run_side_by_side

CONDUCTIVITIES = {0: 0.0, 1: 1.0, 2: 300.0}


def volume(seed: int, shape: tuple[int, int, int] = (37, 21, 19)) -> npt.NDArray[np.uint8]:
    """Grains of three voxels, two of three conducting."""
    grains = np.random.default_rng(seed).integers(0, 3, [-(-n // 3) for n in shape])
    return np.kron(grains, np.ones((3, 3, 3), int))[: shape[0], : shape[1], : shape[2]].astype(np.uint8)


SHARED_OUT = """
import sys
sys.path[:0] = {folders!r}
import numba
from concurrent.futures import ThreadPoolExecutor
from test_kernel_threads import CONDUCTIVITIES, volume
from ragone.pipelines.characterise.kernel import effective_conductivities, effective_conductivity

def bits(found):
    return found.value.hex(), found.lower.hex(), found.upper.hex(), found.iterations

seen = set()
for threads in (1, 2, 3):
    numba.set_num_threads(threads)
    seen.add(bits(effective_conductivity(volume(1), CONDUCTIVITIES)))
    seen.add(bits(effective_conductivities([volume(0), volume(1)], CONDUCTIVITIES)[1]))
with ThreadPoolExecutor(3) as pool:
    seen |= set(pool.map(lambda _: bits(effective_conductivity(volume(1), CONDUCTIVITIES)), range(6)))
print(len(seen), *seen.pop())
"""


def test_the_number_of_threads_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """One, two or three threads, alone or in a batch, one caller or three: the same to the last bit, also as here."""
    monkeypatch.setenv("NUMBA_NUM_THREADS", "3")
    here = Path(__file__)
    folders = [str(here.parent), str(here.parents[4])]
    ran = subprocess.run(
        [sys.executable, "-c", SHARED_OUT.format(folders=folders)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found = effective_conductivity(volume(1), CONDUCTIVITIES)
    assert ran.stdout.split() == [
        "1", found.value.hex(), found.lower.hex(), found.upper.hex(), str(found.iterations)
    ]  # fmt: skip


def test_a_batch_is_its_volumes_one_by_one() -> None:
    """Volumes of different sizes, in order, to the last bit; also one that does not percolate and a short batch."""
    shapes = [(12, 12, 12), (37, 21, 19), (5, 7, 30), (1, 2, 3)]
    volumes = [volume(seed, shape) for seed, shape in enumerate(shapes)] + [np.zeros((3, 3, 3), np.uint8)]
    options = {"axis": 1, "voxel_size": (1.0, 1.0, 2.0), "periodic_sides": True, "relative_tolerance": 1e-2}
    alone = [effective_conductivity(labels, CONDUCTIVITIES, **options) for labels in volumes]
    assert effective_conductivities(volumes, CONDUCTIVITIES, **options) == alone
    assert effective_conductivities(volumes[:1], CONDUCTIVITIES, **options) == alone[:1]
    assert effective_conductivities([], CONDUCTIVITIES, **options) == []


def test_several_callers_do_not_disturb_one_another() -> None:
    """Solves of different volumes from four Python threads at once give what each gives alone."""
    volumes = [volume(seed, shape) for seed, shape in enumerate([(16, 16, 16), (16, 16, 16), (20, 9, 31), (33, 8, 8)])]

    def solve(labels: npt.NDArray[np.uint8]) -> EffectiveConductivity:
        return effective_conductivity(labels, CONDUCTIVITIES, relative_tolerance=1e-4)

    alone = [solve(labels) for labels in volumes]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(solve, volumes * 6)) == alone * 6


def test_progress_is_told_of_every_volume() -> None:
    """One call a volume, counting up, in the caller's own thread."""
    told: list[int] = []
    callers: set[int] = set()

    def progress(done: int) -> None:
        told.append(done)
        callers.add(threading.get_ident())

    effective_conductivities([volume(seed, (8, 8, 8)) for seed in range(7)], CONDUCTIVITIES, progress=progress)
    assert told == [1, 2, 3, 4, 5, 6, 7]
    assert callers == {threading.get_ident()}


def test_a_batch_refuses_as_a_single_volume_does() -> None:
    """A volume with an unknown label stops the batch with the same error, wherever it stands."""
    bad = np.full((4, 4, 4), 5, np.uint8)
    for position in range(3):
        volumes = [volume(seed, (8, 8, 8)) for seed in range(2)]
        volumes.insert(position, bad)
        with pytest.raises(ConductivityError, match="label 5"):
            effective_conductivities(volumes, CONDUCTIVITIES)


def test_tasks_keep_their_order() -> None:
    """Results come in the order of the tasks, not of their ends."""
    effective_conductivity(volume(0, (4, 4, 4)), {0: 1.0, 1: 1.0, 2: 1.0})  # decides the threading layer

    def task(position: int) -> Callable[[], int]:
        def wait() -> int:
            threading.Event().wait(0.02 * (5 - position))
            return position

        return wait

    assert run_side_by_side([task(position) for position in range(5)]) == [0, 1, 2, 3, 4]


def test_fields_come_with_a_clean_border() -> None:
    """What a solve left in the padding of a field is gone when it is lent again; two are never the same one."""
    with lend_fields((5, 6, 7), np.float32, 3) as fields:
        assert all(field.shape == (5, 6, 7) and field.dtype == np.float32 for field in fields)
        assert len({field.ctypes.data for field in fields}) == 3
        for field in fields:
            field.fill(np.nan)
        with lend_fields((5, 6, 7), np.float32, 1) as others:
            assert all(not np.shares_memory(others[0], field) for field in fields)
    with lend_fields((5, 6, 7), np.float32, 3) as fields:
        for field in fields:
            inside = np.zeros(field.shape, bool)
            inside[1:-1, 1:-1, 1:-1] = True
            assert np.all(field[~inside] == 0)
    with lend_fields((5, 6, 7), np.float64, 1) as fields:
        assert fields[0].dtype == np.float64
