"""May a file be read in this process? It is read in another one first, within limits of memory and time.

Readers of binary formats trust what a file says of itself: some bytes can stand for gigabytes, a damaged file can crash
its reader, a malicious one can keep it busy. What happens to the other process happens to nobody.

Assumption: the limits hold where the operating system enforces them (`RLIMIT_DATA`: Linux, some others); elsewhere
crashes and hangs are caught, and bombs are not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ragone.pipelines.files.cyclers.errors import UnreadableMeasurementError

LARGEST_MEMORY = 10**9
_LEAST_SECONDS, _BYTES_PER_SECOND = 4.0, 2 * 10**6
_OUT_OF_MEMORY = 3
_PROGRAM = f"""
import sys
path = sys.argv[2]
try:
    import resource
    resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]),) * 2)
except ImportError:
    pass
try:
    {{}}
except MemoryError:
    sys.exit({_OUT_OF_MEMORY})
"""


def require_survived(path: Path, code: str, what: str) -> None:
    """Raise unless another process ends well that reads a file.

    Parameters
    ----------
    path
        The file.
    code
        A statement that reads what `path` names, with imports of installed packages only.
    what
        The kind of file, for the messages: "a MATLAB file".

    Raises
    ------
    UnreadableMeasurementError
        If reading takes too much memory or time, or crashes.
    """
    words = [sys.executable, "-I", "-c", _PROGRAM.format(code), str(LARGEST_MEMORY), str(path.resolve())]
    limit = _LEAST_SECONDS + path.stat().st_size / _BYTES_PER_SECOND
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=limit, env=environment
        )
    except subprocess.TimeoutExpired as cause:
        raise UnreadableMeasurementError(
            f"{path} took more than {limit:.1f} s to read as {what}. Save less in the file, or as .csv."
        ) from cause
    if done.returncode == _OUT_OF_MEMORY:
        raise UnreadableMeasurementError(
            f"{path} needs more than {LARGEST_MEMORY:,} bytes of memory as {what}. Save less in the file, or as .csv."
        )
    if done.returncode < 0:
        raise UnreadableMeasurementError(
            f"{path} is damaged, or a bomb: what reads {what} crashes on it. Copy it again."
        )
