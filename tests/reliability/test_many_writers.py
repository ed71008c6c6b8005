"""Several processes put at a time, half of it the same content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from lake_writers import STORED, barrier, put_each, said, writer

from ragone.dataset import Lake
from ragone.dataset.hashing import artifact_id


@pytest.mark.parametrize(("processes", "puts"), [(4, 25), pytest.param(8, 100, marks=pytest.mark.slow)])
def test_processes_that_put_the_same_content_lose_nothing(
    processes: int, puts: int, folder: Path, counted: Callable[[str], None]
) -> None:
    """There is one object for each content, one row for each object, and every id that was returned."""
    path = folder / "lake"
    Lake.open(path, create=True).close()
    shared = [float(number) for number in range(puts // 2)]
    start = barrier(processes)
    with ExitStack() as stack:
        started = []
        for number in range(processes):
            own = [1000.0 * (number + 1) + k for k in range(puts - len(shared))]
            values = [value for pair in zip(shared, own, strict=False) for value in pair] + own[len(shared) :]
            started.append(stack.enter_context(writer(put_each, str(path), start, values)))
        promised = [[name for word, names in said(hears) if word == STORED for name in names] for _, hears in started]
        for process, _ in started:
            process.join()
            assert process.exitcode == 0
    contents = len(shared) + processes * (puts - len(shared))
    assert [len(names) for names in promised] == [puts] * processes
    _holds(path, {name for names in promised for name in names}, contents)
    counted(f"{processes} processes x {puts} puts: {contents} contents, {contents} objects and rows, nothing lost")


def _holds(path: Path, promised: set[str], contents: int) -> None:
    assert len(promised) == contents
    with Lake.open(path) as lake:
        report = lake.fsck()
        assert report.sound, [str(p) for p in report.problems]
        assert all(artifact_id(lake.get(name)) == name for name in promised)
        for table in ("artifacts", "kpis"):
            rows = Counter(lake.sql(f"SELECT id FROM {table} WHERE id LIKE 'kpi-%'")["id"].to_list())
            assert rows == Counter(promised), f"{table} has one row for each object"
    assert len(list(path.glob("objects/kpi/*/*.arrow"))) == contents
