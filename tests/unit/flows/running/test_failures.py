"""Which failures are the machine's."""

from __future__ import annotations

import errno
from concurrent.futures.process import BrokenProcessPool

import pytest
from filelock import Timeout

from ragone.dataset.errors import StageFailedError
from ragone.flows.errors import CampaignError, ExecutorError, StudyError
from ragone.flows.running.failures import is_machine_failure


@pytest.mark.parametrize(
    "error",
    [
        BrokenProcessPool("a worker died"),
        MemoryError(),
        Timeout("tables/.lock"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EIO, "Input/output error"),
        ConnectionRefusedError(errno.ECONNREFUSED, "refused"),
    ],
)
def test_those_of_the_machine(error: Exception) -> None:
    """Also where they are told in other words."""
    assert is_machine_failure(error)
    told = ExecutorError("it did not work")
    told.__cause__ = error
    assert is_machine_failure(told)


@pytest.mark.parametrize(
    "error",
    [
        StudyError("study.budget is missing"),
        StageFailedError("cell.assemble_cell failed"),
        CampaignError("no further design can be suggested"),
        ExecutorError("executor 'dask' needs dask[distributed]"),
        FileNotFoundError(errno.ENOENT, "No such file"),
        PermissionError(errno.EACCES, "Permission denied"),
    ],
)
def test_those_that_would_come_again(error: Exception) -> None:
    """Refused input, outcomes of the physics, what is not installed."""
    assert not is_machine_failure(error)
