"""Write lake-v1, a small lake of format version 1, and expected.json, what it holds.

From the repository's root: ``PYTHONPATH=. python tests/compat/make_lake_v1.py``. Done once, when the format was made;
a lake that was released is never written again.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from compat_stages import thinned, valued  # noqa: E402

from ragone.dataset import Lake, artifact_id  # noqa: E402
from ragone.schemas import KINDS, Environment, Record  # noqa: E402

WHERE = HERE / "lake-v1"
ENVIRONMENT = Environment(
    python="3.11.7",
    platform="Linux",
    processor="any",
    processor_features=("avx2", "fma"),
    threads={"cores": 2},
    packages={"pyarrow": "26.0.1"},
)


def furnish(lake: Lake) -> dict[str, Any]:
    """Fill the lake, and say with what."""
    design = KINDS["design"].build(
        {
            "active_material_weight_fraction": 0.94,
            "porosity": 0.3,
            "binder_adhesion": 0.5,
            "mass_loading_kilogram_per_square_metre": 0.2,
        }
    )
    cube = KINDS["microstructure"].build(
        {
            "labels": (np.arange(20**3, dtype=np.uint32) * 7 % 11 % 3).astype(np.uint8).reshape(20, 20, 20),
            "voxel_size_metre": 4e-7,
            "phase_labels": np.array([0, 1, 2], np.uint8),
            "source": "arithmetic, µ-CT of nothing",
            "licence": "BSD-3-Clause",
        }
    )
    with lake.batch():
        given = [lake.put(design, note="the first"), lake.put(cube)]
        thin = lake.run(thinned, design=given[0])
    value = lake.run(valued, design=thin.id, seed=4)
    failed = lake.run(valued, design=thin.id, seed=5)
    snapshot = lake.snapshot("before the drop")
    stone = lake.drop([thin.id], reason="to see it come back")
    records = {
        name: contents(lake.get(name)) for name in (*given, value.id, failed.run_id, value.run_id, snapshot, stone)
    }
    return {"records": records, "dropped": thin.id, "made": value.id, "snapshot": snapshot, "stone": stone}


def contents(record: Record) -> dict[str, Any]:
    """The fields of a record as JSON; an array by its shape and sum."""
    return {name: plain(getattr(record, name)) for name in record.fields()}


def plain(value: Any) -> Any:
    """A value as JSON."""
    if isinstance(value, np.ndarray):
        return [list(value.shape), str(value.dtype), float(value.sum())]
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def main() -> None:
    """Write both."""
    shutil.rmtree(WHERE, ignore_errors=True)
    fixed = {"environment": lambda: ENVIRONMENT, "environment_id": lambda: artifact_id(ENVIRONMENT)}
    with mock.patch.multiple("ragone.dataset.lake", **fixed), Lake.open(WHERE, create=True) as lake:
        expected = furnish(lake)
    for folder in ("tables", "tmp"):
        shutil.rmtree(WHERE / folder)
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
