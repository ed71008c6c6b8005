"""How much memory does a solve take? The peak resident set of a fresh process that solves, less one that does not.

Run by itself, ``peak_memory.py kernel|taufactor|geometry FILE 0|1``, it is that process: it imports, reads labels from
an NPY file, solves if asked to, and prints its peak in bytes. The peak is that of its own address space, from /proc:
what `getrusage` says of a child begins with its parent's. TauFactor stops after its first look at convergence: its peak
is behind it by then.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.volumes import Labels

_STATUS = Path("/proc/self/status")
_FIRST_LOOK = 100  # steps of TauFactor


def peak_bytes(solver: str, pore: Labels) -> int | None:
    """What a solve adds to the peak, or measuring the geometry of labels; `solver` is kernel, taufactor or geometry.

    None where there is no /proc.
    """
    if not _STATUS.is_file():
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pore.npy"
        np.save(path, pore)
        with_solve, without = (_in_fresh_process(solver, path, solves) for solves in (True, False))
    return with_solve - without


def _in_fresh_process(solver: str, path: Path, solves: bool) -> int:
    command = [sys.executable, "-m", "benchmarks.peak_memory", solver, str(path), str(int(solves))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return int(done.stdout.split()[-1])


def _own_peak() -> int:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def _main(solver: str, path: str, solves: bool) -> None:
    pore = np.load(path)
    if solver == "taufactor":
        import taufactor  # noqa: F401

        from benchmarks.sor import solve_pore

        if solves:
            solve_pore(pore, repeats=1, most_steps=_FIRST_LOOK)
    elif solver == "geometry":
        from benchmarks.volumes import electrode_record
        from ragone.pipelines.characterise import measure_geometry

        if solves:
            measure_geometry(electrode_record(pore))
    else:
        from ragone.pipelines.characterise.kernel import effective_conductivity

        if solves:
            effective_conductivity(pore, {0: 0.0, 1: 1.0})
    print(_own_peak())


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], bool(int(sys.argv[3])))
