"""A short test of one cell, and files that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

Columns = dict[str, np.ndarray]


@pytest.fixture
def series() -> Columns:
    """Rest, discharge, rest, charge and rest of a cell of 50 mOhm, a sample a second; shape (50,) each."""
    current = np.repeat([0.0, -2.0, 0.0, 1.0, 0.0], 10)
    time = np.arange(50.0)
    voltage = 3.7 + 0.002 * np.cumsum(current) + 0.05 * current
    return {"time": time, "voltage": np.round(voltage, 6), "current": current}


@pytest.fixture
def write(tmp_path, series) -> Callable[..., Path]:
    """Write the series as delimited text: headers by column name, then further columns, with one thing changed."""

    def run(
        headers: Mapping[str, str] | None = None,
        *,
        name: str = "test.csv",
        delimiter: str = ",",
        above: str = "",
        old: str = "",
        new: str = "",
        encoding: str = "utf-8",
        **columns: object,
    ) -> Path:
        names = dict(headers or {"time": "Test Time / s", "voltage": "Voltage / V", "current": "Current / A"})
        table = {**series, **columns}
        lines = [delimiter.join(names.get(column, column) for column in table)]
        lines += [delimiter.join(str(value) for value in row) for row in zip(*table.values(), strict=True)]
        text = above + "\n".join(lines) + "\n"
        assert old in text
        path = tmp_path / name
        path.write_bytes(text.replace(old, new, 1).encode(encoding))
        return path

    return run
