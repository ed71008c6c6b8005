from __future__ import annotations

from pathlib import Path

import numpy as np

from ragone.dataset import Lake
from ragone.flows.cell.kpis import extract


def test_several_times_are_given_with_commas(tmp_path: Path, example) -> None:
    """Resistances of one stored pulse at 1 s and 5 s, each under its name, and each to be reproduced."""
    time = np.arange(0.0, 40.0, 0.1)
    current = np.where(time < 20, 0.0, -5.0)
    ones = np.ones(len(time), np.int64)
    pulse = example(
        "measurement",
        test_time_second=time,
        current_ampere=current,
        voltage_volt=3.7 + 0.02 * current,
        step_count=ones,
        cycle_count=ones,
        temperature_kelvin=np.empty(0),
    )
    with Lake.open(tmp_path / "lake", create=True) as lake:
        subject = lake.put(pulse)
        (found,) = extract(lake, [subject], ["pulses"], settings={"times_second": "1 s, 5 s"})
        assert {"resistance_1s", "resistance_5s"} <= set(found.kpis)
        assert found.error == ""
        assert lake.reproduce(found.kpis["resistance_5s"]).verdict == "bitwise equal"
