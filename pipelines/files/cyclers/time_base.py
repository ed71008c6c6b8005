"""Does time run as it should? Never backwards, and without doubled samples inside a step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.errors import DecreasingTimeError
from ragone.pipelines.files.cyclers.samples import Samples

_RESTART = 0.01
_MOST_LISTED = 5


def require_forward(samples: Samples, *, dated: bool) -> None:
    """Raise `DecreasingTimeError` if time runs backwards, and say whether a second test begins there.

    `dated` says that time is counted from dates, whose clock may have been set back.
    """
    back = np.flatnonzero(np.diff(samples.time) < 0)
    if not len(back):
        return
    k = int(back[0])
    before, after = samples.time[k], samples.time[k + 1]
    text = f"test time falls from {before:g} s in row {samples.row[k]} to {after:g} s in row {samples.row[k + 1]}"
    if dated:
        raise DecreasingTimeError(
            f"{text}. If the clock was set back, as at the end of summer time, export the time of the test, or dates "
            "with their offset from UTC."
        )
    if after - samples.time[0] <= _RESTART * (before - samples.time[0]):
        raise DecreasingTimeError(
            f"{text}, where it begins anew: there are {len(back) + 1} tests (or cells) one after another, or this is "
            "the time in each step. Split the file there, or export the time of the whole test."
        )
    places = f" ({len(back)} times in all)" if len(back) > 1 else ""
    raise DecreasingTimeError(f"{text}{places}. It must never decrease: correct the rows, or export the test again.")


def without_repeats(samples: Samples, step: NDArray[np.int64]) -> tuple[NDArray[np.bool_], list[str]]:
    """Mask of samples to keep, so that time strictly increases inside every step.

    Of samples at one time in one step the first is kept: a mean would be a state that the cell was never in. Where a
    step ends and the next begins at one time both are kept, for they are the two sides of the resistive voltage step.
    """
    repeated = np.append(False, np.diff(samples.time) == 0)
    border = np.append(False, np.diff(step) != 0)
    inside, across = repeated & ~border, repeated & border
    findings = []
    if inside.any():
        findings.append(
            f"{_count(inside, samples)} the time of the row before, in the same step; the first of each was kept"
        )
    if across.any():
        findings.append(f"{_count(across, samples)} the time of the row before, in the step before; both were kept")
        if (samples.time == np.rint(samples.time)).all():
            findings.append("all times are whole seconds: when a step begins is known to a second at best")
    return ~inside, findings


def _count(rows: NDArray[np.bool_], samples: Samples) -> str:
    found = samples.row[rows]
    listed = ", ".join(str(row) for row in found[:_MOST_LISTED]) + (", ..." if len(found) > _MOST_LISTED else "")
    return f"{len(found)} {'row' if len(found) == 1 else 'rows'} ({listed}) {'has' if len(found) == 1 else 'have'}"
