"""What does a MATLAB file hold? Every struct whose fields are a time series, by its path.

A series is a struct (or the top level) with numeric vectors of one length named as time, voltage and current, for
example ``LGM50_5Ah_RateTest.T25.cRate_1C`` with ``timeVec``, ``currVec`` and ``volVec``. Elements of a struct array are
``name(1)``, ``name(2)``.

What it does not do: read MATLAB 7.3 files, which are HDF5, or objects of classes and tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ragone.pipelines.files.cyclers.errors import AmbiguousSeriesError, MissingColumnsError, UnreadableMeasurementError
from ragone.pipelines.files.cyclers.table import RawTable
from ragone.pipelines.files.cyclers.trial import require_survived
from ragone.pipelines.files.cyclers.vocabulary import REQUIRED, assign, recognised
from ragone.schemas.errors import did_you_mean

_DEEPEST = 30
_Series = Mapping[str, np.ndarray[Any, Any]]


def read_matlab(path: Path, *, inside: str = "") -> RawTable:
    """Read one series of a MATLAB file.

    Parameters
    ----------
    path
        A ``.mat`` file of version 4 to 7.2.
    inside
        Path of the series, or any end of it that only one series has; may be empty where there is one only.

    Raises
    ------
    UnreadableMeasurementError
        If the file is damaged or of version 7.3.
    MissingColumnsError
        If it holds no series.
    AmbiguousSeriesError
        If it holds several and none is chosen, or none is at the path.
    """
    import scipy

    found = dict(_series(_load(path), ""))
    if not found:
        raise MissingColumnsError(f"{path} holds no struct with vectors of time, voltage and current of equal length.")
    name = _chosen(sorted(found), inside, path)
    columns = found[name]
    frame = pl.DataFrame({header: np.asarray(values, dtype=np.float64) for header, values in columns.items()})
    assignment = assign(frame.columns)
    return RawTable(frame.select(assignment.headers), assignment, "MATLAB struct", f"scipy {scipy.__version__}", name)


def _load(path: Path) -> dict[str, Any]:
    import scipy.io

    require_survived(path, "import scipy.io; scipy.io.loadmat(path, simplify_cells=True)", "a MATLAB file")
    try:
        content = scipy.io.loadmat(path, simplify_cells=True)
    except NotImplementedError as cause:
        raise UnreadableMeasurementError(
            f"{path} is a MATLAB 7.3 file (HDF5). Save it with '-v7' in MATLAB."
        ) from cause
    except Exception as cause:  # the reader raises anything on damaged files
        raise UnreadableMeasurementError(
            f"{path} cannot be read as a MATLAB file: {str(cause)[:200]}. Copy it again."
        ) from cause
    return {name: value for name, value in content.items() if not name.startswith("__")}


def _series(node: Any, path: str, depth: int = 0) -> Iterator[tuple[str, _Series]]:
    """All series below a node, each with its path; what lies deeper than `_DEEPEST` is passed over."""
    if depth > _DEEPEST:
        return
    if isinstance(node, np.ndarray) and node.dtype == object:
        node = list(node.flat)
    if isinstance(node, list):
        for number, element in enumerate(node, 1):
            yield from _series(element, f"{path}({number})", depth + 1)
    if not isinstance(node, dict):
        return
    vectors = {k: v for k, v in node.items() if isinstance(v, np.ndarray) and v.dtype.kind in "fiu" and v.ndim == 1}
    if recognised(list(vectors)) == len(REQUIRED):
        length = len(next(v for k, v in vectors.items() if recognised([k])))
        yield path, {k: v for k, v in vectors.items() if len(v) == length}
    for name, value in node.items():
        yield from _series(value, f"{path}.{name}" if path else str(name), depth + 1)


def _chosen(names: list[str], inside: str, path: Path) -> str:
    if not inside and len(names) == 1:
        return names[0]
    listing = ", ".join(names[:40])
    if not inside:
        raise AmbiguousSeriesError(f"{path} holds {len(names)} series: {listing}. Choose one with --path.")
    ends = [name for name in names if name == inside or name.endswith(f".{inside}")]
    if inside in names or len(ends) == 1:
        return inside if inside in names else ends[0]
    if ends:
        raise AmbiguousSeriesError(f"--path {inside} fits {', '.join(ends)} of {path}. Give more of the path.")
    depth = inside.count(".") + 1
    ends = [".".join(name.split(".")[-depth:]) for name in names]
    raise AmbiguousSeriesError(f"{path} holds no series at {inside!r}: {did_you_mean(inside, ends)}")
