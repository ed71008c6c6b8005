import dataclasses
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from ragone.pipelines.cell import discharge_at_constant_power
from tests.built_cells import full_cell

_AGAIN = """
import json, sys
from ragone.pipelines.cell import discharge_at_constant_power
from ragone.schemas import CellParameters
cell = CellParameters.build(json.loads(sys.stdin.read()))
discharge = discharge_at_constant_power(cell, power_watt=40.0)
import pybamm
columns = (discharge.test_time_second, discharge.voltage_volt, discharge.current_ampere)
print(json.dumps([c.tobytes().hex() for c in columns] + [pybamm.config.check_opt_out()]))
"""


def test_bitwise_equal_again_and_in_a_fresh_process_without_telemetry(example):
    """The same cell gives the same bytes in this process and another, where the environment asks for telemetry."""
    cell = full_cell(example("transport"))
    first, second = (discharge_at_constant_power(cell, power_watt=40.0) for _ in range(2))
    columns = [first.test_time_second, first.voltage_volt, first.current_ampere]
    assert [c.tobytes() for c in columns] == [
        c.tobytes() for c in (second.test_time_second, second.voltage_volt, second.current_ampere)
    ]
    environment = {**os.environ, "PYBAMM_DISABLE_TELEMETRY": "false"}
    fresh = subprocess.run(
        [sys.executable, "-c", _AGAIN],
        input=json.dumps(dataclasses.asdict(cell)),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert json.loads(fresh.stdout) == [*(c.tobytes().hex() for c in columns), True]
    assert fresh.stderr == ""


def test_threads_do_not_disturb_each_other(example):
    """Discharges that run side by side in threads give the bytes they give one by one."""
    cell = full_cell(example("transport"))
    powers = (20.0, 1e6, 40.0, 80.0)

    def voltages(power):
        return discharge_at_constant_power(cell, power_watt=power).voltage_volt.tobytes()

    with ThreadPoolExecutor(len(powers)) as pool:
        together = list(pool.map(voltages, powers))
    assert together == [voltages(power) for power in powers]
