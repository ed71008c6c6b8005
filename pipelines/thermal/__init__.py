"""How warm a cell gets under a load, and whether it runs away."""

from ragone.pipelines.thermal.heat_balance import heat_balance
from ragone.pipelines.thermal.roll import roll_temperature
from ragone.pipelines.thermal.runaway import thermal_runaway
from ragone.pipelines.thermal.steady import steady_temperature

__all__ = ["heat_balance", "roll_temperature", "steady_temperature", "thermal_runaway"]
