"""Which failures are the machine's, so that trying again may help: never refused input, never an outcome of physics.

What a stage raises is an outcome that is stored, not an error of the flow.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool

from filelock import Timeout

_ERRNOS = frozenset(
    {
        errno.EAGAIN,
        errno.EBUSY,
        errno.EDQUOT,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.ESTALE,
    }
)


def is_machine_failure(error: BaseException) -> bool:
    """Whether a worker died, a server could not be reached, a lock was not to be had, or memory or disk were full."""
    return any(_is_machine_failure(each) for each in _causes(error))


def _is_machine_failure(error: BaseException) -> bool:
    import httpx

    if isinstance(error, BrokenProcessPool | MemoryError | Timeout | ConnectionError | httpx.TransportError):
        return True
    return isinstance(error, OSError) and error.errno in _ERRNOS


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__
